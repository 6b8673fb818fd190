"""Patience: waiting for something to come true, never for a time to pass, and never for ever."""

import threading
import time
from collections.abc import Callable

PAUSE_SECONDS = 0.03
_NEVER = threading.Event()


def until(
    holds: Callable[[], object], seconds: float = 30.0, what: Callable[[], object] = str
) -> None:
    """Return once ``holds()`` is true; fail with ``what()`` if that takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        if holds():
            return
        assert began < deadline, f"not within {seconds} s: {what() or holds.__qualname__}"
        # Looking must not keep the machine busy that is looked at.
        _NEVER.wait(max(PAUSE_SECONDS, time.monotonic() - began))
