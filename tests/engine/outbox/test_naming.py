"""Ids of Deliveries."""

from datetime import timedelta

from tests.stores.samples import NOON

from bitewing.engine.outbox.naming import new_id


def test_ids_sort_by_the_time_of_their_making() -> None:
    """To the millisecond."""
    ids = [new_id(NOON + timedelta(milliseconds=number)) for number in range(100)]

    assert ids == sorted(ids)


def test_ids_made_at_one_moment_differ() -> None:
    """By 80 random bits; their form is always the same."""
    ids = {new_id(NOON) for _ in range(1000)}

    assert len(ids) == 1000
    assert {len(one) for one in ids} == {len("msg_") + 32}
    assert all(one.startswith("msg_") for one in ids)
