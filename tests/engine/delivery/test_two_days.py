"""Two days of failure: every retry at its moment, then the Endpoint is disabled."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.engine.flow import OWNER, URL, Flow
from tests.fakes.sender import Message, answered
from tests.stores.samples import a_delivery

from bitewing.engine.operations.endpoints import EndpointDesk, new_endpoint
from bitewing.engine.operations.operator import OperatorDesk
from bitewing.engine.outbox.owing import owe
from bitewing.model.delivery import DeliveryState
from bitewing.model.retry import TEN_IN_TWO_DAYS
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.signing.standard import StandardSigner

DOCUMENTED = [0, 30, 90, 210, 600, 1800, 7200, 18000, 36000, 86400, 172800]
"""Seconds since the first Attempt: NexHealth's table, column "Total Time"."""

OPERATOR, SECRET = "https://operator.example/bitewing", "whsec_" + "b3BlcmF0b3Itc2VjcmV0" * 2


class Office:
    """A flow whose dialect retries, one Endpoint, and what it was sent when."""

    def __init__(self, flow: Flow, endpoint: Endpoint, desk: EndpointDesk) -> None:
        self.flow, self.endpoint, self.desk = flow, endpoint, desk
        self.sent: list[tuple[str, float]] = []
        self._seen = 0

    async def owe(self, name: str, lane: int) -> DeliveryState:
        """Owe it a Delivery; give the state in which it stands in the outbox."""
        now = self.flow.clock.now()
        delivery = a_delivery(name, endpoint=self.endpoint.id, lane=lane)._replace(
            created_at=now, due_at=now
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

    async def hire(self) -> None:
        """Let an operator be told."""
        flow = self.flow
        await OperatorDesk(flow.store, flow.clock, flow.reporter, OPERATOR, SECRET).learn()

    @property
    def tidings(self) -> list[Message]:
        return [one for one in self.flow.sender.messages if one.url == OPERATOR]

    @property
    def told(self) -> list[dict[str, Any]]:
        """Give what the operator was sent, in order."""
        return [msgspec.json.decode(message.body) for message in self.tidings]

    async def state(self) -> Endpoint:
        return await self.desk.one(OWNER, self.endpoint.id)


@pytest.fixture
async def office(flow: Flow) -> Office:
    """Give an Endpoint that answers 500."""
    flow.dialect.retries = TEN_IN_TWO_DAYS
    flow.start()
    desk = EndpointDesk(
        flow.store, lambda _: None, flow.clock, flow.signals, reporter=flow.reporter
    )
    made = new_endpoint(
        institution="", owner=OWNER, url=URL, dialect="opendental", at=flow.clock.now()
    )
    flow.sender.standing[URL] = answered(500)
    return Office(flow, await desk.create(made), desk)


async def test_two_days_of_failure(office: Office) -> None:
    """Exact moments, the reason, what is held, and that nothing is sprung on who comes back.

    The operator hears of it in its order: failing, disabled, activated.
    """
    await office.hire()
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
        DeliveryState.DELIVERED: 1 + 3,
    }
    require_told_in_order(office, began)


def require_told_in_order(office: Office, began: datetime) -> None:
    """Failing, disabled, activated; since the first Attempt, and why."""
    assert [(one["type"], one["timestamp"]) for one in office.told] == [
        ("endpoint.failing", _text(began + timedelta(minutes=10))),
        ("endpoint.disabled", _text(began + timedelta(hours=48))),
        ("endpoint.activated", office.told[-1]["timestamp"]),
    ]
    assert {one["data"]["since"] for one in office.told} == {_text(began)}
    assert "500" in office.told[1]["data"]["detail"]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def test_what_the_operator_is_told_is_signed_and_gives_nothing_away(office: Office) -> None:
    """Standard Webhooks' three headers; of the receiver's URL no more than its host."""
    await office.hire()
    await office.owe("first", 1)
    began = office.flow.clock.now()
    await office.live(began + timedelta(minutes=11), began)
    (message,) = office.tidings
    headers = dict(message.headers)

    signature = StandardSigner().signing_with([SECRET])(
        headers["webhook-id"], int(headers["webhook-timestamp"]), message.body
    )
    assert headers["webhook-signature"] == signature
    assert office.told[0]["data"]["endpoint"] == {
        "id": office.endpoint.id,
        "dialect": "opendental",
        "address": "https://receiver.example",
    }


async def test_who_recovers_after_a_while_is_told_of_and_a_hiccup_is_not(office: Office) -> None:
    """Below five minutes nobody is woken; what was told is taken back once."""
    await office.hire()
    began = office.flow.clock.now()
    await office.owe("hiccup", 1)
    await office.live(began + timedelta(minutes=1), began)
    office.flow.sender.standing.clear()
    await office.live(began + timedelta(minutes=4), began)
    silent = len(office.told)
    office.flow.sender.standing[URL] = answered(500)
    again = office.flow.clock.now()
    await office.owe("outage", 2)
    await office.live(again + timedelta(minutes=11), again)
    office.flow.sender.standing.clear()
    await office.live(again + timedelta(hours=3), again)
    await office.owe("after", 3)
    await office.live(again + timedelta(hours=4), again)

    assert silent == 0
    assert [one["type"] for one in office.told] == ["endpoint.failing", "endpoint.recovered"]


async def test_nothing_is_told_of_the_operators_own_endpoint(office: Office) -> None:
    """It is tried for a day and never disabled; what it could not be told is given up."""
    await office.hire()
    office.flow.sender.standing[OPERATOR] = answered(410)
    began = office.flow.clock.now()
    await office.owe("first", 1)
    await office.live(began + timedelta(hours=30), began)
    endpoint = await office.flow.store.read(
        lambda tx: tx.endpoints.get(office.flow.reporter.endpoint or 0)
    )

    assert {one["type"] for one in office.told} == {"endpoint.failing"}
    assert len({dict(one.headers)["webhook-id"] for one in office.tidings}) == 1
    assert endpoint is not None
    assert endpoint.state is EndpointState.ACTIVE
    assert (await office.flow.tally())[DeliveryState.EXHAUSTED] == 1


async def test_another_address_of_the_operator(office: Office) -> None:
    """What is owed to the old one is held; the new one takes over, with the new secret."""
    await office.hire()
    old = office.flow.reporter.endpoint
    flow = office.flow
    await OperatorDesk(flow.store, flow.clock, flow.reporter, f"{OPERATOR}/new", SECRET).learn()
    endpoints = {one.id: one for one in await flow.store.read(lambda tx: tx.endpoints.all())}
    new = flow.reporter.endpoint
    await OperatorDesk(flow.store, flow.clock, flow.reporter).learn()

    assert old is not None
    assert new is not None
    assert endpoints[old].state is EndpointState.DISABLED
    assert endpoints[new].state is EndpointState.ACTIVE
    assert flow.reporter.endpoint is None


async def test_what_was_resumed_has_all_its_retries(office: Office) -> None:
    """It was tried three times before it was held; that does not count any more."""
    began = office.flow.clock.now()
    await office.owe("first", 1)
    await office.live(began + timedelta(seconds=100), began)
    before = len(office.sent)
    await office.flow.store.write(lambda tx: tx.outbox.hold(office.endpoint.id, 9))
    office.flow.pass_time(3600)
    again = office.flow.clock.now()
    await office.flow.store.write(lambda tx: tx.outbox.resume(["first"], again))
    await office.live(again + timedelta(seconds=700), again)

    assert before == 3
    assert office.moments_of("first")[before:] == [0, 30, 90, 210, 600]


async def test_a_standstill_of_three_days_takes_no_retries_away(office: Office) -> None:
    """Those that were still to come come later by as much; then the Endpoint is disabled."""
    began = office.flow.clock.now()
    await office.owe("first", 1)
    await office.live(began + timedelta(seconds=50), began)
    office.flow.pass_time(3 * 86400)
    office.flow.start()
    again = office.flow.clock.now()
    late = (again - began).total_seconds() - 90
    await office.live(again + timedelta(hours=49), began)

    assert office.moments_of("first")[:2] == [0, 30]
    assert office.moments_of("first")[2:] == [moment + late for moment in DOCUMENTED[2:]]
    assert (await office.state()).state is EndpointState.DISABLED


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
