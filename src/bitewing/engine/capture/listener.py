"""The listener: hears that something may have changed, and lets the poller look at once.

Hints only: one that is missed costs a second, since the poller looks by itself.
"""

import asyncio

from bitewing.engine.capture.poller import Poller
from bitewing.model.errors import SourceRefusedError, SourceUnavailableError
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source

BEAT_SECONDS = 0.1
_DEAF_SECONDS = 5.0
_TRY_THE_LOG_SECONDS = 60.0


class Listener:
    """The worker that shortens the wait for the next poll.

    Where the server tells of every write, it waits for that; elsewhere it feels the pulse.
    """

    def __init__(
        self, source: Source, poller: Poller, *, clock: Clock, wake: asyncio.Event
    ) -> None:
        self.name = f"listener to {source.name}"
        self._source = source
        self._poller = poller
        self._clock = clock
        self._wake = wake
        self._last: str | None = None
        self._try_the_log_at = 0.0

    async def step(self) -> float:
        """Listen once; give the seconds to pause."""
        if not self._poller.health.is_ready:
            return BEAT_SECONDS
        try:
            if self._clock.monotonic() >= self._try_the_log_at and await self._hears_the_log():
                return 0.0
            return await self._feel()
        except (SourceUnavailableError, SourceRefusedError):
            return _DEAF_SECONDS  # the poller says it aloud

    async def _hears_the_log(self) -> bool:
        self._poller.hint = "the binary log"
        if await self._source.wait_for_write():
            self._hasten()
            return True
        self._poller.hint = "the pulse"
        self._try_the_log_at = self._clock.monotonic() + _TRY_THE_LOG_SECONDS
        return False

    async def _feel(self) -> float:
        pulse = await self._source.pulse()
        if self._last is not None and pulse != self._last:
            self._hasten()
        self._last = pulse
        return BEAT_SECONDS

    def _hasten(self) -> None:
        self._poller.hasten()
        self._wake.set()
