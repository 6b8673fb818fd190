"""Endpoints, in every store."""

from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.ports.store import Store

URL = "https://receiver.example/events"


async def test_an_endpoint_is_made_once(store: Store) -> None:
    """The same owner at the same URL gets the same Endpoint, active at first."""
    first = await store.write(lambda t: t.endpoints.obtain("bright-smiles", "owner-1", URL))
    second = await store.write(lambda t: t.endpoints.obtain("bright-smiles", "owner-1", URL))

    assert first == second
    assert first == Endpoint(first.id, "bright-smiles", "owner-1", URL, EndpointState.ACTIVE)


async def test_owners_do_not_share_endpoints(store: Store) -> None:
    """Another institution, owner or URL is another Endpoint."""
    wishes = [
        ("bright-smiles", "owner-1", URL),
        ("bright-smiles", "owner-2", URL),
        ("other-smiles", "owner-1", URL),
        ("bright-smiles", "owner-1", URL + "/2"),
    ]
    made = await store.write(lambda t: {t.endpoints.obtain(*wish).id for wish in wishes})

    assert len(made) == len(wishes)
