"""Cursors: how they move, and what they keep."""

from datetime import UTC, datetime, timedelta

from bitewing.model.watch import Cursor, Reach

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_first_reading_keeps_the_moment_it_began() -> None:
    """So that the first poll finds what changed while it lasted."""
    cursor = Cursor(NOON).after_chunk(1000).after_chunk(2000)

    assert cursor == Cursor(NOON, first_reading_after=2000)
    assert cursor.after_first_reading() == Cursor(NOON, first_reading_done=True)


def test_a_poll_moves_the_moment_and_nothing_else() -> None:
    """Also back, if the database's clock was set back."""
    done = Cursor(NOON, first_reading_done=True)
    earlier = NOON - timedelta(hours=1)

    reach = Reach(NOON, earlier, timedelta(seconds=10))

    assert done.after_poll(reach) == Cursor(earlier, first_reading_done=True, polled_at=NOON)
    assert done.after_poll(reach).now == NOON
