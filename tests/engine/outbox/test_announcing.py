"""Announcing: what a Change did to a resource is owed in the transaction that records it."""

from dataclasses import replace

import structlog.testing
from tests.engine.flow import Flow
from tests.engine.wishing import messages, owed, wish

from bitewing.engine.capture.reading import MOST_ANNOUNCED
from bitewing.model.lanes import lane_of
from bitewing.model.subscription import EndpointState
from bitewing.ports.store import Transaction

KINDS = ("appointment_created", "appointment_updated", "patient_created", "patient_updated")


async def told(flow: Flow) -> list[tuple[str, list[str]]]:
    return [
        (one.event, [thing["foreign_id"] for thing in one.content])
        for one in await messages(flow.store)
    ]


async def wish_all(flow: Flow) -> None:
    for kind in KINDS:
        await wish(flow.store, kind)


async def test_a_change_is_owed_with_what_was_before(watching: Flow) -> None:
    """The portrait after, and the old values of what differs; our id is given once."""
    await wish(watching.store, "appointment_updated")
    watching.source.update("Appointment", 2, note="new")
    await watching.poller.poll()
    watching.pass_time(5)
    watching.source.update("Appointment", 2, note="newer")
    await watching.poller.poll()
    first, second = await messages(watching.store)

    assert [one["note"] for one in (*first.content, *second.content)] == ["new", "newer"]
    assert (first.previous, second.previous) == ([{"note": "old"}], [{"note": "new"}])
    assert first.content[0]["id"] == second.content[0]["id"]


async def test_nothing_is_portrayed_while_nobody_wishes(watching: Flow) -> None:
    """Neither when nobody subscribes, nor when another institution or dialect does."""
    await wish(watching.store, "appointment_updated", institution="other")
    await wish(watching.store, "appointment_updated", dialect="opendental")
    await wish(watching.store, "appointment_updated", is_active=False)
    await wish(watching.store, "appointment_updated", source="elsewhere")
    watching.source.update("Appointment", 2, note="new")
    await watching.poller.poll()

    assert watching.announcer.asked == 0
    assert await owed(watching.store) == []
    assert len(await watching.changes()) == 1


async def test_a_withdrawn_credential_is_told_nothing_more(watching: Flow) -> None:
    """Its Subscriptions stand, but nobody who may see the practice reads them."""
    await wish(watching.store, "appointment_updated")
    [standing] = await watching.store.read(lambda tx: tx.subscriptions.all())
    watching.announcer.withdrawn.add(standing.owner)
    watching.source.update("Appointment", 2, note="new")
    await watching.poller.poll()

    assert watching.announcer.asked == 0
    assert await owed(watching.store) == []


async def test_a_first_reading_is_silent(flow: Flow) -> None:
    """Whoever wishes: what is there is the baseline."""
    await wish_all(flow)
    flow.source.insert("Appointment", 1)
    await flow.read_first()
    await flow.sweep()

    assert await owed(flow.store) == []


async def test_created_ones_share_messages_and_updated_ones_do_not(watching: Flow) -> None:
    """Up to a hundred in one, from one transaction."""
    await wish_all(watching)
    for number in range(100, 350):
        watching.source.insert("Appointment", number)
    watching.source.update("Appointment", 1, note="new")
    watching.source.update("Appointment", 2, note="new")
    await watching.poller.poll()
    sizes = [(event, len(ids)) for event, ids in await told(watching)]

    assert sum(size for event, size in sizes if event == "appointment_created") == 250
    assert [size for event, size in sizes if event == "appointment_updated"] == [1, 1]


async def test_parents_come_before_their_children(watching: Flow) -> None:
    """In the outbox as in the Changes."""
    await wish_all(watching)
    watching.source.insert("Appointment", 7)
    watching.source.insert("Patient", 7)
    await watching.poller.poll()

    assert [event for event, _ in await told(watching)] == [
        "patient_created",
        "appointment_created",
    ]


async def test_a_lane_is_one_thing_at_one_endpoint(watching: Flow) -> None:
    """Created and updated alike, whatever Subscription wished for it."""
    await wish_all(watching)
    watching.source.insert("Appointment", 7)
    watching.source.insert("Appointment", 8)
    await watching.poller.poll()
    watching.pass_time(2)
    watching.source.update("Appointment", 8, note="new")
    await watching.poller.poll()
    created, updated = await owed(watching.store)
    lanes = [lane_of(created.endpoint, "main", "Appointment", number) for number in (7, 8)]

    assert list(created.lanes) == lanes
    assert list(updated.lanes) == lanes[1:]
    assert created.endpoint == updated.endpoint


async def test_what_is_gone_is_told_once(watching: Flow) -> None:
    """By the sweep that finds it."""
    await wish_all(watching)
    watching.source.delete("Appointment", 2)
    await watching.sweep()
    await watching.sweep()
    [message] = await messages(watching.store)

    assert message.event == "appointment_updated"
    assert message.content == [{**message.content[0], "foreign_id": "2", "deleted": True}]


async def test_mass_disappearance_is_held_for_these_too(watching: Flow) -> None:
    """Nobody is told of what is not believed."""
    await wish_all(watching)
    for number in (1, 2, 3):
        watching.source.delete("Appointment", number)
    await watching.sweep()
    before = await owed(watching.store)
    await watching.sweep(accepts_all=True)

    assert before == []
    assert len(await owed(watching.store)) == 3


async def test_a_burst_is_announced_in_parts(watching: Flow) -> None:
    """No transaction announces more than it may, and the Cursor moves with the last."""
    await wish(watching.store, "appointment_created")
    for number in range(1000, 1000 + 5 * MOST_ANNOUNCED):
        watching.source.insert("Appointment", number)
    before = await watching.read_up_to()
    await watching.poller.poll()
    deliveries = await owed(watching.store)
    after = await watching.read_up_to()

    assert sum(len(one.records) for one in deliveries) == 5 * MOST_ANNOUNCED
    assert max(len(one.records) for one in deliveries) == watching.announcer.most_together
    assert before is not None
    assert after is not None
    assert after > before


async def test_a_crash_on_the_way_owes_nothing_and_loses_nothing(watching: Flow) -> None:
    """Changes and what is owed for them are of one piece."""
    await wish_all(watching)
    for number in range(1000, 1000 + 3 * MOST_ANNOUNCED):
        watching.source.insert("Appointment", number)
    watching.source.fail_on(3)
    await watching.poller.poll()
    watching.start()
    watching.pass_time(30)
    await watching.poller.poll()
    ids = [number for _, some in await told(watching) for number in some]

    assert len(ids) == len(set(ids)) == 3 * MOST_ANNOUNCED


async def test_what_cannot_be_portrayed_stops_nothing_else(watching: Flow) -> None:
    """It is said in the log, without what it quotes; the Change is recorded."""
    await wish_all(watching)
    watching.announcer.indigestible = {2}
    for number in (1, 2, 3):
        watching.source.update("Appointment", number, note="new")
    with structlog.testing.capture_logs() as said:
        await watching.poller.poll()
    failures = [line for line in said if line["event"] == "announcing.failed"]

    assert [ids for _, ids in await told(watching)] == [["1"], ["3"]]
    assert len(await watching.changes()) == 3
    assert [(line["what"], line["number"]) for line in failures] == [("Appointment", 2)]
    assert "canary" not in str(failures)


async def test_a_disabled_endpoint_is_owed_what_is_held(watching: Flow) -> None:
    """Composed all the same, so that a person may ask for it later."""
    await wish_all(watching)

    def disable(tx: Transaction) -> None:
        [endpoint] = tx.endpoints.all()
        tx.endpoints.put(replace(endpoint, state=EndpointState.DISABLED))

    await watching.store.write(disable)
    watching.source.update("Appointment", 2, note="new")
    await watching.poller.poll()

    assert [one.state for one in await owed(watching.store)] == ["held"]
