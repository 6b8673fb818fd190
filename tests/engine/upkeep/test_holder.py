"""The holder: what a disabled Endpoint is owed becomes held, and nothing else does."""

from dataclasses import replace

from tests.engine.flow import OWNER, URL, Flow
from tests.stores.samples import a_delivery

from bitewing.engine.operations.endpoints import new_endpoint
from bitewing.engine.upkeep.holder import BATCH, Holder
from bitewing.model.delivery import Delivery, DeliveryState
from bitewing.model.subscription import EndpointState
from bitewing.ports.store import Transaction


async def owe(flow: Flow, state: EndpointState, count: int) -> None:
    """Owe so many to an Endpoint, one behind the other, and then let it be in this state."""
    wished = new_endpoint(
        institution="", owner=OWNER, url=URL, dialect="opendental", at=flow.clock.now()
    )

    def work(tx: Transaction) -> None:
        made = tx.endpoints.add(wished)
        owed: list[Delivery] = [
            a_delivery(f"{state}-{number}", endpoint=made.id, lane=number % 2)
            for number in range(count)
        ]
        tx.outbox.add(owed)
        tx.endpoints.put(replace(made, state=state))

    await flow.store.write(work)


async def test_what_a_disabled_endpoint_is_owed_is_held(flow: Flow) -> None:
    """All of it, lane after lane; a paused Endpoint's waits."""
    await owe(flow, EndpointState.DISABLED, 7)
    await owe(flow, EndpointState.PAUSED, 3)
    holder = Holder(flow.store)
    pauses = [await holder.step() for _ in range(8)]

    assert await flow.tally() == {DeliveryState.HELD: 7, DeliveryState.PENDING: 3}
    assert pauses[0] < 1 < pauses[-1]


async def test_a_few_at_a_time(flow: Flow) -> None:
    """However many they are, a transaction stays small."""
    await owe(flow, EndpointState.DISABLED, BATCH + 2)
    held = await flow.store.write(lambda tx: tx.outbox.hold(1, BATCH))

    assert held <= BATCH
