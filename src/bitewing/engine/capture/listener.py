"""The listener: feels the pulse of a Source, and lets the poller look when it changes.

A hint only: a pulse that is missed costs a second, since the poller looks by itself.
"""

import asyncio

from bitewing.engine.capture.poller import Poller
from bitewing.model.errors import SourceRefusedError, SourceUnavailableError
from bitewing.ports.source import Source

BEAT_SECONDS = 0.1
_DEAF_SECONDS = 5.0


class Listener:
    """The worker that shortens the wait for the next poll."""

    def __init__(self, source: Source, poller: Poller, *, wake: asyncio.Event) -> None:
        self.name = f"listener to {source.name}"
        self._source = source
        self._poller = poller
        self._wake = wake
        self._last: str | None = None

    async def step(self) -> float:
        """Feel once; give the seconds to pause."""
        if not self._poller.health.is_ready:
            return BEAT_SECONDS
        try:
            pulse = await self._source.pulse()
        except (SourceUnavailableError, SourceRefusedError):
            return _DEAF_SECONDS  # the poller says it aloud
        if self._last is not None and pulse != self._last:
            self._poller.hasten()
            self._wake.set()
        self._last = pulse
        return BEAT_SECONDS
