"""Told: the last word about each thing."""

from bitewing.ports.store import Store


async def test_the_last_word_stands_until_it_is_forgotten(store: Store) -> None:
    """Nothing, one, another, nothing; of another thing nothing is known."""
    words = [await store.read(lambda tx: tx.told.get("source main"))]
    for what in ("red", "redder"):
        await store.write(lambda tx, what=what: tx.told.put("source main", what))  # type: ignore[misc]
        words.append(await store.read(lambda tx: tx.told.get("source main")))
    other = await store.read(lambda tx: tx.told.get("source side"))
    await store.write(lambda tx: tx.told.forget("source main"))
    words.append(await store.read(lambda tx: tx.told.get("source main")))

    assert words == [None, "red", "redder", None]
    assert other is None
