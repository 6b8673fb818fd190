"""A practice on a real database, captured with everything real, and all that is told of it."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from tests.dialects.nexhealth.making import a_subscription, an_endpoint, some_customs
from tests.fakes.clock import FakeClock
from tests.sources.opendental.office import PASSWORD, source_at
from tests.stores.laying import laid

from bitewing.dialects.nexhealth.catalogue import CATALOGUE, RESOURCES
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.engine.capture.poller import Poller
from bitewing.engine.outbox.announcing import Announcing
from bitewing.engine.outbox.picture import StoredPicture
from bitewing.engine.signals import Signals
from bitewing.model.event import Portrait, Subject
from bitewing.model.health import Light
from bitewing.model.watch import Depth
from bitewing.ports.store import Store, Transaction
from bitewing.practice.database import Database, connect
from bitewing.sources.opendental import OpenDental
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")

MOST = 100_000
SOON_SECONDS = 3600.0


@dataclass
class CapturedPractice:
    """A practice, its Source, a Poller that announces, and the outbox.

    Attributes:
        writer: the office's own hand.
        seen: how many Messages ``told`` has given so far.
    """

    url: str
    writer: Database
    source: OpenDental
    store: Store
    dialect: NexHealth
    poller: Poller
    clock: FakeClock
    seen: int = 0
    subscriptions: dict[int, str] = field(default_factory=dict)

    async def read(self) -> None:
        """Read everything for the first time, silently."""
        while not self.poller.health.is_ready:
            await self.poller.poll()
            assert self.poller.health.light is not Light.RED, self.poller.health.detail

    async def settle(self) -> None:
        """Poll, and compare everything as deeply as can be."""
        await self.poller.poll()
        self.clock.advance(SOON_SECONDS)
        now = self.clock.monotonic()
        for watch in self.source.watches:
            self.poller.agenda.suspect(watch, Depth.ROWS, now=now)
        while self.poller._sweep or self.poller.agenda.seconds_until_next(now=now) <= 0:
            await self.poller.sweep()
        await self.poller.poll()

    async def subscribe(self) -> None:
        """Wish for every Event."""

        def work(tx: Transaction) -> dict[int, str]:
            endpoint = tx.endpoints.add(an_endpoint(institution=self.source.institution))
            wishes = [
                replace(
                    a_subscription(institution=self.source.institution),
                    number=0,
                    endpoint=endpoint.id,
                    event_name=announced.event,
                )
                for announced in CATALOGUE
            ]
            return {tx.subscriptions.add(wish).number: wish.event_name for wish in wishes}

        self.subscriptions = await self.store.write(work)

    async def told(self) -> list[bytes]:
        """Give the bodies of the Messages that are owed since the last call, in their order."""
        found = await self.store.read(lambda tx: tx.outbox.recent(MOST))
        bodies = [delivery.body for delivery in reversed(found)]
        fresh, self.seen = bodies[self.seen :], len(bodies)
        return fresh

    async def identity(self, kind: str, native: str) -> int:
        """Give our id for a thing."""
        return await self.store.write(lambda tx: self._picture(tx).identity(kind, native))

    async def with_ids(self, work: Callable[[Callable[[str, str], int]], T]) -> T:
        """Do something that needs our ids, by kind and the practice's key."""
        return await self.store.write(lambda tx: work(self._picture(tx).identity))

    def announce_whole(self) -> None:
        """Let each poll be announced by one transaction, however much it has read."""
        self.poller._reading.most_announced = self.poller._reading._at_once = MOST

    async def view(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Portray everything as the tables have it now: (event's noun, our id) → JSON object."""
        numbers = {
            watch.name: [
                record.key.number for record in await self.source.read_after(watch, None, MOST)
            ]
            for watch in self.source.watches
        }

        def work(tx: Transaction) -> dict[tuple[str, int], dict[str, Any]]:
            picture = self._picture(tx)
            shown = {}
            for resource in RESOURCES:
                if resource.watch in {"Sheet", "EForm"}:
                    continue
                for number in numbers[resource.watch]:
                    portrait = self.dialect.portray(Subject(resource.subject, number), picture)
                    if portrait is not None:
                        shown[resource.subject, int(portrait["id"])] = as_told(portrait)
            return shown

        return await self.store.write(work)

    def _picture(self, tx: Transaction) -> StoredPicture:
        return StoredPicture(tx, source=self.source.name, institution=self.source.institution)


def as_told(portrait: Portrait) -> dict[str, Any]:
    """Give a Portrait as its JSON is read."""
    shown = {key: value for key, value in portrait.items() if key != "concerned_locations"}
    found: dict[str, Any] = json.loads(json.dumps(shown))
    return found


@asynccontextmanager
async def captured(
    url: str, directory: Path, *, reader: str = "", customs: Customs | None = None
) -> AsyncIterator[CapturedPractice]:
    """Capture a practice that exists, by the account that may only read it."""
    store = SqliteStore(laid(directory / "store.db"))
    await store.open()
    source = source_at(reader or url, password=PASSWORD if reader else None, reads_further=True)
    institutions: dict[str, int] = {}
    dialect = NexHealth(customs or some_customs(), institutions=institutions)
    clock = FakeClock()
    announcing = Announcing((dialect,), source.name, source.institution, clock)
    poller = Poller(source, store, clock=clock, signals=Signals(), announcing=announcing)
    with connect(url) as writer:
        if not writer.is_sqlite:
            writer.run("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
            writer.run("SET time_zone = '+00:00'")
        made = CapturedPractice(url, writer, source, store, dialect, poller, clock)
        institutions[source.institution] = await made.identity("Institution", source.institution)
        yield made
    await source.close()
    await store.close()


@dataclass
class Replica:
    """What a receiver knows from the Messages alone, and what it finds wrong with them."""

    known: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    def hear(self, bodies: list[bytes]) -> None:
        """Take Messages in, in their order."""
        for body in bodies:
            told = json.loads(body)
            self.events.append(told["event_name"])
            for resource in _resources(told["data"]):
                self._take(told, resource)

    def _take(self, told: Mapping[str, Any], now: dict[str, Any]) -> None:
        if told["resource_type"] in {"FormRequest", "SyncStatus"}:
            return
        place = (told["resource_type"], now["id"])
        before = self.known.get(place)
        previous = told["data"].get("previous_attributes")
        if previous is None and before is not None and not before.get("deleted"):
            self.problems.append(f"{place} was created twice")
        if previous is not None and before is not None:
            was = {**now, **previous}
            differing = [
                key for key in before if key not in BOOKKEEPING and before[key] != was[key]
            ]
            if differing:
                self.problems.append(f"{place} was another before: {differing}")
        self.known[place] = now


BOOKKEEPING = {"updated_at", "last_sync_time", "patient"}
"""Keys whose difference alone is not told: when a row was touched and read, and an appointment's
patient, who is told of by ``patient_updated``. What they hold when something is told is compared
by the tally."""


def _resources(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    held = next(iter(data.values()))
    yield from held if isinstance(held, list) else [held]
