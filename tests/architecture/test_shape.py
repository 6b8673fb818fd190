"""The shape of the code: size, docstrings, names, and tests that mirror rooms."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "bitewing"
MODULES = sorted(SOURCE.rglob("*.py"))
BANNED_FILES = frozenset(
    [
        *("utils", "util", "helpers", "common", "misc", "base", "types", "constants"),
        *("manager", "handler", "processor", "service", "data", "info"),
    ]
)
BANNED_STARTS = ("do_", "process_", "handle_")
MOST_LINES = 300
MOST_FUNCTION_LINES = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(tree: ast.Module) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_is_one_screenful_of_ideas(module: Path) -> None:
    """A module says in one sentence what it is, and stays small."""
    text = module.read_text()
    tree = ast.parse(text)
    functions = functions_of(tree)
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= MOST_FUNCTION_LINES]

    assert ast.get_docstring(tree)
    assert text.count("\n") <= MOST_LINES
    assert long == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_names_say_what_a_thing_is(module: Path) -> None:
    """No file and no function hides behind a vague name."""
    names = [f.name for f in functions_of(ast.parse(module.read_text()))]

    assert module.stem not in BANNED_FILES
    assert [name for name in names if name.startswith(BANNED_STARTS)] == []
