"""The settler: what an Outcome does, through the courier and the dispatcher."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.flow import A_WISH, OWNER, SELECTED, URL, Flow
from tests.fakes.sender import answered
from tests.stores.samples import a_delivery

from bitewing.engine.delivery.judging import reason
from bitewing.model.delivery import DeliveryState, Outcome, OutcomeKind


async def one_exchange(flow: Flow, outcome: Outcome) -> int:
    """Send one Change and let this come of it; give the Subscription's number."""
    number = await flow.subscribe()
    flow.sender.standing[URL] = outcome
    flow.source.touch("Appointment", 1)
    await flow.run()
    return number


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_acknowledges(watching: Flow, status: int) -> None:
    """The Bookmark moves, the books say delivered."""
    number = await one_exchange(watching, answered(status))
    wish = await watching.subscription(number)

    assert (wish.delivered, wish.failures) == (1, 0)
    assert await watching.tally() == {DeliveryState.DELIVERED: 1}


@pytest.mark.parametrize("status", [100, 199, 300, 302, 304, 400, 401, 404, 410, 429, 500, 503])
async def test_nothing_else_does(watching: Flow, status: int) -> None:
    """The Bookmark stays, and the reason names the status."""
    number = await one_exchange(watching, answered(status))
    wish = await watching.subscription(number)

    assert (wish.delivered, wish.failures, wish.bookmark.after) == (0, 1, 0)
    assert wish.failure == f"The receiver answered {status}; only 2xx acknowledges."
    assert await watching.tally() == {DeliveryState.EXHAUSTED: 1}


@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.ANSWERED])
async def test_what_is_no_answer_acknowledges_nothing(watching: Flow, kind: OutcomeKind) -> None:
    """Whatever happened, people read why, and the Changes stay owed."""
    number = await one_exchange(watching, Outcome(kind, detail="in plain words"))
    wish = await watching.subscription(number)

    assert (wish.failures, wish.failure) == (1, "in plain words")
    assert (await watching.ledger()).backing_off == 1


def test_a_reason_is_never_empty() -> None:
    """Without a status and without details the kind has to do."""
    assert reason(Outcome(OutcomeKind.TIMED_OUT)) == "timed_out"


async def test_a_failing_receiver_is_asked_less_often_and_recovers(watching: Flow) -> None:
    """The pauses grow; when it answers, all is delivered and the failure is forgotten."""
    number = await one_exchange(watching, answered(500))
    for _ in range(60):
        watching.pass_time(1)
        await watching.send()
    tries = len(watching.sender.messages)
    failing = await watching.subscription(number)
    watching.sender.standing.clear()
    watching.pass_time(60)
    await watching.send()
    recovered = await watching.subscription(number)

    assert 4 <= tries <= 6
    assert failing.failures == tries
    assert (recovered.failures, recovered.failure, recovered.delivered) == (0, "", 1)


async def test_retry_after_is_honoured(watching: Flow) -> None:
    """Nothing is sent before the moment that the receiver has named."""
    later = Outcome(OutcomeKind.ANSWERED, 503, retry_after=timedelta(seconds=300))
    await one_exchange(watching, later)
    for _ in range(29):
        watching.pass_time(10)
        await watching.send()
    early = len(watching.sender.messages)
    watching.pass_time(10)
    await watching.send()

    assert (early, len(watching.sender.messages)) == (1, 2)


async def test_a_missing_credential_blocks_and_says_so(watching: Flow) -> None:
    """Nothing is sent without its Authorization; when the key is back, it goes out."""
    watching.dialect.unknown_owners.add(OWNER)
    number = await one_exchange(watching, answered(200))
    blocked = await watching.subscription(number)
    unsent = list(watching.sender.messages)
    watching.dialect.unknown_owners.clear()
    await watching.run()

    assert unsent == []
    assert blocked.failure == "The credential is no longer configured."
    assert watching.received_keys == [[1]]


async def test_every_attempt_is_remembered(watching: Flow) -> None:
    """With its Outcome, when it began, and as which."""
    await one_exchange(watching, answered(500))
    await watching.run()
    deliveries = await watching.store.read(lambda tx: tx.outbox.recent(10))
    attempts = await watching.store.read(
        lambda tx: [tx.outbox.attempts(delivery.id) for delivery in deliveries]
    )

    assert [[(a.ordinal, a.outcome.status) for a in each] for each in attempts] == [
        [(1, 500)],
        [(1, 500)],
    ]


async def test_a_failed_ui_event_is_over(watching: Flow) -> None:
    """It told of a moment; nobody is sent it again later."""
    number = await watching.subscribe(SELECTED)
    watching.source.insert("Patient", 28)
    watching.sender.script.append(answered(500))
    await watching.counter.patient_selected("main", patient=28, workstation="MOLLYR")
    await watching.run(120)
    await watching.run(120)

    assert len(watching.sender.messages) == 1
    assert (await watching.subscription(number)).failures == 0


async def test_what_was_removed_in_flight_settles_quietly(watching: Flow) -> None:
    """The exchange ends, its Subscription is gone, and nothing follows."""
    number = await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()
    await watching.pacer.step()
    await watching.dispatch()
    await watching.desk.remove(OWNER, number)
    watching.sender.script.append(answered(500))
    await watching.answer()
    await watching.run()

    assert len(watching.sender.messages) == 1
    assert await watching.tally() == {DeliveryState.EXHAUSTED: 1}


@pytest.mark.parametrize("status", [200, 500])
async def test_a_new_url_in_flight_is_sent_everything(watching: Flow, status: int) -> None:
    """Whatever the old receiver answers, the new one gets what is behind the Bookmark."""
    number = await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()
    await watching.pacer.step()
    await watching.dispatch()
    await watching.desk.change(OWNER, number, lambda _: replace(A_WISH, url=f"{URL}/new"))
    watching.sender.standing[URL] = answered(status)
    await watching.answer()
    await watching.run()
    urls = [message.url for message in watching.sender.messages]

    assert urls == [URL, f"{URL}/new"]
    assert watching.received_keys == [[1], [1]]
    assert (await watching.subscription(number)).failures == 0
    assert (await watching.ledger()).adds_up


@pytest.mark.parametrize("status", [200, 500])
async def test_a_new_start_in_flight_restarts_the_window(watching: Flow, status: int) -> None:
    """The answer to the old window does not move the new Bookmark."""
    number = await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()
    await watching.pacer.step()
    await watching.dispatch()
    start = watching.source.now - timedelta(seconds=5)
    await watching.desk.change(OWNER, number, lambda _: replace(A_WISH, starts_at=start))
    watching.sender.script.append(answered(status))
    await watching.answer()
    between = await watching.subscription(number)
    await watching.run()

    assert between.bookmark.since == start
    assert watching.received_keys == [[1], [1]]
    assert (await watching.ledger()).adds_up


async def test_what_cannot_be_written_stops_no_other(watching: Flow) -> None:
    """A dialect that is not configured: it is tried again later, and the others go out."""
    number = await one_exchange(watching, answered(200))
    wish = await watching.subscription(number)
    known, stranger = a_delivery("known", endpoint=wish.endpoint), a_delivery("stranger")
    foreign = stranger._replace(dialect="klingon", endpoint=wish.endpoint)
    await watching.store.write(lambda tx: tx.outbox.add([foreign, known]))
    watching.sender.messages.clear()
    await watching.dispatch()
    await watching.answer()
    waiting = await watching.store.read(lambda tx: tx.outbox.get("stranger"))

    assert [dict(m.headers)["webhook-id"] for m in watching.sender.messages] == ["known"]
    assert waiting is not None
    assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 1)
