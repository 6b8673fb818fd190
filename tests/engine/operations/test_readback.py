"""Readback and tenants: questions are answered for one institution, and give ids on the way."""

import threading
from collections.abc import Sequence

import pytest

from bitewing.engine.operations.readback import NAMED_AT_ONCE, Readback
from bitewing.engine.operations.tenants import Tenants
from bitewing.model.errors import NotFoundError
from bitewing.ports.album import Album
from bitewing.ports.store import Store

SOURCES = {"bright-smiles": ("main-office", "branch"), "dark-smiles": ("other-office",)}
NAMES = {"bright-smiles": "Bright Smiles Dental", "dark-smiles": "Dark Smiles"}


async def test_every_source_of_the_institution_is_looked_through(store: Store) -> None:
    """And no other's; an unknown institution has none."""
    readback = Readback(store, SOURCES)

    seen = await readback.look("bright-smiles", lambda albums: [one.source for one in albums])
    none = await readback.look("Bright-Smiles", lambda albums: [one.source for one in albums])

    assert (seen, none) == (["main-office", "branch"], [])


async def test_what_is_shown_for_the_first_time_is_given_its_id(store: Store) -> None:
    """The question is asked once more where that can be done, and then never again."""
    readback = Readback(store, SOURCES)
    looks = []

    async def ask() -> int:
        def look(albums: object) -> int:
            looks.append(1)
            return albums[0].identity("Patient", "7")  # type: ignore[index, no-any-return]

        return await readback.look("bright-smiles", look)

    first, second = await ask(), await ask()

    assert first == second
    assert len(looks) == 3


async def test_a_long_look_does_not_keep_the_stores_writer(store: Store) -> None:
    """However much is shown for the first time: ids alone are given there, a few at a time."""
    readback = Readback(store, SOURCES)
    threads = []
    patients = [str(number) for number in range(NAMED_AT_ONCE * 2 + 1)]

    def look(albums: Sequence[Album]) -> list[int]:
        threads.append(threading.current_thread().name)
        return [albums[0].identity("Patient", native) for native in patients]

    ids = await readback.look("bright-smiles", look)

    assert len(threads) == 2
    assert all(name.startswith("bitewing-reader") for name in threads)
    assert len({*ids}) == len(patients)
    assert min(ids) > 0


async def test_tenants_keep_their_ids(store: Store) -> None:
    """Those that are not configured are left out."""
    tenants = Tenants(store, NAMES, SOURCES)

    first = await tenants.of(["bright-smiles", "nowhere", "dark-smiles"])
    again = await Tenants(store, NAMES, SOURCES).of(["dark-smiles", "bright-smiles"])

    assert [one.name for one in first] == ["Bright Smiles Dental", "Dark Smiles"]
    assert first == again[::-1]
    assert await tenants.one("dark-smiles") == first[1]
    with pytest.raises(NotFoundError, match="Institution nowhere not found"):
        await tenants.one("nowhere")


async def test_a_location_must_be_the_institutions(store: Store) -> None:
    """Another's, and the id of something else, are not found; NexHealth's words."""
    tenants = Tenants(store, NAMES, SOURCES)
    ours = await store.write(lambda tx: tx.identities.obtain("Location", "branch", ["0"])["0"])
    theirs = await store.write(
        lambda tx: tx.identities.obtain("Location", "other-office", ["0"])["0"]
    )
    patient = await store.write(lambda tx: tx.identities.obtain("Patient", "branch", ["0"])["0"])

    await tenants.require_locations("bright-smiles", [ours])

    for stranger in (theirs, patient, 10**9):
        with pytest.raises(NotFoundError, match=f"^Location with id {stranger} not found$"):
            await tenants.require_locations("bright-smiles", [ours, stranger])
