"""Subscriptions, in every store."""

from dataclasses import replace
from datetime import timedelta

from tests.stores.samples import NOON, a_subscription, after_noon

from bitewing.model.subscription import Bookmark, Window
from bitewing.ports.store import Store


async def test_a_new_subscription_is_given_its_number(store: Store) -> None:
    """Everything else comes back as it was, whatever number was in it."""
    wish = replace(a_subscription(note="Größe"), number=77)
    added = await store.write(lambda t: t.subscriptions.add(wish))
    found = await store.read(lambda t: t.subscriptions.get(added.number))

    assert added == replace(wish, number=added.number)
    assert found == added
    assert added.number > 0


async def test_every_field_can_change(store: Store) -> None:
    """Also those that are mostly empty, and the window in the middle of its pages."""
    added = await store.write(lambda t: t.subscriptions.add(a_subscription()))
    changed = replace(
        added,
        url="https://other.example/",
        watch=None,
        every=None,
        workstation="MOLLYR",
        note="new",
        starts_at=after_noon(1),
        stops_at=after_noon(2.000001),
        bookmark=Bookmark(after=None, since=after_noon(3)),
        window=Window(9, after_noon(4), after_noon(5), (2**60, -3), 7, 2),
        last_sent_at=after_noon(6),
        failures=3,
        failure="timed out",
        resume_at=after_noon(7),
        delivered=40,
        expired=2,
        first_change=8,
        unwished=6,
        is_active=False,
        created_at=after_noon(8),
        updated_at=after_noon(9),
        locations=(3, 1),
        version="v2",
    )
    await store.write(lambda t: t.subscriptions.put(changed))
    found = await store.read(lambda t: t.subscriptions.get(added.number))
    plain = replace(added, window=None, every=timedelta(milliseconds=1))
    await store.write(lambda t: t.subscriptions.put(plain))
    again = await store.read(lambda t: t.subscriptions.get(added.number))

    assert found == changed
    assert again == plain


async def test_a_window_with_nothing_sent_is_still_a_window(store: Store) -> None:
    """Zeros are values, not absence."""
    wish = replace(a_subscription(), window=Window(0, NOON, NOON, (0, 0), 0, 0))
    added = await store.write(lambda t: t.subscriptions.add(wish))
    found = await store.read(lambda t: t.subscriptions.get(added.number))

    assert found is not None
    assert found.window == wish.window


async def test_subscriptions_are_listed_by_number_and_owner(store: Store) -> None:
    """An owner sees its own only."""
    owners = ["owner-1", "owner-2", "owner-1"]
    added = await store.write(
        lambda t: [t.subscriptions.add(a_subscription(owner=owner)) for owner in owners]
    )
    everybody, one = await store.read(
        lambda t: (t.subscriptions.all(), t.subscriptions.of_owner("owner-1"))
    )

    assert everybody == sorted(added, key=lambda subscription: subscription.number)
    assert one == [added[0], added[2]]


async def test_a_number_is_never_given_twice(store: Store) -> None:
    """Not even that of the last one, after it was removed."""
    first = await store.write(lambda t: t.subscriptions.add(a_subscription()))
    await store.write(lambda t: t.subscriptions.remove(first.number))
    second = await store.write(lambda t: t.subscriptions.add(a_subscription()))

    assert second.number > first.number


async def test_changing_a_removed_subscription_does_nothing(store: Store) -> None:
    """Whoever still holds it does not bring it back."""
    added = await store.write(lambda t: t.subscriptions.add(a_subscription()))
    await store.write(lambda t: t.subscriptions.remove(added.number))
    await store.write(lambda t: t.subscriptions.put(replace(added, note="late")))
    await store.write(lambda t: t.subscriptions.remove(added.number))

    assert await store.read(lambda t: t.subscriptions.get(added.number)) is None
    assert await store.read(lambda t: t.subscriptions.all()) == []


async def test_subscriptions_are_found_by_endpoint_and_by_institution(store: Store) -> None:
    """Those that are not active are not listened for."""
    mine = replace(a_subscription(), endpoint=4, dialect="nexhealth")
    wishes = [
        mine,
        replace(mine, is_active=False),
        replace(mine, institution="other-smiles"),
        replace(mine, endpoint=5),
        replace(mine, dialect="opendental"),
    ]
    added = await store.write(lambda t: [t.subscriptions.add(wish) for wish in wishes])
    of_endpoint = await store.read(lambda t: t.subscriptions.of_endpoint(4))
    active = await store.read(lambda t: t.subscriptions.active("bright-smiles", "nexhealth"))

    assert of_endpoint == [added[0], added[1], added[2], added[4]]
    assert active == [added[0], added[3]]
