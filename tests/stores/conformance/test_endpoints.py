"""Endpoints, in every store."""

from dataclasses import replace

from tests.stores.samples import after_noon, an_endpoint

from bitewing.model.subscription import EndpointState
from bitewing.ports.store import Store

URL = "https://receiver.example/events"


async def test_an_endpoint_is_obtained_once(store: Store) -> None:
    """The same owner at the same URL gets the same Endpoint, with the secret it had at first."""
    first = await store.write(lambda t: t.endpoints.obtain(an_endpoint(URL, secret="whsec_1")))
    second = await store.write(lambda t: t.endpoints.obtain(an_endpoint(URL, secret="whsec_2")))

    assert first == second
    assert first == an_endpoint(URL, id=first.id, secret="whsec_1")
    assert first.id > 0


async def test_owners_do_not_share_endpoints(store: Store) -> None:
    """Another institution, owner, dialect or URL is another Endpoint."""
    wishes = [
        an_endpoint(URL),
        an_endpoint(URL, owner="owner-2"),
        an_endpoint(URL, institution="other-smiles"),
        an_endpoint(URL, dialect="opendental"),
        an_endpoint(URL + "/2"),
    ]
    made = await store.write(lambda t: {t.endpoints.obtain(wish).id for wish in wishes})

    assert len(made) == len(wishes)


async def test_an_endpoint_may_be_added_twice(store: Store) -> None:
    """Who asks for another one at the same URL gets another one; each has its own id."""
    first = await store.write(lambda t: t.endpoints.add(an_endpoint(URL)))
    await store.write(lambda t: t.endpoints.remove(first.id))
    second = await store.write(lambda t: t.endpoints.add(an_endpoint(URL)))
    third = await store.write(lambda t: t.endpoints.add(an_endpoint(URL)))

    assert first.id < second.id < third.id


async def test_every_field_can_change(store: Store) -> None:
    """Also those that are mostly empty."""
    added = await store.write(lambda t: t.endpoints.add(an_endpoint()))
    changed = replace(
        added,
        institution="",
        url="https://other.example/",
        state=EndpointState.DISABLED,
        reason="It has taken nothing since Tuesday.",
        secret="whsec_new",
        old_secret="whsec_old",
        old_secret_until=after_noon(1),
        headers=(("X-Office", "Größe"), ("Authorization", "Bearer abc")),
        ca_pem="-----BEGIN CERTIFICATE-----",
        concurrency=1,
        per_second=2.5,
        is_ordered=True,
        failing_since=after_noon(2),
        parked_until=after_noon(3.000001),
        updated_at=after_noon(4),
    )
    await store.write(lambda t: t.endpoints.put(changed))
    found = await store.read(lambda t: t.endpoints.get(added.id))
    await store.write(lambda t: t.endpoints.put(added))
    again = await store.read(lambda t: t.endpoints.get(added.id))

    assert found == changed
    assert again == added


async def test_changing_a_removed_endpoint_does_nothing(store: Store) -> None:
    """Whoever still holds it does not bring it back."""
    added = await store.write(lambda t: t.endpoints.add(an_endpoint()))
    await store.write(lambda t: t.endpoints.remove(added.id))
    await store.write(lambda t: t.endpoints.put(added))

    assert await store.read(lambda t: t.endpoints.get(added.id)) is None


async def test_endpoints_are_listed_by_id_and_owner(store: Store) -> None:
    """An owner sees its own only."""
    owners = ["owner-1", "owner-2", "owner-1"]
    added = await store.write(
        lambda t: [t.endpoints.add(an_endpoint(owner=owner)) for owner in owners]
    )
    everybody, one = await store.read(
        lambda t: (t.endpoints.all(), t.endpoints.of_owner("owner-1"))
    )

    assert everybody == added
    assert one == [added[0], added[2]]
