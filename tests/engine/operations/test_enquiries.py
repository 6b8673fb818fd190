"""Enquiries: the Ledger adds up in every state, and readiness names what is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings, strategies as st
from tests.engine.flow import A_WISH, OWNER, URL, Flow
from tests.fakes.sender import answered
from tests.stores.laying import laid

from bitewing.engine.operations.enquiries import Ledger, missing
from bitewing.model.health import Light, SourceHealth
from bitewing.model.subscription import Subscription
from bitewing.stores.sqlite import SqliteStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_every_change_is_somewhere(watching: Flow) -> None:
    """Delivered, waiting, held, given up, or wished for by nobody."""
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()
    await watching.subscribe()
    await watching.subscribe(replace(A_WISH, url=f"{URL}/down"))
    watching.sender.standing[f"{URL}/down"] = answered(500)
    watching.source.touch("Appointment", 2)
    watching.source.insert("Patient", 28)
    await watching.run()
    watching.source.touch("Appointment", 3)
    await watching.poller.poll()
    ledger = await watching.ledger()

    # Two wishes for three appointments, and one patient.
    assert ledger == Ledger(
        seen=7, delivered=1, waiting=1, backing_off=2, failed=0, not_subscribed=3
    )
    assert ledger.adds_up


def test_a_ledger_that_does_not_add_up_says_so() -> None:
    """One more or one less is seen."""
    assert Ledger(3, 1, 1, 1, 0, 0).adds_up
    assert not Ledger(3, 1, 1, 0, 0, 0).adds_up
    assert not Ledger(3, 1, 1, 1, 1, 0).adds_up


class Day:
    """What may happen to a practice and its Subscriptions, one thing at a time."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._turn = 0

    async def take(self, step: str) -> None:
        """Do what is called so."""
        self._turn += 1
        happening = getattr(self, step)()
        if happening is not None:
            await happening

    def touch(self) -> None:
        self._flow.source.touch("Appointment", 1)

    def insert(self) -> None:
        self._flow.source.insert("Appointment", 100 + self._turn)

    def pass_seconds(self) -> None:
        self._flow.pass_time(7)

    def pass_a_day(self) -> None:
        self._flow.pass_time(86400)

    async def poll(self) -> None:
        await self._flow.poller.poll()

    async def compose(self) -> None:
        await self._flow.pacer.step()

    async def send(self) -> None:
        await self._flow.send()

    async def let_one_fail(self) -> None:
        for wish in (await self._wishes())[::2]:
            self._flow.sender.standing[wish.url] = answered(500)

    def mend(self) -> None:
        self._flow.sender.standing.clear()

    async def subscribe(self) -> None:
        await self._flow.subscribe(replace(A_WISH, url=f"{URL}/{self._turn}"))

    async def remove(self) -> None:
        for wish in (await self._wishes())[-1:]:
            await self._flow.desk.remove(OWNER, wish.number)

    async def move(self) -> None:
        await self._change(url=f"{URL}/new/{self._turn}")

    async def restart(self) -> None:
        await self._change(starts_at=self._flow.source.now - timedelta(hours=1))

    async def start_later(self) -> None:
        await self._change(starts_at=self._flow.source.now + timedelta(seconds=20))

    async def _wishes(self) -> list[Subscription]:
        return await self._flow.desk.all_of(OWNER)

    async def _change(self, **changes: Any) -> None:
        for wish in (await self._wishes())[-1:]:
            await self._flow.desk.change(
                OWNER, wish.number, lambda before: replace(A_WISH, **{"url": before.url} | changes)
            )


STEPS = [name for name in vars(Day) if not name.startswith("_") and name != "take"]


@settings(max_examples=50, deadline=None)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=40), page_size=st.integers(1, 3))
async def test_the_ledger_adds_up_whatever_happens(steps: list[str], page_size: int) -> None:
    """After every single step, not only when all is quiet."""
    with TemporaryDirectory() as directory:
        store = SqliteStore(laid(Path(directory) / "store.db"))
        await store.open()
        flow = Flow(store)
        flow.dialect.page_size = page_size
        flow.source.insert("Appointment", 1)
        await flow.read_first()
        day = Day(flow)
        ledgers = []
        for step in ["subscribe", *steps]:
            await day.take(step)
            ledgers.append(await flow.ledger())
        flow.crash()
        await store.close()

    assert all(ledger.adds_up for ledger in ledgers), list(zip(steps, ledgers[1:], strict=True))
    assert all(min(one.waiting, one.backing_off, one.failed, one.delivered) >= 0 for one in ledgers)


def health(light: Light, detail: str, **first_readings: bool) -> SourceHealth:
    return SourceHealth("main", light, detail, NOON, first_readings)


def test_nothing_is_missing_when_all_is_read_and_well() -> None:
    """Ready means: every Watch was read once, and no worker fails."""
    assert missing([health(Light.GREEN, "", Appointment=True)], []) == []


def test_what_is_missing_is_named() -> None:
    """The workers that fail, the Watches that are not read, and why a source cannot be."""
    lacks = missing(
        [
            health(Light.GREEN, "", Appointment=True, Patient=False, Provider=False),
            health(Light.STARTING, "not read yet"),
            health(Light.RED, "Cannot read db1."),
        ],
        ["pacer"],
    )

    assert lacks == [
        "pacer is failing",
        "main: the first reading of Patient, Provider",
        "main: not read yet",
        "main: Cannot read db1.",
    ]
