"""The Records of a window, page by page, in every store."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.stores.samples import NOON, a_record, after_noon, put_some, seen

from bitewing.model.subscription import Bookmark, Window
from bitewing.ports.records import Placed, Seen
from bitewing.ports.store import Store

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
LONG_AGO = NOON - timedelta(days=3)
START = (-1, 0)


def a_window(up_to: int, *, floor: datetime = LONG_AGO, sent: tuple[int, int] = START) -> Window:
    return Window(up_to=up_to, polled_at=NOON, floor=floor, sent=sent, changes=0, expired=0)


def place_in_time(at: datetime, number: int) -> tuple[int, int]:
    return (at - EPOCH) // timedelta(microseconds=1), number


async def page_of(
    store: Store, bookmark: Bookmark, window: Window, limit: int = 100
) -> list[Placed]:
    return await store.read(
        lambda t: t.records.window(
            "main", "Appointment", bookmark=bookmark, window=window, limit=limit
        )
    )


def numbers(page: list[Placed]) -> list[int]:
    return [placed.record.key.number for placed in page]


async def test_a_window_by_number_holds_what_changed_behind_the_bookmark(store: Store) -> None:
    """The Bookmark itself is out, ``up_to`` is in, and Changes give the order."""
    changed = [
        seen(a_record(number), change=change)
        for number, change in ((50, 4), (40, 5), (30, 6), (20, 7))
    ]
    await store.write(lambda t: put_some(t, seen(a_record(10)), *changed))
    page = await page_of(store, Bookmark(after=4), a_window(6))

    assert [(placed.place, placed.record) for placed in page] == [
        ((5, 0), a_record(40)),
        ((6, 0), a_record(30)),
    ]


async def test_what_the_first_reading_found_is_in_no_window_by_number(store: Store) -> None:
    """The silent first reading announces nothing."""
    await store.write(lambda t: put_some(t, seen(a_record(1)), seen(a_record(2), change=1)))
    page = await page_of(store, Bookmark(after=0), a_window(9))

    assert numbers(page) == [2]


async def test_a_window_by_number_goes_on_behind_what_was_sent(store: Store) -> None:
    """Page after page, every Record comes once."""
    changed = [seen(a_record(100 - change), change=change) for change in range(1, 8)]
    await store.write(lambda t: put_some(t, *changed))
    window = a_window(7)
    pages = []
    while page := await page_of(store, Bookmark(after=0), window, limit=3):
        pages.append(numbers(page))
        window = replace(window, sent=page[-1].place)

    assert pages == [[99, 98, 97], [96, 95, 94], [93]]


async def test_a_window_by_time_holds_what_changed_since_its_start(store: Store) -> None:
    """Also what the first reading found; the start itself is in; time and key give the order."""
    some = [
        seen(a_record(1), seconds=-1),
        seen(a_record(3), seconds=0),
        seen(a_record(2), seconds=0, change=1),
        seen(a_record(4), seconds=0.000001, change=2),
        seen(a_record(5), seconds=5, change=9),
    ]
    await store.write(lambda t: put_some(t, *some))
    page = await page_of(store, Bookmark(after=None, since=NOON), a_window(8))

    assert [placed.place for placed in page] == [
        place_in_time(NOON, 2),
        place_in_time(NOON, 3),
        place_in_time(after_noon(0.000001), 4),
    ]


async def test_a_start_does_not_hide_what_is_still_owed(store: Store) -> None:
    """With a Bookmark too, Records behind it are in even if they changed before the start."""
    some = [
        seen(a_record(1), seconds=-9, change=3),
        seen(a_record(2), seconds=-8, change=2),
        seen(a_record(3), seconds=-7),
        seen(a_record(4), seconds=1),
    ]
    await store.write(lambda t: put_some(t, *some))
    page = await page_of(store, Bookmark(after=2, since=NOON), a_window(8))

    assert numbers(page) == [1, 4]


@pytest.mark.parametrize(
    "bookmark", [Bookmark(after=0), Bookmark(0, NOON), Bookmark(None, LONG_AGO)]
)
async def test_what_changed_before_the_floor_is_left_out(store: Store, bookmark: Bookmark) -> None:
    """Too old is too old, by number and by time; the floor itself is not."""
    some = [seen(a_record(n), seconds=n, change=n) for n in (1, 2, 3)]
    await store.write(lambda t: put_some(t, *some))
    page = await page_of(store, bookmark, a_window(8, floor=after_noon(2)))

    assert numbers(page) == [2, 3]


async def test_a_bookmark_without_a_place_has_no_window(store: Store) -> None:
    """Neither a number nor a start: nothing belongs to it."""
    await store.write(lambda t: put_some(t, seen(a_record(1), change=1)))
    page = await page_of(store, Bookmark(after=None), a_window(8))

    assert page == []


async def test_windows_keep_to_their_source_and_watch(store: Store) -> None:
    """Other Watches and Sources have windows of their own."""
    await store.write(lambda t: put_some(t, seen(a_record(1, watch="Patient"), change=1)))
    await store.write(lambda t: put_some(t, seen(a_record(2), change=1), source="branch"))
    by_number = await page_of(store, Bookmark(after=0), a_window(8))
    by_time = await page_of(store, Bookmark(after=0, since=LONG_AGO), a_window(8))

    assert by_number == by_time == []


def a_baseline(changed: list[tuple[int, int, bool]]) -> list[Seen]:
    """Give the Records after these Changes; those nobody noticed are the first reading's."""
    latest = {
        number: seen(a_record(number), change=change if is_noticed else 0, seconds=seconds)
        for change, (number, seconds, is_noticed) in enumerate(changed, 1)
    }
    return list(latest.values())


MOMENTS = st.integers(-3, 3).map(after_noon)
BASELINES = st.builds(
    a_baseline,
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-3, 3), st.booleans()), max_size=12),
)
BOOKMARKS = st.builds(Bookmark, st.none() | st.integers(0, 6), st.none() | MOMENTS)
WINDOWS = st.builds(a_window, st.integers(0, 12), floor=MOMENTS)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(baseline=BASELINES, bookmark=BOOKMARKS, window=WINDOWS, limit=st.integers(1, 4))
async def test_paging_gives_what_the_definition_says(
    store: Store, baseline: list[Seen], bookmark: Bookmark, window: Window, limit: int
) -> None:
    """All pages together are the window, in its order, each Record once."""
    expected = _defined(baseline, bookmark, window)
    await store.write(lambda t: t.records.remove("main", "Appointment", range(-9, 10)))
    await store.write(lambda t: put_some(t, *baseline))
    paged: list[Placed] = []
    while page := await page_of(store, bookmark, window, limit):
        paged += page
        window = replace(window, sent=page[-1].place)

    assert [(placed.place, placed.record.key.number) for placed in paged] == expected


def _defined(
    baseline: list[Seen], bookmark: Bookmark, window: Window
) -> list[tuple[tuple[int, int], int]]:
    """Say again, slowly, what the port says about windows."""
    found = []
    for each in baseline:
        number = each.record.key.number
        is_behind = bookmark.after is not None and each.change > bookmark.after
        if each.change > window.up_to or each.changed_at < window.floor:
            continue
        if bookmark.since is None and is_behind:
            found.append(((each.change, 0), number))
        if bookmark.since is not None and (is_behind or each.changed_at >= bookmark.since):
            found.append((place_in_time(each.changed_at, number), number))
    return sorted(found)
