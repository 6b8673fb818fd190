"""Bootstrap: the only room that names concrete adapters; it builds the whole program."""

from bitewing.bootstrap.adapters import examine_all, make_guard, make_sources, make_store
from bitewing.bootstrap.parts import Parts
from bitewing.bootstrap.program import Program, build

__all__ = ["Parts", "Program", "build", "examine_all", "make_guard", "make_sources", "make_store"]
