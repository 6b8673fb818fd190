"""The room for what is ours: however much waits for some, the others find room."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.engine.flow import SELECTED, Flow
from tests.fakes.dialect import FakeDialect
from tests.stores.samples import NOON, a_delivery, an_endpoint

from bitewing.engine.delivery.line import FIRST_ROOM, FULL_ROOM
from bitewing.engine.delivery.lines import KEPT_FREE, MOST_BYTES, MOST_CLAIMED, Lines
from bitewing.engine.delivery.reception import Reception
from bitewing.model.delivery import Claim, Delivery
from bitewing.model.retry import TEN_IN_TWO_DAYS
from bitewing.ports.outbox import Turn, Want
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite import SqliteStore

HANGING = MOST_CLAIMED // FULL_ROOM + 1
"""So many Endpoints could have all the room, if nobody kept some free."""


def owed(endpoint: int, count: int, *, since: int = 0) -> Sequence[Delivery]:
    """Make so many, each in a lane of its own."""
    return [
        a_delivery(f"{endpoint}-{n}", lane=endpoint * 10_000 + n, endpoint=endpoint)
        for n in range(since, since + count)
    ]


def add(tx: Transaction, deliveries: Sequence[Delivery]) -> None:
    tx.outbox.add(deliveries)


async def test_those_that_hang_do_not_take_all_the_room(tmp_path: Path) -> None:
    """What comes past the outbox for them leaves some, in which the others' are claimed."""
    reception, dialect = Reception(), FakeDialect()
    dialect.retries = TEN_IN_TWO_DAYS
    store = SqliteStore(str(tmp_path / "store.db"), reception=reception)
    await store.open()
    flow = Flow(store, dialect=dialect, reception=reception)
    for number in range(HANGING + 1):
        await flow.subscribe(replace(SELECTED, url=f"https://receiver.example/{number}"))
    *hanging, other = [one.id for one in await store.read(lambda t: t.endpoints.all())]
    for endpoint in (*hanging, other):
        await store.write(partial(add, deliveries=owed(endpoint, 1)))
    for _ in range(3):
        await flow.dispatch()
        await flow.answer()
    for endpoint in hanging:
        await store.write(partial(add, deliveries=owed(endpoint, FULL_ROOM + 9, since=1)))
    for _ in range(3):
        await flow.dispatcher.step()
    await store.write(partial(add, deliveries=owed(other, 1, since=1)))
    for _ in range(3):
        await flow.dispatcher.step()
    heard = [one for one in flow.sender.messages if one.url.endswith(f"/{HANGING}")]
    flow.crash()
    await store.close()

    assert len(heard) == 2


def test_of_the_last_room_nobody_claims_more_than_at_first() -> None:
    """Who has something waiting already gets nothing of it."""
    lines = Lines({an_endpoint().dialect})
    endpoints = {number: an_endpoint(id=number) for number in (1, 2, 3)}
    lines.learn(dict(endpoints), 0.0)
    for line in lines.known.values():
        for _ in range(9):
            line.widen()
    claims = [Claim(one, NOON + timedelta(seconds=90), 1) for one in owed(1, FIRST_ROOM)]
    lines.known[1].add(claims, is_retry=False)
    lines.known[2].add(claims[:1], is_retry=False)
    lines.look([Turn(number, is_retry=False, due_at=NOON) for number in endpoints], NOON)
    ample = lines.wants(NOON, (MOST_CLAIMED, MOST_BYTES))
    scarce = lines.wants(NOON, (KEPT_FREE, MOST_BYTES))
    last = lines.wants(NOON, (1, MOST_BYTES))

    assert [want.limit > FIRST_ROOM + 1 for want in ample] == [True] * 3
    assert [want.endpoint for want in scarce] == [2, 3]
    assert all(want.limit <= FIRST_ROOM + 1 for want in scarce)
    assert last == [Want(2, is_retry=False, limit=2)]
