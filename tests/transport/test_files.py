"""As many connections as the system lets us have, if it is asked."""

import subprocess
import sys

import pytest

from bitewing.transport.files import obtain_connections

resource = pytest.importorskip("resource", reason="there a socket is no file")

ENDLESS = resource.RLIM_INFINITY


class System:
    """Grants so many files at first, and as many as it may later, if it is willing."""

    def __init__(self, granted: int, may_be: int, *, is_willing: bool = True) -> None:
        self.limits = granted, may_be
        self._is_willing = is_willing

    def take_its_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(resource, "getrlimit", self.getrlimit)
        monkeypatch.setattr(resource, "setrlimit", self.setrlimit)

    def getrlimit(self, _: int) -> tuple[int, int]:
        return self.limits

    def setrlimit(self, _: int, limits: tuple[int, int]) -> None:
        if not self._is_willing:
            raise PermissionError
        self.limits = limits


@pytest.mark.parametrize(
    ("granted", "may_be", "connections", "then"),
    [
        (256, 1000, 750, 1000),
        (256, 256, 192, 256),
        (1024, 524_288, 2048, 8192),
        (9000, 9000, 2048, 9000),
        (256, ENDLESS, 2048, 8192),
        (ENDLESS, ENDLESS, 2048, ENDLESS),
    ],
)
def test_what_may_be_had_is_had(
    monkeypatch: pytest.MonkeyPatch, granted: int, may_be: int, connections: int, then: int
) -> None:
    """What was granted before is not given up; a quarter is left for the rest of the program."""
    system = System(granted, may_be)
    system.take_its_place(monkeypatch)

    assert obtain_connections() == connections
    assert system.limits == (then, may_be)


def test_a_system_that_refuses_is_lived_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are fewer connections then, and no less of anything else."""
    system = System(256, 9000, is_willing=False)
    system.take_its_place(monkeypatch)

    assert obtain_connections() == 192


PROGRAM = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
from bitewing.transport.files import obtain_connections
print(obtain_connections(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_system_is_asked_as_it_understands() -> None:
    """In a process of its own, which may have no more than 200."""
    arguments = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=True)

    assert ran.stdout.split() == ["150", "200", "200"]
