"""The journal on standard error: readable on a terminal, JSON lines elsewhere."""

import contextlib
import logging
import sys
from typing import Any, TextIO

import structlog


class _Paper:
    """What the journal is written on; if it is full or gone, the work goes on without it."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream  # services on Windows have none

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.flush()


def keep_journal(*, quiet: bool) -> None:
    """Write the journal to standard error: readable on a terminal, JSON lines elsewhere.

    A line that cannot be written is left out: a full disk delays Events, and must not end us.
    """
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr is not None and sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    least = "error" if quiet else "info"
    paper: Any = _Paper(sys.stderr)
    # The faces tell the journal of their mistakes themselves; a traceback may quote a Record.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(paper),
        cache_logger_on_first_use=True,
    )
