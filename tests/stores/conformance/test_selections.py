"""Selections, in every store."""

from bitewing.ports.store import Store


async def test_the_last_selection_of_a_workstation_is_remembered(store: Store) -> None:
    """A later one takes the place of the earlier; letter case does not matter."""
    await store.write(lambda t: t.selections.put("main", "MOLLYR", 28))
    await store.write(lambda t: t.selections.put("main", "MollyR", 29))
    patient = await store.read(lambda t: t.selections.get("main", "mollyr"))

    assert patient == 29


async def test_nothing_is_selected_elsewhere(store: Store) -> None:
    """Other workstations, and the same name at another Source, know nothing of it."""
    await store.write(lambda t: t.selections.put("main", "MOLLYR", 28))
    others = await store.read(
        lambda t: (t.selections.get("main", "FRONT"), t.selections.get("branch", "MOLLYR"))
    )

    assert others == (None, None)
