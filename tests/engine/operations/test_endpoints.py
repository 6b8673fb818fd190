"""Endpoints: what their owners may do with them, and what becomes of what is owed."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.flow import OWNER, URL, Flow
from tests.stores.samples import a_delivery

from bitewing.engine.operations.endpoints import EndpointDesk, new_endpoint, new_secret
from bitewing.engine.outbox.owing import owe
from bitewing.model.delivery import Delivery, DeliveryState
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.lanes import lane_of
from bitewing.model.subscription import Endpoint, EndpointState

REFUSED = "http://10.0.0.1/"


@pytest.fixture
def desk(flow: Flow) -> EndpointDesk:
    """Give the desk over the flow's store."""
    return EndpointDesk(
        flow.store,
        lambda url: "It is private." if url == REFUSED else None,
        flow.clock,
        flow.signals,
    )


async def created(desk: EndpointDesk, *, owner: str = OWNER, url: str = URL) -> Endpoint:
    """Create an Endpoint."""
    return await desk.create(
        new_endpoint(
            institution="", owner=owner, url=url, dialect="opendental", at=desk.clock.now()
        )
    )


async def owed(flow: Flow, endpoint: Endpoint, name: str) -> Delivery:
    """Owe the Endpoint a Delivery; give it as it stands in the outbox."""
    delivery = a_delivery(name, endpoint=endpoint.id, lane=1)._replace(
        due_at=flow.clock.now(),
        created_at=flow.clock.now(),
    )
    return (await flow.store.write(lambda tx: owe(tx, [delivery])))[0]


async def test_an_endpoint_is_seen_by_its_owner_alone(desk: EndpointDesk) -> None:
    """Another's is not found, whatever is asked of it."""
    mine, other = await created(desk), await created(desk, owner="owner-2")

    assert await desk.all_of(OWNER) == [mine]
    assert await desk.one(OWNER, mine.id) == mine
    for asked in (
        desk.one(OWNER, other.id),
        desk.activate(OWNER, other.id),
        desk.pause(OWNER, other.id, ""),
        desk.disable(OWNER, other.id, ""),
        desk.remove(OWNER, other.id),
        desk.change(OWNER, other.id, lambda before: before),
        desk.rotate_secret(OWNER, other.id, "whsec_"),
    ):
        with pytest.raises(NotFoundError):
            await asked


async def test_a_url_that_is_not_allowed_is_refused(desk: EndpointDesk) -> None:
    """When it is created and when it is changed; the reason is given."""
    made = await created(desk)

    with pytest.raises(InvalidRequestError, match="private"):
        await created(desk, url=REFUSED)
    with pytest.raises(InvalidRequestError, match="private"):
        await desk.change(OWNER, made.id, lambda before: replace(before, url=REFUSED))
    assert await desk.all_of(OWNER) == [made]


async def test_a_change_never_changes_the_state(desk: EndpointDesk, flow: Flow) -> None:
    """Activating has consequences, and has a call of its own."""
    made = await created(desk)
    flow.pass_time(5)
    changed = await desk.change(
        OWNER,
        made.id,
        lambda before: replace(before, concurrency=2, state=EndpointState.PAUSED),
    )

    assert changed == replace(made, concurrency=2, updated_at=flow.clock.now())


async def test_what_is_owed_to_a_paused_endpoint_waits(desk: EndpointDesk, flow: Flow) -> None:
    """And goes out when it is activated."""
    made = await created(desk)
    await desk.pause(OWNER, made.id, "They are moving house.")
    await owed(flow, made, "a")
    before = await flow.send()
    active = await desk.activate(OWNER, made.id)
    after = await flow.send()

    assert (before, after) == (0, 1)
    assert (active.state, active.reason) == (EndpointState.ACTIVE, "")


async def test_what_is_held_is_not_sprung_on_a_receiver(desk: EndpointDesk, flow: Flow) -> None:
    """What was owed before and while it was disabled stays held; what follows flows."""
    made = await created(desk)
    await owed(flow, made, "before")
    await desk.disable(OWNER, made.id, "Set inactive by its owner.")
    meanwhile = await owed(flow, made, "meanwhile")
    none = await flow.send()
    await desk.activate(OWNER, made.id)
    await owed(flow, made, "after")
    sent = await flow.send()

    assert meanwhile.state is DeliveryState.HELD
    assert (none, sent) == (0, 1)
    assert dict(flow.last_message.headers)["webhook-id"] == "after"
    assert await flow.tally() == {DeliveryState.HELD: 2, DeliveryState.DELIVERED: 1}


async def test_activating_forgets_the_failing(desk: EndpointDesk, flow: Flow) -> None:
    """It starts with a clean sheet."""
    made = await created(desk)
    failing = replace(
        made, failing_since=flow.clock.now(), parked_until=flow.clock.now(), reason="ill"
    )
    await flow.store.write(lambda tx: tx.endpoints.put(failing))

    flow.pass_time(5)

    assert await desk.activate(OWNER, made.id) == replace(made, updated_at=flow.clock.now())


async def test_what_is_changed_twice_in_a_moment_was_changed_at_two(desk: EndpointDesk) -> None:
    """Whoever has seen it between sees that it was touched again."""
    made = await created(desk)
    disabled = await desk.disable(OWNER, made.id, "No longer.")
    activated = await desk.activate(OWNER, made.id)

    assert made.updated_at < disabled.updated_at < activated.updated_at


async def test_a_secret_is_rotated_with_an_overlap(desk: EndpointDesk, flow: Flow) -> None:
    """The one before is valid for a day unless somebody says otherwise, a week at the most."""
    made = await created(desk)
    rotated = await desk.rotate_secret(OWNER, made.id, "whsec_new")
    at_once = await desk.rotate_secret(OWNER, made.id, "whsec_newer", overlap=timedelta(0))

    assert (rotated.secret, rotated.old_secret) == ("whsec_new", made.secret)
    assert rotated.old_secret_until == flow.clock.now() + timedelta(hours=24)
    assert (at_once.secret, at_once.old_secret, at_once.old_secret_until) == (
        "whsec_newer",
        "",
        None,
    )
    with pytest.raises(InvalidRequestError):
        await desk.rotate_secret(OWNER, made.id, "whsec_", overlap=timedelta(days=8))


async def test_removing_cancels_what_was_owed(desk: EndpointDesk, flow: Flow) -> None:
    """Its Subscriptions go with it."""
    number = await flow.subscribe()
    wish = await flow.subscription(number)
    await flow.store.write(lambda tx: tx.outbox.add([a_delivery("a", endpoint=wish.endpoint)]))
    await desk.remove(OWNER, wish.endpoint)
    sent = await flow.send()

    assert sent == 0
    assert await flow.tally() == {DeliveryState.CANCELLED: 1}
    assert await flow.store.read(lambda tx: tx.subscriptions.all()) == []


async def test_strict_order_is_a_lane_of_the_endpoint(desk: EndpointDesk, flow: Flow) -> None:
    """Everything that it is owed stands in it."""
    made = await created(desk)
    await desk.change(OWNER, made.id, lambda before: replace(before, is_ordered=True))

    assert (await owed(flow, made, "a")).lanes == (1, lane_of(made.id))


def test_a_secret_is_32_random_bytes() -> None:
    """In the form of Standard Webhooks."""
    secret = new_secret()

    assert secret != new_secret()
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


async def test_what_cannot_be_served_is_refused_whenever_it_comes(flow: Flow) -> None:
    """At the beginning, in a change, with a new secret; nothing is stored then."""

    def require_fit(endpoint: Endpoint) -> None:
        if endpoint.secret == "unfit" or endpoint.headers:
            raise InvalidRequestError("unfit")

    desk = EndpointDesk(flow.store, lambda _: None, flow.clock, flow.signals, require_fit)
    good = await created(desk)
    for asked in (
        desk.create(replace(good, id=0, secret="unfit")),
        desk.change(OWNER, good.id, lambda one: replace(one, headers=(("Host", "a"),))),
        desk.rotate_secret(OWNER, good.id, "unfit"),
    ):
        with pytest.raises(InvalidRequestError, match="unfit"):
            await asked

    assert await desk.all_of(OWNER) == [good]
