"""The shelf: what a question about one Location is answered with."""

from pathlib import Path
from typing import Any, cast

from tests.dialects.nexhealth.making import a_record
from tests.dialects.nexhealth.reading.shelves import CUSTOMS
from tests.stores.samples import put_some, seen

from bitewing.dialects.nexhealth.reading.library import Library
from bitewing.dialects.nexhealth.reading.providers import providers
from bitewing.engine.operations.readback import Readback
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite import SqliteStore
from bitewing.web.nexhealth.shelf import Shelf

SOURCES = ("main-office", "branch")


async def test_a_location_shows_what_its_own_source_has(tmp_path: Path) -> None:
    """An institution may have several databases; another's providers cannot be booked there."""

    def fill(tx: Transaction) -> dict[str, int]:
        for source, name in zip(SOURCES, ("Ames", "Bell"), strict=True):
            provider = a_record("Provider", 1, FName="Dr", LName=name, IsHidden=0)
            put_some(tx, seen(provider), source=source)
        return {one: tx.identities.obtain("Location", one, ["0"])["0"] for one in SOURCES}

    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    locations = await store.write(fill)
    nothing = cast("Any", None)
    readback = Readback(store, {"bright-smiles": SOURCES})
    shelf = Shelf(nothing, readback, Library(CUSTOMS), nothing, nothing)

    async def names(location: int | None = None) -> list[str]:
        shown = await shelf.everything(
            "bright-smiles", lambda scene: list(providers(scene)), location=location
        )
        return [one["last_name"] for one in shown]

    assert await names() == ["Ames", "Bell"]
    assert await names(locations["branch"]) == ["Bell"]
    assert await names(locations["main-office"]) == ["Ames"]
    await store.close()
