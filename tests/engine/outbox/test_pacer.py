"""The pacer: which Records go into a window, when, and what a failed one does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.flow import A_WISH, EVERY, OWNER, URL, Flow
from tests.fakes.sender import answered

from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import StoreUnavailableError
from bitewing.model.subscription import Bookmark
from bitewing.stores.sqlite import SqliteStore


async def test_a_change_reaches_the_receiver(watching: Flow) -> None:
    """One Message with the newest image, under the Subscription's name."""
    number = await watching.subscribe(replace(A_WISH, workstation="MOLLYR"))
    watching.source.update("Appointment", 2, note="moved")
    await watching.run()
    (message,) = watching.received

    assert [(image.key, image.note) for image in message] == [(2, "moved")]
    assert watching.last_message.url == URL
    assert ("Workstation", "MOLLYR") in watching.last_message.headers
    assert (await watching.subscription(number)).delivered == 1


async def test_a_blank_workstation_is_our_own(watching: Flow) -> None:
    """This server stands for every workstation."""
    await watching.subscribe()
    watching.source.touch("Appointment", 2)
    await watching.run()

    assert ("Workstation", "BITEWING") in watching.last_message.headers


async def test_without_changes_nothing_is_sent_and_the_start_moves_on(watching: Flow) -> None:
    """DateTimeStart follows the polls; no empty Message is composed."""
    number = await watching.subscribe()
    for _ in range(3):
        await watching.run()
    wish = await watching.subscription(number)

    assert watching.received == []
    assert wish.starts_at == watching.source.now
    assert wish.last_sent_at is None


@pytest.mark.parametrize("rows", [999, 1000, 1001, 2500])
async def test_a_window_goes_out_in_pages_of_a_thousand(watching: Flow, rows: int) -> None:
    """Every Record once, in the order of the Changes, and the Bookmark behind the last."""
    number = await watching.subscribe()
    for key in range(10, 10 + rows):
        watching.source.insert("Appointment", key)
    await watching.run()
    wish = await watching.subscription(number)
    full, rest = divmod(rows, 1000)

    assert [len(page) for page in watching.received] == [1000] * full + [rest] * bool(rest)
    assert [key for page in watching.received_keys for key in page] == list(range(10, 10 + rows))
    assert (wish.delivered, wish.window, wish.bookmark) == (rows, None, Bookmark(after=rows))


async def test_pages_go_out_one_after_another(watching: Flow) -> None:
    """The next page is composed when the one before has been acknowledged."""
    watching.dialect.page_size = 2
    await watching.subscribe()
    for key in range(1, 4):
        watching.source.touch("Appointment", key)
    watching.pass_time(11)
    await watching.poller.poll()
    for _ in range(5):
        await watching.pacer.step()
        await watching.dispatch()
    waiting = await watching.tally()
    await watching.answer()
    await watching.send()

    assert waiting == {DeliveryState.CLAIMED: 1}
    assert watching.received_keys == [[1, 2], [3]]


async def test_windows_keep_to_polling_seconds(watching: Flow) -> None:
    """However often the practice changes, one window opens in ten seconds."""
    await watching.subscribe()
    for second in range(30):
        watching.source.update("Appointment", 1, note=f"second {second}")
        await watching.poller.poll()
        await watching.send()
        watching.pass_time(1)
    notes = [image.note for page in watching.received for image in page]

    assert notes == ["second 0", "second 10", "second 20"]


async def test_a_failed_window_is_composed_anew_with_the_newest_state(watching: Flow) -> None:
    """What changed meanwhile joins it; the Bookmark has not moved."""
    number = await watching.subscribe()
    before = await watching.subscription(number)
    watching.sender.script.append(answered(500))
    watching.source.update("Appointment", 1, note="first")
    watching.source.update("Appointment", 2, note="second")
    await watching.run()
    failed = await watching.subscription(number)
    watching.source.update("Appointment", 1, note="newer")
    watching.source.insert("Appointment", 4, note="joins")
    await watching.run()
    pages = [{image.key: image.note for image in page} for page in watching.received]

    assert (failed.bookmark, failed.starts_at) == (before.bookmark, before.starts_at)
    assert "500" in failed.failure
    assert pages == [{1: "first", 2: "second"}, {1: "newer", 2: "second", 4: "joins"}]
    assert (await watching.subscription(number)).failure == ""


async def test_when_a_later_page_fails_all_pages_are_sent_again(watching: Flow) -> None:
    """A window is acknowledged as a whole, or not at all."""
    watching.dialect.page_size = 2
    await watching.subscribe()
    watching.sender.script.extend([answered(204), answered(503)])
    for key in (1, 2, 3):
        watching.source.touch("Appointment", key)
    await watching.run()
    await watching.run()

    assert watching.received_keys == [[1, 2], [3], [1, 2], [3]]


async def test_a_record_that_changes_between_pages_comes_in_the_next_window(
    watching: Flow,
) -> None:
    """The window is what it was; the newer Change belongs to the next one."""
    watching.dialect.page_size = 1
    await watching.subscribe()
    watching.source.update("Appointment", 1, note="a")
    watching.source.update("Appointment", 2, note="b")
    watching.pass_time(11)
    await watching.poller.poll()
    await watching.pacer.step()
    await watching.dispatch()
    watching.source.update("Appointment", 2, note="c")
    await watching.poller.poll()
    await watching.answer()
    await watching.send()
    await watching.run()
    notes = [image.note for page in watching.received for image in page]

    assert notes == ["a", "c"]


async def test_a_receiver_that_was_away_gets_three_days(watching: Flow) -> None:
    """Older Changes are given up and counted; a Record that changed again since is sent."""
    number = await watching.subscribe()
    watching.sender.standing[URL] = answered(503)
    watching.source.update("Appointment", 1, note="too old")
    watching.source.update("Appointment", 2, note="too old too")
    await watching.run()
    watching.pass_time(2 * 86400)
    watching.source.update("Appointment", 2, note="young enough")
    watching.source.update("Appointment", 3, note="young enough")
    await watching.run()
    watching.sender.messages.clear()
    watching.sender.standing.clear()
    watching.pass_time(86400 - 5)
    await watching.run()
    wish = await watching.subscription(number)

    assert watching.received_keys == [[2, 3]]
    assert (wish.delivered, wish.expired) == (2, 2)
    assert (await watching.ledger()).adds_up


async def test_when_everything_is_too_old_the_bookmark_moves_silently(watching: Flow) -> None:
    """Nothing is sent, nothing stays owed, all is counted."""
    number = await watching.subscribe()
    watching.sender.standing[URL] = answered(503)
    watching.source.touch("Appointment", 1)
    await watching.run()
    watching.sender.messages.clear()
    watching.pass_time(3 * 86400 + 1)
    await watching.run()
    wish = await watching.subscription(number)

    assert watching.received == []
    assert (wish.delivered, wish.expired, wish.failure) == (0, 1, "")


async def test_a_start_in_the_past_brings_what_the_first_reading_found(flow: Flow) -> None:
    """Records stamped at or after DateTimeStart are sent although they are no Changes."""
    start = flow.source.now - timedelta(seconds=300)
    for key, seconds in ((1, -1), (2, 0), (3, 1)):
        flow.source.insert("Appointment", key)
        flow.source.stamp("Appointment", key, start + timedelta(seconds=seconds))
    await flow.read_first()
    number = await flow.subscribe(replace(A_WISH, starts_at=start))
    await flow.run()
    await flow.run()

    assert flow.received_keys == [[2, 3]]
    assert (await flow.subscription(number)).bookmark == Bookmark(after=0)


async def test_a_start_in_the_past_reaches_three_days_back(watching: Flow) -> None:
    """Not further, whatever was asked for."""
    watching.pass_time(4 * 86400)
    watching.source.touch("Appointment", 2)
    await watching.poller.poll()
    watching.pass_time(20)
    await watching.poller.poll()
    start = watching.source.now - timedelta(days=30)
    await watching.subscribe(replace(A_WISH, starts_at=start))
    await watching.run()

    assert watching.received_keys == [[2]]


async def test_a_start_in_the_future_is_waited_for(watching: Flow) -> None:
    """What changes before it is never sent; what changes after it is, once."""
    start = watching.source.now + timedelta(seconds=100)
    await watching.subscribe(replace(A_WISH, starts_at=start))
    watching.source.update("Appointment", 1, note="too early")
    for _ in range(9):
        await watching.run()
    before = list(watching.received)
    watching.pass_time(10)
    watching.source.update("Appointment", 2, note="in time")
    await watching.run()
    await watching.run()

    assert before == []
    assert watching.received_keys == [[2]]
    assert (await watching.ledger()).adds_up


async def test_after_the_stop_nothing_is_sent(watching: Flow) -> None:
    """By the database's clock, and the Subscription stays as it was."""
    await watching.subscribe(replace(A_WISH, stops_at=watching.source.now + timedelta(seconds=30)))
    watching.source.touch("Appointment", 1)
    await watching.run()
    watching.pass_time(30)
    watching.source.touch("Appointment", 2)
    await watching.run()

    assert watching.received_keys == [[1]]


async def test_a_stop_ends_a_window_between_its_pages(watching: Flow) -> None:
    """What is composed goes out, further pages do not; a later stop composes all anew."""
    watching.dialect.page_size = 2
    stops_at = watching.source.now + timedelta(seconds=30)
    number = await watching.subscribe(replace(A_WISH, stops_at=stops_at))
    for key in (1, 2, 3):
        watching.source.touch("Appointment", key)
    watching.pass_time(11)
    await watching.poller.poll()
    await watching.pacer.step()
    watching.pass_time(30)
    await watching.poller.poll()
    await watching.send()
    stopped, closed = watching.received_keys, await watching.subscription(number)
    await watching.desk.change(OWNER, number, lambda _: A_WISH)
    await watching.run()

    assert stopped == [[1, 2]]
    assert (closed.window, closed.bookmark) == (None, Bookmark(after=0))
    assert watching.received_keys == [[1, 2], [1, 2], [3]]


async def test_a_subscription_during_the_first_reading_misses_nothing(flow: Flow) -> None:
    """What changes after it was created comes, whether the first reading reads it or a poll."""
    for key in range(1, 1502):
        flow.source.insert("Appointment", key, note="old")
    flow.pass_time(600)
    await flow.poller.poll()
    await flow.subscribe()
    flow.source.update("Appointment", 5, note="behind the chunks")
    flow.source.update("Appointment", 1400, note="ahead of the chunks")
    await flow.read_first()
    await flow.run()
    await flow.run()
    sent = {image.key: image.note for page in flow.received for image in page}

    assert sent == {5: "behind the chunks", 1400: "ahead of the chunks"}


async def test_no_window_opens_before_the_first_reading_is_done(flow: Flow) -> None:
    """Half a baseline is no basis for a window."""
    for key in range(1, 1502):
        flow.source.insert("Appointment", key)
    await flow.subscribe(replace(A_WISH, starts_at=flow.source.now - timedelta(hours=1)))
    await flow.poller.poll()
    await flow.send()
    early = list(flow.received)
    await flow.read_first()
    await flow.send()

    assert early == []
    assert sum(len(page) for page in flow.received) == 1501


async def test_subscriptions_keep_books_of_their_own(watching: Flow) -> None:
    """One that fails does not hold up another at the same source."""
    failing = await watching.subscribe(replace(A_WISH, url=f"{URL}/down"))
    working = await watching.subscribe()
    watching.sender.standing[f"{URL}/down"] = answered(500)
    for key in (1, 2, 3):
        watching.source.touch("Appointment", key)
        await watching.run()
    standing = await watching.subscription(failing)
    ledger = await watching.ledger()

    assert (standing.failures > 1, standing.delivered) == (True, 0)
    assert (await watching.subscription(working)).delivered == 3
    assert (ledger.delivered, ledger.backing_off, ledger.adds_up) == (3, 3, True)


async def test_each_watch_feeds_its_own_subscriptions(watching: Flow) -> None:
    """Patients do not reach who asked for appointments."""
    await watching.subscribe()
    await watching.subscribe(replace(A_WISH, watch="Patient", event_name="WatchTable: Patient"))
    watching.source.insert("Patient", 28)
    watching.source.touch("Appointment", 1)
    await watching.run()
    events = {dict(m.headers)["Event-Type"]: m.body for m in watching.sender.messages}

    assert len(events) == len(watching.sender.messages) == 2
    assert b'"key":28' in events["WatchTable: Patient"]


async def test_what_cannot_be_composed_harms_no_other_subscription(watching: Flow) -> None:
    """It waits and says why, without repeating a word of the Record; the others go on at once."""
    poisoned = await watching.subscribe()
    patients = replace(A_WISH, watch="Patient", event_name="WatchTable: Patient")
    await watching.subscribe(patients)
    watching.dialect.indigestible.add(2)
    watching.source.touch("Appointment", 2)
    watching.source.insert("Patient", 28)
    await watching.run()
    standing = await watching.subscription(poisoned)
    watching.dialect.indigestible.clear()
    await watching.run()
    await watching.run()

    assert "cannot be composed" in standing.failure and "canary" not in standing.failure
    assert standing.failures == 1
    assert watching.received_keys == [[28], [2]]


async def test_a_broken_store_stops_the_pacer(watching: Flow) -> None:
    """That is everybody's failure; the supervisor says so."""
    assert isinstance(watching.store, SqliteStore)
    await watching.subscribe()
    await watching.store.close()

    with pytest.raises(StoreUnavailableError):
        await watching.pacer.step()


async def test_the_pacer_sleeps_until_the_next_window(watching: Flow) -> None:
    """Never longer than a second, so that DateTimeStart moves on."""
    await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.run()
    watching.pass_time(EVERY.total_seconds() - 0.25)

    assert await watching.pacer.step() == pytest.approx(0.25)
