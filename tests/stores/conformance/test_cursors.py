"""Cursors, in every store."""

from tests.stores.samples import NOON, after_noon

from bitewing.model.watch import Cursor
from bitewing.ports.store import Store


async def test_no_cursor_before_the_first_reading(store: Store) -> None:
    """A Watch that was never read has no Cursor."""
    cursor = await store.read(lambda t: t.cursors.get("main", "Patient"))

    assert cursor is None


async def test_a_cursor_comes_back_as_it_was_put(store: Store) -> None:
    """Every field survives, in the middle of the first reading and after it."""
    halfway = Cursor(NOON, first_reading_after=-5)
    done = Cursor(after_noon(0.000001), first_reading_done=True)
    await store.write(lambda t: t.cursors.put("main", "Patient", halfway))
    first = await store.read(lambda t: t.cursors.get("main", "Patient"))
    await store.write(lambda t: t.cursors.put("main", "Patient", done))
    second = await store.read(lambda t: t.cursors.get("main", "Patient"))

    assert (first, second) == (halfway, done)


async def test_each_watch_of_each_source_has_its_own_cursor(store: Store) -> None:
    """Neither another Watch nor another Source gets in the way."""
    await store.write(lambda t: t.cursors.put("main", "Patient", Cursor(NOON)))
    others = await store.read(
        lambda t: (t.cursors.get("main", "Appointment"), t.cursors.get("branch", "Patient"))
    )

    assert others == (None, None)
