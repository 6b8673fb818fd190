"""The journal as a service writes it."""

import json
from collections.abc import Iterator

import pytest
import structlog

from bitewing.cli.journal import keep_journal


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Let other tests have their own journal."""
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("detail", ["caf\u00e9", "a file named \udce9", "a\nb"])
def test_whatever_it_says_a_line_is_one_line_of_json(
    detail: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of files need not be text: a worker must not break at saying so."""
    keep_journal(quiet=False)
    structlog.get_logger("bitewing").info("source.failed", detail=detail)
    (line,) = capsys.readouterr().err.splitlines()

    assert json.loads(line)["detail"] == detail
