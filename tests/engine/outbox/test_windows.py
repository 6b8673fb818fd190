"""Windows: when one is due, what is too old for it, and how the Bookmark moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bitewing.engine.outbox import windows
from bitewing.model.subscription import THREE_DAYS, Bookmark, Subscription, Window

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERY = timedelta(seconds=10)
A_WISH = Subscription(
    number=1,
    institution="bright-smiles",
    source="main",
    dialect="opendental",
    owner="owner-1",
    endpoint=1,
    url="https://receiver.example/events",
    event_name="WatchTable: Appointment",
    watch="Appointment",
    every=EVERY,
    workstation="",
    note="",
    starts_at=NOON,
    stops_at=None,
    bookmark=Bookmark(after=7),
)
A_WINDOW = Window(
    up_to=12, polled_at=NOON, floor=NOON - THREE_DAYS, sent=(9, 0), changes=4, expired=1
)


def after_noon(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def is_due(wish: Subscription, *, now: float = 0, polled: float = 0) -> bool:
    return windows.is_due(wish, now=after_noon(now), polled_at=after_noon(polled))


def test_what_is_older_than_three_days_is_left_out() -> None:
    """Normally three days before the poll, to the second."""
    assert windows.floor_of(A_WISH, NOON) == NOON - timedelta(days=3)


@pytest.mark.parametrize(
    ("bookmark", "expected"),
    [
        (Bookmark(None, NOON - timedelta(days=9)), NOON - THREE_DAYS),
        (Bookmark(None, NOON - timedelta(days=1)), NOON - timedelta(days=1)),
        # What is still owed is owed even if a person has asked for more since.
        (Bookmark(7, NOON - timedelta(days=1)), NOON - THREE_DAYS),
    ],
)
def test_a_start_may_raise_the_floor_but_never_lower_it(
    bookmark: Bookmark, expected: datetime
) -> None:
    """A start that was waited for bounds the first window; three days bound every window."""
    assert windows.floor_of(replace(A_WISH, bookmark=bookmark), NOON) == expected


def test_a_new_subscription_is_due_at_once() -> None:
    """Nothing was sent yet, nothing has failed."""
    assert is_due(A_WISH)


@pytest.mark.parametrize(("now", "expected"), [(0, False), (9.9, False), (10, True), (99, True)])
def test_windows_keep_their_distance(now: float, expected: bool) -> None:  # noqa: FBT001
    """At most one in PollingSeconds, counted from the opening of the last."""
    assert is_due(replace(A_WISH, last_sent_at=NOON), now=now) is expected


@pytest.mark.parametrize(("now", "expected"), [(10, False), (29, False), (30, True)])
def test_a_failed_subscription_waits(now: float, expected: bool) -> None:  # noqa: FBT001
    """Until the pause is over, even if PollingSeconds are."""
    wish = replace(A_WISH, last_sent_at=NOON, resume_at=after_noon(30))

    assert is_due(wish, now=now) is expected


def test_our_clock_set_back_silences_nobody() -> None:
    """Moments written before it was set back say nothing about now."""
    wish = replace(A_WISH, last_sent_at=after_noon(3600), resume_at=after_noon(3700))

    assert is_due(wish, now=0)
    assert windows.due_at(wish, now=NOON) == NOON


@pytest.mark.parametrize(("polled", "expected"), [(-1, True), (0, False), (1, False)])
def test_the_stop_counts_by_the_databases_clock(polled: float, expected: bool) -> None:  # noqa: FBT001
    """From DateTimeStop on no window is opened, whatever our own clock says."""
    wish = replace(A_WISH, stops_at=NOON)

    assert is_due(wish, now=-9999, polled=polled) is expected
    assert windows.is_over(wish, polled_at=after_noon(polled)) is not expected


@pytest.mark.parametrize(("polled", "expected"), [(-1, False), (0, True), (1, True)])
def test_a_start_in_the_future_is_waited_for(polled: float, expected: bool) -> None:  # noqa: FBT001
    """By the database's clock; a start that lies behind a place in the Changes does not wait."""
    waiting = replace(A_WISH, bookmark=Bookmark(None, NOON))
    placed = replace(A_WISH, bookmark=Bookmark(7, NOON))

    assert is_due(waiting, polled=polled) is expected
    assert is_due(placed, polled=polled)


def test_opening_a_window_starts_the_distance() -> None:
    """The place behind the first page is kept, and when it was composed."""
    wish = windows.opened(A_WISH, A_WINDOW, place=(10, 0), now=after_noon(3))

    assert wish == replace(
        A_WISH, window=replace(A_WINDOW, sent=(10, 0)), last_sent_at=after_noon(3)
    )


def test_a_further_page_moves_only_the_place() -> None:
    """The window stays the window; its opening counts for the distance."""
    opened = windows.opened(A_WISH, A_WINDOW, place=(10, 0), now=NOON)
    wish = windows.continued(opened, A_WINDOW, (12, 0))

    assert wish == replace(opened, window=replace(A_WINDOW, sent=(12, 0)))


def test_an_acknowledged_window_moves_the_bookmark() -> None:
    """To its end; a start that was asked for is answered, the books are kept, the failures over."""
    failing = replace(
        A_WISH,
        bookmark=Bookmark(7, NOON),
        window=A_WINDOW,
        failures=3,
        failure="500",
        resume_at=NOON,
        delivered=100,
        expired=10,
    )
    wish = windows.completed(failing, replace(A_WINDOW, polled_at=after_noon(60)))

    assert wish == replace(
        A_WISH,
        bookmark=Bookmark(after=12),
        starts_at=after_noon(60),
        delivered=104,
        expired=11,
    )


def test_a_failed_window_leaves_the_bookmark() -> None:
    """All is composed anew after the pause; why it failed is kept."""
    wish = windows.failed(replace(A_WISH, window=A_WINDOW), reason="500", now=NOON)

    assert (wish.bookmark, wish.starts_at, wish.window) == (A_WISH.bookmark, NOON, None)
    assert (wish.failures, wish.failure, wish.delivered) == (1, "500", 0)


@pytest.mark.parametrize(
    ("failures", "every", "expected"),
    [
        (0, 0, 1),
        (1, 0, 2),
        (4, 0, 16),
        (5, 0, 32),
        (6, 0, 60),
        (5000, 0, 60),
        (0, 5, 5),
        (3, 300, 300),
    ],
)
def test_pauses_double_up_to_a_minute(failures: int, every: int, expected: int) -> None:
    """They are never shorter than PollingSeconds."""
    wish = replace(A_WISH, failures=failures, every=timedelta(seconds=every))

    assert windows.failed(wish, reason="", now=NOON).resume_at == after_noon(expected)


@pytest.mark.parametrize(("asked", "expected"), [(5, 10), (120, 120), (86400, 86400)])
def test_a_receiver_may_ask_for_a_longer_pause(asked: int, expected: int) -> None:
    """Retry-After is honoured; it does not make the pause shorter."""
    wish = windows.failed(A_WISH, reason="503", now=NOON, retry_after=timedelta(seconds=asked))

    assert wish.resume_at == after_noon(expected)
