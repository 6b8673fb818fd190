"""Changes, in every store."""

from dataclasses import replace

import pytest
from tests.stores.samples import a_change, a_record, after_noon, put_some, seen

from bitewing.model.change import ChangeKind
from bitewing.ports.store import Store, Transaction


async def test_before_the_first_change_the_latest_is_zero(store: Store) -> None:
    """Numbers begin at 1."""
    assert await store.read(lambda t: t.changes.latest("main")) == 0


async def test_changes_come_back_as_they_were_appended(store: Store) -> None:
    """Creation, update and deletion keep what was before and after."""
    created = replace(a_change(1), kind=ChangeKind.CREATED, before=None)
    updated = a_change(2)
    deleted = replace(a_change(3), kind=ChangeKind.DELETED, after=None)
    await store.write(lambda t: t.changes.append("main", [created, updated, deleted]))
    changes, latest = await store.read(
        lambda t: (t.changes.between("main", 1, 3, 10), t.changes.latest("main"))
    )

    assert changes == [created, updated, deleted]
    assert latest == 3


async def test_each_source_counts_its_own_changes(store: Store) -> None:
    """Number 1 of one Source is not number 1 of another."""
    await store.write(lambda t: t.changes.append("main", [a_change(1), a_change(2)]))
    await store.write(lambda t: t.changes.append("branch", [a_change(1, source="branch")]))
    latest = await store.read(lambda t: (t.changes.latest("main"), t.changes.latest("branch")))
    of_branch = await store.read(lambda t: t.changes.between("branch", 1, 9, 9))

    assert latest == (2, 1)
    assert of_branch == [a_change(1, source="branch")]


@pytest.mark.parametrize("number", [1, 3])
async def test_a_gap_or_a_repeat_is_refused(store: Store, number: int) -> None:
    """Numbers are dense, so a wrong one is a mistake of ours and stores nothing."""
    await store.write(lambda t: t.changes.append("main", [a_change(1)]))

    with pytest.raises(ValueError, match=f"Change {number} of main"):
        await store.write(lambda t: t.changes.append("main", [a_change(number)]))

    assert await store.read(lambda t: t.changes.latest("main")) == 1


async def test_a_range_of_changes_includes_both_ends_and_keeps_to_the_limit(store: Store) -> None:
    """From ``since`` to ``until``, at most ``limit``."""
    await store.write(lambda t: t.changes.append("main", [a_change(n) for n in range(1, 10)]))
    both, limited = await store.read(
        lambda t: (t.changes.between("main", 3, 5, 9), t.changes.between("main", 3, 9, 2))
    )

    assert [change.number for change in both] == [3, 4, 5]
    assert [change.number for change in limited] == [3, 4]


async def test_changes_are_counted_by_watch_range_and_age(store: Store) -> None:
    """``after`` is out, ``up_to`` is in, and ``before`` is out."""
    watches = ["Appointment", "Patient", "Appointment", "Appointment", "Patient"]
    changes = [a_change(n, watch=watch, seconds=n) for n, watch in enumerate(watches, 1)]
    await store.write(lambda t: t.changes.append("main", changes))
    counts = await store.read(
        lambda t: (
            t.changes.count("main", None, after=0, up_to=9, before=None),
            t.changes.count("main", None, after=1, up_to=4, before=None),
            t.changes.count("main", "Appointment", after=1, up_to=4, before=None),
            t.changes.count("main", "Appointment", after=0, up_to=9, before=after_noon(4)),
            t.changes.count("main", None, after=0, up_to=9, before=after_noon(4)),
            t.changes.count("branch", None, after=0, up_to=9, before=None),
        )
    )

    assert counts == (5, 3, 2, 2, 3, 0)


async def test_changes_share_what_was_learnt_about_images(store: Store) -> None:
    """Images inside Changes come back, however the baseline's images are packed."""
    await store.write(
        lambda t: put_some(t, *(seen(a_record(n, note=b"note %d" % n)) for n in range(400)))
    )
    await store.write(lambda t: t.changes.append("main", [a_change(1)]))
    changes = await store.read(lambda t: t.changes.between("main", 1, 1, 1))

    assert changes == [a_change(1)]


async def test_forgotten_changes_leave_their_number_behind(store: Store) -> None:
    """By feed; what is counted from the beginning counts them, and numbers go on."""
    changes = [a_change(1), a_change(2, watch="Patient"), a_change(3), a_change(4)]
    await store.write(lambda t: t.changes.append("main", changes))
    before = await store.read(lambda t: t.changes.earliest("main"))
    await store.write(lambda t: t.changes.forget("main", 2))
    await store.write(lambda t: t.changes.forget("main", 3))

    def counted(t: Transaction) -> list[int]:
        return [
            t.changes.count("main", feed, after=0, up_to=4, before=None)
            for feed in (None, "Appointment", "Patient", "Provider")
        ]

    assert before == 1
    assert await store.read(counted) == [4, 3, 1, 0]
    assert await store.read(lambda t: t.changes.between("main", 1, 9, 9)) == [changes[3]]
    assert await store.read(lambda t: (t.changes.earliest("main"), t.changes.latest("main"))) == (
        4,
        4,
    )
    await store.write(lambda t: t.changes.append("main", [a_change(5)]))
    await store.write(lambda t: t.changes.forget("main", 5))
    assert await store.read(lambda t: t.changes.earliest("main")) == 6
    assert await store.read(lambda t: t.changes.sources()) == ["main"]


async def test_aged_changes_are_the_oldest_in_a_row(store: Store) -> None:
    """Up to the first that is younger, and to the limit; a clock that went back hides nothing."""
    moments = (1, 2, 9, 3)
    noticed = [replace(a_change(n), noticed_at=after_noon(at)) for n, at in enumerate(moments, 1)]
    await store.write(lambda t: t.changes.append("main", noticed))

    def aged(t: Transaction) -> list[int]:
        asked = [(1, 9), (5, 9), (5, 1), (10, 9)]
        return [t.changes.aged("main", after_noon(at), limit) for at, limit in asked]

    assert await store.read(aged) == [0, 2, 1, 4]
    assert await store.read(lambda t: t.changes.aged("other", after_noon(10), 9)) == 0
