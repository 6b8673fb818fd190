"""SystemClock: the Clock port over the machine's own clock; the only place that reads it."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the wall time, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock that the rule sends to

    monotonic = staticmethod(time.monotonic)
    """Give seconds that never go back."""

    async def wait(self, wake: asyncio.Event, seconds: float) -> None:
        """Return when ``wake`` is set or ``seconds`` have passed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await wake.wait()
