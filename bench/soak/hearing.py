"""Hearing: a receiver that fails every fifth time, and remembers all that it was told."""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

from bench.soak.office import TABLES, Shown, Table, heard
from bitewing.receive import Received, Receiver

FAILING = 0.20
SLOW_SECONDS = (0.3, 3.0)
_TABLES = {table.watch: table for table in TABLES} | {
    table.deletions: table for table in TABLES if table.deletions
}


class HungUpError(ConnectionError):
    """Makes the Receiver close the connection without an answer."""


@dataclass
class Ear:
    """One receiver for all Subscriptions.

    Attributes:
        told: WatchTable → key → everything that arrived, in the order of its arrival.
        taken: WatchTable → key → the last that was acknowledged.
        messages, failures: how many Messages arrived, and how many of them were not taken.
    """

    dice: random.Random
    told: dict[str, dict[int, list[Shown]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    taken: dict[str, dict[int, Shown]] = field(default_factory=lambda: defaultdict(dict))
    messages: int = 0
    failures: int = 0
    _receiver: Receiver | None = None

    async def start(self) -> int:
        """Listen; give the port."""
        self._receiver = Receiver(self._take)
        return await self._receiver.start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._receiver is not None:
            await self._receiver.stop()

    async def _take(self, received: Received) -> int:
        self.messages += 1
        name = received.event_name.removeprefix("WatchTable: ")
        table = _TABLES[name]
        elements = [(_key(table, one), heard(table, one)) for one in received.elements]
        for key, image in elements:
            self.told[name][key].append(image)
        if self.dice.random() < FAILING:
            self.failures += 1
            return await self._fail(elements, name)
        self.taken[name].update(elements)
        return 200

    async def _fail(self, elements: list[tuple[int, Shown]], name: str) -> int:
        """Refuse, hang up, or take it after a long while: each as often as the others."""
        kind = self.dice.randrange(3)
        if kind == 0:
            return 500
        if kind == 1:
            raise HungUpError
        self.taken[name].update(elements)
        await asyncio.sleep(self.dice.uniform(*SLOW_SECONDS))
        return 200


def _key(table: Table, element: dict[str, object]) -> int:
    return int(str(element[table.key]))
