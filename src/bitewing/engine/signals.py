"""Signals: how one worker wakes another; hints only, the store is the truth."""

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Signals:
    """One event a worker; whoever is woken clears it.

    Attributes:
        pacing: there may be something to compose.
        dispatch: there may be something to send.
        writing: there may be something to write into a practice.
        endpoints: ids of Endpoints that a person has changed.
    """

    pacing: asyncio.Event = field(default_factory=asyncio.Event)
    dispatch: asyncio.Event = field(default_factory=asyncio.Event)
    writing: asyncio.Event = field(default_factory=asyncio.Event)
    endpoints: set[int] = field(default_factory=set)
