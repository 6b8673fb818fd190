"""WriterPulse: when a practice could last have been written into, for the write light."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class WriterPulse:
    """A Writer's signs of life.

    Attributes:
        alive_at: when it last checked in or wrote (our clock, UTC); None for never.
        reason: why it could not since; "" when it could.
    """

    alive_at: datetime | None = None
    reason: str = ""
