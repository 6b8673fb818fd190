"""The ids that we give out, in every store."""

import pytest

from bitewing.ports.identities import Native
from bitewing.ports.store import Store, Transaction


async def obtain(
    store: Store, *natives: str, kind: str = "Patient", source: str = "main"
) -> list[int]:
    found = await store.write(lambda tx: tx.identities.obtain(kind, source, natives))
    return [found[native] for native in natives]


async def test_a_thing_has_one_id_for_ever(store: Store) -> None:
    """Asked for again, together with new ones, it is the same."""
    [first] = await obtain(store, "17")
    again = await obtain(store, "18", "17", "18")

    assert again[1] == first
    assert again[0] == again[2] != first


async def test_ids_differ_over_kinds_and_sources(store: Store) -> None:
    """So that an id alone says what it stands for."""
    ids = [
        *await obtain(store, "17"),
        *await obtain(store, "17", kind="Appointment"),
        *await obtain(store, "17", source="branch"),
    ]

    assert len(set(ids)) == 3


async def test_an_id_leads_back_to_the_practice(store: Store) -> None:
    """For its own kind, in its own Source or in any; not for another."""
    [identity] = await obtain(store, "17")

    def look(tx: Transaction, kind: str, source: str | None) -> Native | None:
        return tx.identities.native_of(kind, source, identity)

    assert await store.read(lambda tx: look(tx, "Patient", None)) == Native("main", "17")
    assert await store.read(lambda tx: look(tx, "Patient", "main")) == Native("main", "17")
    assert await store.read(lambda tx: look(tx, "Patient", "branch")) is None
    assert await store.read(lambda tx: look(tx, "Appointment", None)) is None


async def test_looking_makes_none(store: Store) -> None:
    """Reading work may look."""
    [identity] = await obtain(store, "17")
    found = await store.read(lambda tx: tx.identities.find("Patient", "main", ["17", "18"]))

    assert found == {"17": identity}


async def test_a_reserved_id_is_bound_later(store: Store) -> None:
    """Until then it stands for nothing that the practice knows; then for one thing."""
    identity = await store.write(lambda tx: tx.identities.reserve("Appointment", "main"))
    before = await store.read(lambda tx: tx.identities.native_of("Appointment", None, identity))
    bound = await store.write(lambda tx: tx.identities.bind(identity, "55"))
    again = await store.write(lambda tx: tx.identities.bind(identity, "55"))

    assert before == Native("main", None)
    assert bound == again == identity
    assert await obtain(store, "55", kind="Appointment") == [identity]


async def test_a_key_keeps_the_id_that_it_was_given_first(store: Store) -> None:
    """It was read before it was bound: the reserved id leads there, but is not given out."""
    identity = await store.write(lambda tx: tx.identities.reserve("Appointment", "main"))
    [first] = await obtain(store, "55", kind="Appointment")
    bound = await store.write(lambda tx: tx.identities.bind(identity, "55"))
    native = await store.read(lambda tx: tx.identities.native_of("Appointment", None, identity))

    assert bound == first
    assert native == Native("main", "55")
    assert await obtain(store, "55", kind="Appointment") == [first]


async def test_an_id_stands_for_one_thing_only(store: Store) -> None:
    """Binding it elsewhere, or binding what was never reserved, is a mistake of ours."""
    [identity] = await obtain(store, "17")

    with pytest.raises(ValueError, match="another key"):
        await store.write(lambda tx: tx.identities.bind(identity, "18"))
    with pytest.raises(ValueError, match="no identity"):
        await store.write(lambda tx: tx.identities.bind(10_000, "18"))


@pytest.mark.parametrize("native", ["", "0", "-5", "9223372036854775807", "bright-smiles", 'a"b,c'])
async def test_any_text_may_be_a_key(store: Store, native: str) -> None:
    """Primary keys, but also subdomains and names of Sources."""
    [identity] = await obtain(store, native)

    assert await obtain(store, native) == [identity]


async def test_ids_grow_in_the_order_in_which_they_were_asked_for(store: Store) -> None:
    """However many are asked for at once, and however often each."""
    ids = await obtain(store, "9", "3", "9", "7", "3")

    assert list(dict.fromkeys(ids)) == sorted(set(ids))
