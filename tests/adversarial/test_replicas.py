"""A receiver that keeps a copy by NexHealth's Events alone has what the practice's tables say."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.engine.wishing import owed, wish
from tests.fakes.clock import FakeClock
from tests.servers.mariadb import Database as Place
from tests.sources.opendental.office import NEW_YORK, source_at

from bitewing.clock import SystemClock
from bitewing.dialects.nexhealth.catalogue import RESOURCES
from bitewing.dialects.nexhealth.customs import Customs, Office
from bitewing.dialects.nexhealth.resource import CONCERNED
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.engine.capture.agenda import SOON_SECONDS
from bitewing.engine.capture.poller import Poller
from bitewing.engine.outbox.announcing import Announcing
from bitewing.engine.outbox.picture import StoredPicture
from bitewing.engine.signals import Signals
from bitewing.model.event import Subject
from bitewing.model.health import Light
from bitewing.model.watch import Depth
from bitewing.ports.store import Store, Transaction
from bitewing.practice import creating
from bitewing.practice.simulating.action import ActionKind
from bitewing.practice.simulating.simulator import Simulator
from bitewing.stores.sqlite import SqliteStore

EVENTS = (
    "appointment_created",
    "appointment_updated",
    "patient_created",
    "patient_updated",
    "patient_insurance_created",
    "patient_insurance_updated",
    "procedure_created",
    "procedure_updated",
    "form_request_completed",
)
BOOKKEEPING = {"updated_at", "last_sync_time", "patient"}
"""Keys that are told as they are, and are no difference: when a row was touched and read, and the
patient inside an appointment, who is told of by ``patient_updated``. Names that other rows lend are
compared, for nobody renames anything here."""

Thing = dict[str, Any]
Copy = dict[tuple[str, int], Thing]


@dataclass
class Captured:
    """A practice whose changes are announced, and a receiver that was told of them.

    Attributes:
        copy: what the receiver has made of the Events so far.
        told: how many Events of each name.
    """

    url: str
    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    copy: Copy = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    heard: int = 0

    def __post_init__(self) -> None:
        zone = Office(NEW_YORK)
        self.dialect = NexHealth(
            Customs(offices={"main-office": zone}), institutions={"bright-smiles": 1}
        )
        self.start()

    def start(self) -> None:
        """Begin as a new process does."""
        self.source = source_at(self.url, reads_further=True)
        self.poller = Poller(
            self.source,
            self.store,
            clock=self.clock,
            signals=Signals(),
            announcing=Announcing([self.dialect], "main-office", "bright-smiles", self.clock),
        )

    async def read_first(self) -> None:
        while not self.poller.health.is_ready:
            await self.poller.poll()
            assert self.poller.health.light is not Light.RED, self.poller.health.detail
        self.copy = await self.portraits()

    async def settle(self) -> None:
        """Poll, and compare everything as deeply as can be."""
        await self.poller.poll()
        self.clock.advance(SOON_SECONDS)
        now = self.clock.monotonic()
        for watch in self.source.watches:
            self.poller.agenda.suspect(watch, Depth.ROWS, now=now)
        while self.poller._sweep or self.poller.agenda.seconds_until_next(now=now) <= 0:
            await self.poller.sweep()

    async def portraits(self) -> Copy:
        """Give everything as it would be shown now."""

        def work(tx: Transaction) -> Copy:
            picture = StoredPicture(tx, source="main-office", institution="bright-smiles")
            found: Copy = {}
            for resource in RESOURCES:
                for record in tx.records.chunk(
                    "main-office", resource.watch, after=None, limit=1_000_000
                ):
                    subject = Subject(resource.subject, record.key.number)
                    shown = self.dialect.portray(subject, picture)
                    if shown is not None and "FormRequest" not in resource.subject:
                        told = {key: one for key, one in shown.items() if key != CONCERNED}
                        thing = json.loads(json.dumps(told))
                        found[resource.subject, thing["id"]] = thing
            return found

        return await self.store.write(work)

    async def hear(self) -> None:
        """Take everything that was owed since the last time, as a receiver does, and judge it."""
        deliveries = await owed(self.store)
        for delivery in deliveries[self.heard :]:
            self._take(json.loads(delivery.body))
        self.heard = len(deliveries)

    def _take(self, body: Thing) -> None:
        kind, name, data = body["resource_type"], body["event_name"], body["data"]
        self.told[name] += 1
        if name == "form_request_completed":
            return
        before = data.pop("previous_attributes", None)
        [things] = data.values()
        for thing in things if isinstance(things, list) else [things]:
            known = self.copy.get((kind, thing["id"]))
            if before is None:
                assert known is None, f"{name}: created once"
            else:
                self._judge(name, known, thing, before)
            self.copy[kind, thing["id"]] = thing

    @staticmethod
    def _judge(name: str, known: Thing | None, thing: Thing, before: Thing) -> None:
        assert known is not None, f"{name}: known before"
        assert before, f"{name}: something differs"
        for key, value in thing.items():
            if key in BOOKKEEPING:
                continue
            old = known.get(key, False)
            if key in before:
                assert before[key] == old, f"{name}: {key} was {old!r}"
                assert before[key] != value, f"{name}: {key} is another"
            else:
                assert value == old, f"{name}: {key} changed without a word"

    async def verify(self) -> None:
        """What the receiver has is what the tables say; what is gone it knows to be gone."""
        await self.hear()
        shown = await self.portraits()
        gone = {place for place, thing in self.copy.items() if thing.get("deleted")}
        kept = {place: _content(thing) for place, thing in self.copy.items() if place not in gone}

        assert kept == {
            place: _content(thing) for place, thing in shown.items() if place not in gone
        }
        assert not {place for place in gone if place in shown and not shown[place].get("deleted")}


def _content(thing: Thing) -> Thing:
    return {key: value for key, value in thing.items() if key not in BOOKKEEPING}


@pytest.fixture(
    params=[
        "SQLite",
        pytest.param("InnoDB", marks=pytest.mark.live),
        pytest.param("MyISAM", marks=pytest.mark.live),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a filled practice on each kind of database."""
    url = f"sqlite:///{tmp_path}/practice.db"
    if request.param != "SQLite":
        make: Callable[[], Place] = request.getfixturevalue("fresh_database")
        url = make().url
    engine = "InnoDB" if request.param == "SQLite" else request.param
    today = SystemClock().now().date()
    creating.create(
        url, patients=12, seed=7, today=date(today.year, today.month, today.day), engine=engine
    )
    return url


@pytest.fixture
async def captured(place: str, tmp_path: Path) -> AsyncIterator[Captured]:
    """Give that practice after its first reading, everything wished for."""
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    made = Captured(place, store)
    for event in EVENTS:
        await wish(store, event)
    await made.read_first()
    yield made
    await made.source.close()
    await store.close()


@pytest.fixture
def office(place: str) -> Iterator[Simulator]:
    """Give the people who work there."""
    with Simulator.open(place, seed=11, clock=SystemClock().now) as made:
        yield made


async def test_a_days_changes_give_a_copy_of_the_practice(
    captured: Captured, office: Simulator
) -> None:
    """Every chain of what was before is exact; every form that was handed in is told once."""
    forms = 0
    for _ in range(60):
        for _ in range(5):
            forms += office.step().kind is ActionKind.FORM_FILLED
        await captured.poller.poll()
        await captured.hear()
    await captured.settle()
    await captured.verify()

    assert forms
    assert captured.told["form_request_completed"] == forms
    assert all(captured.told[name] for name in EVENTS), captured.told


async def test_crashes_lose_and_invent_nothing(captured: Captured, office: Simulator) -> None:
    """The process dies between readings, with the practice going on meanwhile."""
    dice = Random(3)  # noqa: S311 - a test that can be repeated
    for _ in range(20):
        for _ in range(10):
            office.step()
        if dice.random() < 0.5:
            await captured.source.close()
            captured.start()
        await captured.poller.poll()
        await captured.poller.sweep()
    await captured.settle()
    await captured.verify()


async def test_nothing_is_told_of_what_did_not_change(captured: Captured) -> None:
    """Whatever is compared again."""
    await captured.settle()
    await captured.settle()
    await captured.verify()

    assert captured.told == Counter()
