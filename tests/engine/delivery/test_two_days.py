"""Two days of failure: every retry at its moment, then the Endpoint is disabled."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.engine.flow import OWNER, URL, Flow
from tests.fakes.sender import answered
from tests.stores.samples import a_delivery

from bitewing.engine.operations.endpoints import EndpointDesk, new_endpoint
from bitewing.engine.outbox.owing import owe
from bitewing.model.delivery import DeliveryState
from bitewing.model.retry import TEN_IN_TWO_DAYS
from bitewing.model.subscription import Endpoint, EndpointState

DOCUMENTED = [0, 30, 90, 210, 600, 1800, 7200, 18000, 36000, 86400, 172800]
"""Seconds since the first Attempt: NexHealth's table, column "Total Time"."""


class Office:
    """A flow whose dialect retries, one Endpoint, and what it was sent when."""

    def __init__(self, flow: Flow, endpoint: Endpoint, desk: EndpointDesk) -> None:
        self.flow, self.endpoint, self.desk = flow, endpoint, desk
        self.sent: list[tuple[str, float]] = []
        self._seen = 0

    async def owe(self, name: str, lane: int) -> DeliveryState:
        """Owe it a Delivery; give the state in which it stands in the outbox."""
        now = self.flow.clock.now()
        delivery = replace(
            a_delivery(name, endpoint=self.endpoint.id, lane=lane), created_at=now, due_at=now
        )
        return (await self.flow.store.write(lambda tx: owe(tx, [delivery])))[0].state

    async def live(self, until: datetime, since: datetime) -> None:
        """Let time pass as the dispatcher asks for it; note who is sent when."""
        flow = self.flow
        while flow.clock.now() <= until:
            await flow.send()
            for message in flow.sender.messages[self._seen :]:
                at = (flow.clock.now() - since).total_seconds()
                self.sent.append((dict(message.headers)["webhook-id"], at))
            self._seen = len(flow.sender.messages)
            pause = await flow.dispatcher.step()
            due = await flow.store.read(lambda tx: tx.outbox.turns())
            waits = [(turn.due_at - flow.clock.now()).total_seconds() for turn in due]
            flow.pass_time(max(pause, min([30.0, *[wait for wait in waits if wait > 0]])))

    def moments_of(self, name: str) -> list[float]:
        return [at for identity, at in self.sent if identity == name]

    async def state(self) -> Endpoint:
        return await self.desk.one(OWNER, self.endpoint.id)


@pytest.fixture
async def office(flow: Flow) -> Office:
    """Give an Endpoint that answers 500."""
    flow.dialect.retries = TEN_IN_TWO_DAYS
    flow.start()
    desk = EndpointDesk(flow.store, lambda _: None, flow.clock, flow.signals)
    made = new_endpoint(
        institution="", owner=OWNER, url=URL, dialect="opendental", at=flow.clock.now()
    )
    flow.sender.standing[URL] = answered(500)
    return Office(flow, await desk.create(made), desk)


async def test_two_days_of_failure(office: Office) -> None:
    """Exact moments, the reason, what is held, and that nothing is sprung on who comes back."""
    began = office.flow.clock.now()
    await office.owe("first", 1)
    await office.owe("behind", 1)
    await office.live(began + timedelta(hours=49), began)
    disabled = await office.state()
    meanwhile = await office.owe("meanwhile", 2)
    while await office.flow.store.write(lambda tx: tx.outbox.hold(office.endpoint.id, 100)):
        pass
    office.flow.sender.standing.clear()
    await office.desk.activate(OWNER, office.endpoint.id)
    await office.owe("after", 3)
    await office.live(began + timedelta(hours=50), began)
    active = await office.state()

    assert office.moments_of("first") == DOCUMENTED
    assert office.moments_of("behind") == []
    assert disabled.state is EndpointState.DISABLED
    assert disabled.failing_since == began
    assert "500" in disabled.reason
    assert meanwhile is DeliveryState.HELD
    assert len(office.moments_of("after")) == 1
    assert (active.state, active.failing_since) == (EndpointState.ACTIVE, None)
    assert await office.flow.tally() == {
        DeliveryState.EXHAUSTED: 1,
        DeliveryState.HELD: 2,
        DeliveryState.DELIVERED: 1,
    }


async def test_many_failing_together_are_probed_by_the_oldest(office: Office) -> None:
    """It keeps its ten moments; the others wait, and all go out when the receiver is back."""
    began = office.flow.clock.now()
    for number in range(20):
        await office.owe(f"msg-{number}", number)
        office.flow.clock.advance(0.001)
    await office.live(began + timedelta(hours=3), began)
    parked = await office.state()
    tries = len(office.sent)
    first = office.sent[0][0]
    moments = [round(at) for at in office.moments_of(first)]
    office.flow.sender.standing.clear()
    await office.live(began + timedelta(hours=6), began)
    recovered = await office.state()

    assert moments == [moment for moment in DOCUMENTED if moment <= 3 * 3600]
    assert parked.parked_until is not None
    assert tries < 60
    assert recovered.parked_until is None
    assert await office.flow.tally() == {DeliveryState.DELIVERED: 20}
