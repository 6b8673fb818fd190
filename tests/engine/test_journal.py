"""The journal: one line for what happens, and never a word of a Record."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.engine.flow import A_WISH, SELECTED, URL, Flow
from tests.fakes.sender import answered

from bitewing.engine import journal
from bitewing.model.errors import SourceUnavailableError

CANARY = "Harrison-Canary"


async def live_through_everything(flow: Flow) -> None:
    """Make every kind of line appear, with a name in every text of every Record."""
    number = await live_through_a_good_day(flow)
    await live_through_a_bad_one(flow)
    await flow.desk.change("owner-1", number, lambda _: A_WISH)
    await flow.desk.remove("owner-1", number)


async def live_through_a_good_day(flow: Flow) -> int:
    """Read, notice, compose, send, select; give a Subscription's number."""
    for key in (1, 2, 3):
        flow.source.insert("Appointment", key, note=CANARY)
        flow.source.insert("Patient", key, note=CANARY)
    await flow.read_first()
    number = await flow.subscribe()
    await flow.subscribe(SELECTED)
    flow.source.update("Appointment", 1, note=f"{CANARY} moved")
    flow.sender.script.append(answered(500))
    await flow.run()
    await flow.run()
    await flow.counter.patient_selected("main", patient=2, workstation="MOLLYR")
    return number


async def live_through_a_bad_one(flow: Flow) -> None:
    """Crash, be unable to compose, jump in time, lose the practice."""
    await flow.dispatch()
    flow.crash()
    flow.start()
    flow.pass_time(90)
    await flow.rescuer.step()
    await flow.send()
    flow.dialect.indigestible.add(3)
    flow.source.update("Appointment", 3, note=f"{CANARY} again")
    await flow.run()
    flow.source.now += timedelta(minutes=5)
    await flow.poller.poll()
    flow.source.break_down()
    await flow.poller.poll()
    flow.source.mend()
    await flow.poller.poll()


async def test_no_word_of_a_record_is_logged(flow: Flow) -> None:
    """A name in every column, everything happens, and no line knows it."""
    with capture_logs() as logs:
        await live_through_everything(flow)

    assert {line["event"] for line in logs} >= {
        "first_reading.finished",
        "page.captured",
        "message.composed",
        "composing.failed",
        "delivery.attempted",
        "claim.rescued",
        "source.clock_stepped",
        "source.failed",
        "source.recovered",
        "subscription.changed",
    }
    assert "Canary" not in repr(logs) and "canary" not in repr(logs)


async def test_no_credential_and_no_url_is_logged(flow: Flow) -> None:
    """URLs may bear secrets of their own; the endpoint's number is enough."""
    with capture_logs() as logs:
        await live_through_everything(flow)

    assert URL not in repr(logs)
    assert "owner-1" not in repr(logs)


async def test_values_do_not_show_what_they_hold(watching: Flow) -> None:
    """Changes and Deliveries are safe to print by mistake."""
    watching.source.update("Appointment", 1, note=CANARY)
    await watching.subscribe()
    await watching.run()
    changes = await watching.changes()
    deliveries = await watching.store.read(lambda tx: tx.outbox.recent(10))

    assert changes and deliveries
    assert "Canary" not in repr((changes, deliveries))


async def test_an_attempt_is_one_wide_line(watching: Flow) -> None:
    """Whose, what, how big, what came of it, how long."""
    await watching.subscribe()
    watching.source.touch("Appointment", 1)
    with capture_logs() as logs:
        await watching.run()
    (line,) = [line for line in logs if line["event"] == "delivery.attempted"]

    assert (line["subscription"], line["records"], line["ordinal"]) == (1, 1, 1)
    assert (line["outcome"], line["status"], line["state"]) == ("answered", 200, "delivered")
    assert line["bytes"] == len(watching.last_message.body)


async def test_a_failing_source_is_said_once(watching: Flow) -> None:
    """And its recovery once; a quiet poll says nothing at all."""
    with capture_logs() as logs:
        await watching.poller.poll()
        watching.source.break_down()
        for _ in range(5):
            await watching.poller.poll()
        watching.source.mend()
        for _ in range(5):
            await watching.poller.poll()

    assert [line["event"] for line in logs] == ["source.failed", "source.recovered"]


@pytest.mark.parametrize(("seconds", "is_said"), [(2, False), (-2, False), (5, True), (-5, True)])
async def test_a_step_of_the_databases_clock_is_said(
    watching: Flow,
    seconds: int,
    is_said: bool,  # noqa: FBT001
) -> None:
    """More than three seconds against our own."""
    await watching.poller.poll()
    watching.source.now += timedelta(seconds=seconds)
    with capture_logs() as logs:
        await watching.poller.poll()

    assert [line["seconds"] for line in logs] == ([seconds] if is_said else [])


def test_errors_on_purpose_speak_for_themselves() -> None:
    """Their messages are made for people and name no Record."""
    error = SourceUnavailableError("Cannot read db1.")

    assert journal.named(error) == "source.unavailable: Cannot read db1."


def test_an_error_that_was_never_raised_has_no_place() -> None:
    """Its kind is all that can be said."""
    assert journal.named(ValueError("Harrison")) == "ValueError"
