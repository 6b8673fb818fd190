"""Wishes for Events announced at once: none is doubled, and an idle one is owed nothing."""

from dataclasses import replace

import pytest
from tests.engine.flow import OWNER, Flow
from tests.stores.samples import a_delivery

from bitewing.engine.operations.endpoints import EndpointDesk, new_endpoint
from bitewing.engine.operations.wishes import EventWish, WishChange, WishDesk
from bitewing.engine.outbox.cancelling import BATCH
from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Subscription

DIALECT = "nexhealth"
INSTITUTION = "bright-smiles"
MOVED = EventWish(INSTITUTION, "appointment_updated", "v2")
STOP, START = WishChange(is_active=False), WishChange(is_active=True)


@pytest.fixture
def desk(flow: Flow) -> WishDesk:
    """Give the desk over the flow's store."""
    endpoints = EndpointDesk(flow.store, lambda _: None, flow.clock, flow.signals)
    return WishDesk(flow.store, endpoints, flow.clock, DIALECT)


async def an_endpoint(desk: WishDesk, name: str) -> int:
    """Create an Endpoint; give its id."""
    made = new_endpoint(
        institution="",
        owner=OWNER,
        url=f"https://receiver.example/{name}",
        dialect=DIALECT,
        at=desk.clock.now(),
    )
    return (await desk.endpoints.create(made)).id


async def change(desk: WishDesk, one: Subscription, how: WishChange) -> Subscription:
    """Change a Subscription where it stands."""
    return await desk.change(OWNER, one.endpoint, one.number, INSTITUTION, how)


async def owe_some(flow: Flow, one: Subscription, count: int = 3) -> None:
    """Owe a Subscription so many Deliveries."""
    some = [
        a_delivery(f"{one.number}-{each}", endpoint=one.endpoint)._replace(subscription=one.number)
        for each in range(count)
    ]
    await flow.store.write(lambda tx: tx.outbox.add(some))


@pytest.mark.parametrize("is_active", [True, False])
async def test_a_move_does_not_double(flow: Flow, desk: WishDesk, is_active: bool) -> None:  # noqa: FBT001
    """The Endpoint that has one already keeps that, and the other stays where it was."""
    first, second = await an_endpoint(desk, "a"), await an_endpoint(desk, "b")
    here = await desk.create(OWNER, first, MOVED)
    there = await desk.create(OWNER, second, replace(MOVED, is_active=is_active))

    with pytest.raises(InvalidRequestError, match=f"webhook subscription {there.number} to"):
        await change(desk, here, WishChange(endpoint=second))

    assert await desk.all_of(OWNER, first) == [here]
    assert await desk.all_of(OWNER, second) == [there]
    assert (await flow.subscription(here.number)).url == here.url


async def test_what_is_no_twin_moves(desk: WishDesk) -> None:
    """Another Event, another institution's, or a move to where it is."""
    first, second = await an_endpoint(desk, "a"), await an_endpoint(desk, "b")
    here = await desk.create(OWNER, first, MOVED)
    await desk.create(OWNER, second, replace(MOVED, event_name="appointment_created"))
    await desk.create(OWNER, second, replace(MOVED, institution="dark-smiles"))

    stayed = await change(desk, here, WishChange(endpoint=first))
    moved = await change(desk, stayed, WishChange(endpoint=second))

    assert (stayed.endpoint, moved.endpoint) == (first, second)


async def test_one_whose_twin_is_active_is_not_begun_again(flow: Flow, desk: WishDesk) -> None:
    """Twins from before moves were refused: one of the two may be active."""
    endpoint = await an_endpoint(desk, "a")
    one = await desk.create(OWNER, endpoint, replace(MOVED, is_active=False))
    twin = await flow.store.write(lambda tx: tx.subscriptions.add(replace(one, is_active=True)))

    with pytest.raises(InvalidRequestError, match=f"webhook subscription {twin.number} to"):
        await change(desk, one, START)
    wished = await desk.create(OWNER, endpoint, MOVED)
    await change(desk, twin, STOP)
    begun = await change(desk, one, START)

    assert wished.number == twin.number
    assert (begun.number, begun.is_active) == (one.number, True)


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_refused_change_cancels_nothing(flow: Flow, desk: WishDesk, is_known: bool) -> None:  # noqa: FBT001
    """Also not the first pieces of a long backlog."""
    first, second = await an_endpoint(desk, "a"), await an_endpoint(desk, "b")
    here = await desk.create(OWNER, first, MOVED)
    await desk.create(OWNER, second, MOVED)
    await owe_some(flow, here, BATCH + 1)
    target = second if is_known else 999

    with pytest.raises((InvalidRequestError, NotFoundError)):
        await change(desk, here, replace(STOP, endpoint=target))

    assert await flow.tally() == {DeliveryState.PENDING: BATCH + 1}


async def test_an_idle_one_is_owed_nothing_however_it_was_asked_for(
    flow: Flow, desk: WishDesk
) -> None:
    """Changed, or wished for once more as an idle one; wished for as it is, it keeps all."""
    changed = await desk.create(OWNER, await an_endpoint(desk, "a"), MOVED)
    wished = await desk.create(OWNER, await an_endpoint(desk, "b"), MOVED)
    kept = await desk.create(OWNER, await an_endpoint(desk, "c"), MOVED)
    for one in (changed, wished, kept):
        await owe_some(flow, one)

    await change(desk, changed, STOP)
    again = await desk.create(OWNER, wished.endpoint, replace(MOVED, is_active=False))
    await desk.create(OWNER, kept.endpoint, MOVED)

    assert (again.number, again.is_active) == (wished.number, False)
    assert await flow.tally() == {DeliveryState.CANCELLED: 6, DeliveryState.PENDING: 3}
