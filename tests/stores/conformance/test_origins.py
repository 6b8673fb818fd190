"""Which database a Source read last, in every store."""

from bitewing.model.origin import Origin
from bitewing.ports.store import Store


async def test_an_origin_comes_back_as_it_was_put(store: Store) -> None:
    """Each Source has its own; a later one takes the place of an earlier one."""
    first = Origin("a", {"Patient": {"PatNum": "bigint"}}, {"Patient": ""})
    second = Origin("b", {}, {"Patient": "2026-01-01"})
    await store.write(lambda t: t.origins.put("main", first))
    await store.write(lambda t: t.origins.put("other", first))
    await store.write(lambda t: t.origins.put("main", second))
    found = await store.read(lambda t: [t.origins.get(n) for n in ("main", "other", "none")])

    assert found == [second, first, None]
