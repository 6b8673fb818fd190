"""Handles find Records of the baseline by their columns, in every store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st
from tests.stores.laying import laid
from tests.stores.samples import a_record, put_some, seen

from bitewing.model.record import Record, RecordKey, as_handle, fingerprint
from bitewing.ports.store import Store, Transaction
from bitewing.stores.sqlite import SqliteStore

COLUMNS = ("PatNum", "AptDateTime")
NOON = 20260302120000


def visit(number: int, patient: bytes | None, at: bytes | None = b"2026-03-02 12:00:00") -> Record:
    native = {"AptNum": b"%d" % number, "PatNum": patient, "AptDateTime": at}
    return Record(RecordKey("Appointment", number), native, {}, None, fingerprint(native))


def keep(transaction: Transaction, columns: Sequence[str] = COLUMNS, *, limit: int = 100) -> bool:
    return transaction.records.keep_handles("main", "Appointment", columns, limit=limit)


async def keep_all(store: Store, columns: Sequence[str] = COLUMNS, *, limit: int = 100) -> int:
    """Index everything; give how many calls that took."""
    calls = 1
    while not await store.write(lambda tx: keep(tx, columns, limit=limit)):
        calls += 1
    return calls


async def put(store: Store, *records: Record) -> None:
    await store.write(lambda tx: put_some(tx, *map(seen, records)))


async def linked(store: Store, number: int, column: str = "PatNum") -> list[int]:
    found = await store.read(lambda tx: tx.records.linked("main", "Appointment", column, number))
    return [record.key.number for record in found]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (b"17", 17),
        (b"-17", -17),
        (b"9223372036854775807", 2**63 - 1),
        (b"2026-03-02 12:00:00", NOON),
        (b"2026-03-02 12:00:00.000", NOON),
        (b"2026-03-02", 20260302000000),
        (b"0001-01-01 00:00:00", 10101000000),
        (b"0", None),
        (b"0000-00-00 00:00:00", None),
        (b"9223372036854775808", None),
        (b"", None),
        (b"crown", None),
        (None, None),
    ],
)
def test_numbers_and_moments_are_handles(value: bytes | None, number: int | None) -> None:
    """0 and what is no number refer to nothing."""
    assert as_handle(value) == number


async def test_records_are_found_by_a_column_as_whole_images(store: Store) -> None:
    """In key order; another Source's, another Watch's and other numbers are left out."""
    await keep_all(store)
    await put(store, visit(3, b"7"), visit(1, b"7"), visit(2, b"8"), a_record(9, watch="Patient"))
    await store.write(lambda tx: put_some(tx, seen(visit(4, b"7")), source="branch"))
    found = await store.read(lambda tx: tx.records.linked("main", "Appointment", "PatNum", 7))

    assert found == [visit(1, b"7"), visit(3, b"7")]


async def test_a_record_is_found_where_it_went(store: Store) -> None:
    """Not where it was; and nowhere once it refers to nothing or is gone."""
    await keep_all(store)
    await put(store, visit(1, b"7"), visit(2, b"7"), visit(3, b"7"))
    await put(store, visit(1, b"8"), visit(2, b"0"))
    await store.write(lambda tx: tx.records.refresh("main", [visit(3, b"8"), visit(99, b"8")]))
    moved = await linked(store, 8)
    await store.write(lambda tx: tx.records.remove("main", "Appointment", [1]))

    assert moved == [1, 3]
    assert await linked(store, 7) == []
    assert await linked(store, 8) == [3]


async def test_what_was_undone_is_not_found(store: Store) -> None:
    """Index and baseline are of one piece."""
    await keep_all(store)
    await put(store, visit(1, b"7"))

    def fail(tx: Transaction) -> None:
        put_some(tx, seen(visit(1, b"8")), seen(visit(2, b"8")))
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fail)

    assert (await linked(store, 7), await linked(store, 8)) == ([1], [])


async def test_known_records_are_indexed_a_few_at_a_time(store: Store) -> None:
    """A column that becomes a handle later; what enters meanwhile is indexed at once."""
    await put(store, *[visit(number, b"7") for number in range(1, 8)])
    first = await store.write(lambda tx: keep(tx, limit=3))
    await put(store, visit(7, b"8"), visit(8, b"7"))
    calls = await keep_all(store, limit=3)

    assert not first
    assert calls == 3
    assert await linked(store, 7) == [1, 2, 3, 4, 5, 6, 8]
    assert await linked(store, 8) == [7]


async def test_another_column_is_indexed_beside_the_first(store: Store) -> None:
    """Those that are complete stay as they are."""
    await put(store, visit(1, b"7"), visit(2, b"7"))
    await keep_all(store, ["PatNum"])
    await keep_all(store, COLUMNS)

    assert await linked(store, 7) == [1, 2]
    assert await linked(store, NOON, "AptDateTime") == [1, 2]


async def test_columns_that_are_not_wished_for_are_forgotten(store: Store) -> None:
    """And indexed anew when they are wished for again, changes meanwhile among them."""
    await keep_all(store)
    await put(store, *[visit(number, b"7") for number in range(1, 8)])
    await keep_all(store, [], limit=3)
    gone = await linked(store, 7)
    await put(store, visit(1, b"8"))
    await keep_all(store)

    assert gone == []
    assert await linked(store, 7) == [2, 3, 4, 5, 6, 7]


async def test_a_range_is_given_in_order_and_in_pieces(store: Store) -> None:
    """By the value, then by the key; both edges belong to it."""
    await keep_all(store)
    hours = (12, 10, 11, 11, 9)
    days = [b"2026-03-02 %02d:00:00" % hour for hour in hours]
    await put(store, *[visit(number, b"7", at) for number, at in enumerate(days, start=1)])
    low, high = NOON - 20000, NOON

    def work(tx: Transaction, limit: int, offset: int) -> list[int]:
        records = tx.records.between(
            "main", "Appointment", "AptDateTime", low=low, high=high, limit=limit, offset=offset
        )
        return [record.key.number for record in records]

    pieces = [await store.read(partial(work, limit=2, offset=at)) for at in (0, 2, 4)]
    count = await store.read(
        lambda tx: tx.records.count_between(
            "main", "Appointment", "AptDateTime", low=low, high=high
        )
    )

    assert pieces == [[2, 3], [4, 1], []]
    assert count == 4


async def test_the_baseline_is_given_in_chunks(store: Store) -> None:
    """By key, also below zero."""
    await put(store, *[visit(number, b"7") for number in (5, -2, 0, 9)])

    def keys(tx: Transaction, after: int | None) -> list[int]:
        found = tx.records.chunk("main", "Appointment", after=after, limit=2)
        return [record.key.number for record in found]

    chunks = [await store.read(partial(keys, after=at)) for at in (None, 0, 9)]

    assert chunks == [[-2, 0], [5, 9], []]


@dataclass
class Ledger:
    """What must be found, kept beside the store."""

    rows: dict[int, bytes | None] = field(default_factory=dict)

    def by_value(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number in sorted(self.rows):
            value = as_handle(self.rows[number])
            if value is not None:
                found.setdefault(value, []).append(number)
        return found


VALUES = st.sampled_from([None, b"0", b"1", b"2", b"3"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "refresh", "remove", "keep", "drop"]),
        st.lists(st.tuples(st.integers(1, 6), VALUES), max_size=4),
    ),
    max_size=12,
)


@given(steps=STEPS)
@settings(deadline=None, max_examples=60)
async def test_the_index_equals_a_scan_whatever_happened(
    steps: list[tuple[str, list[tuple[int, bytes | None]]]],
) -> None:
    """Records put, put again, refreshed, removed, indexed late, forgotten in between."""
    with TemporaryDirectory() as directory:
        store = SqliteStore(laid(Path(directory) / "store.db"))
        await store.open()
        truth = Ledger()
        for step, rows in steps:
            await store.write(partial(_take, truth=truth, step=step, rows=rows))
        await keep_all(store, ["PatNum"], limit=2)
        found = {value: await linked(store, value) for value in (1, 2, 3)}
        await store.close()

    assert {value: keys for value, keys in found.items() if keys} == truth.by_value()


def _take(tx: Transaction, truth: Ledger, step: str, rows: list[tuple[int, bytes | None]]) -> None:
    records = [visit(number, value) for number, value in rows]
    if step == "put":
        put_some(tx, *map(seen, records))
        truth.rows |= dict(rows)
    elif step == "refresh":
        tx.records.refresh("main", records)
        truth.rows |= {number: value for number, value in rows if number in truth.rows}
    elif step == "remove":
        tx.records.remove("main", "Appointment", [number for number, _ in rows])
        for number, _ in rows:
            truth.rows.pop(number, None)
    elif step in {"keep", "drop"}:
        keep(tx, ["PatNum"] if step == "keep" else [], limit=2)
