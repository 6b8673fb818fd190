"""Clock: the only way to know the time or to wait."""

import asyncio
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Our own clock, as against the database's."""

    def now(self) -> datetime:
        """Give the wall time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Give seconds that never go back, from an arbitrary start."""
        ...

    async def wait(self, wake: asyncio.Event, seconds: float) -> None:
        """Return when ``wake`` is set or ``seconds`` have passed, whichever is first."""
        ...
