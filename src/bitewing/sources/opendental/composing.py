"""Composing: Records that consist of more than their own row; a Schedule has its operatories."""

from collections.abc import Sequence
from dataclasses import replace

from bitewing.model.record import Parts, Record, with_composed
from bitewing.model.watch import Watch
from bitewing.sources.opendental.database import Database
from bitewing.sources.opendental.names import Names, comma_list
from bitewing.sources.opendental.reading import Reader

_KEYS_A_STATEMENT = 1000
_NO_NAMES = Names({})


async def compose(
    records: Sequence[Record], *, database: Database, part: Watch, reader: Reader
) -> list[Record]:
    """Give Records with the rows of ``part`` that belong to them, which are read after them."""
    _, column = part.part_of or ("", "")
    found: dict[int, list[Record]] = {}
    numbers = [record.key.number for record in records]
    for start in range(0, len(numbers), _KEYS_A_STATEMENT):
        page = numbers[start : start + _KEYS_A_STATEMENT]
        rows = await database.query(*reader.rows_linked(column, page))
        for one in reader.records(rows, _NO_NAMES):
            found.setdefault(int(one.native[column] or b"0"), []).append(one)
    return [
        _composed(record, Parts(part.name, column, tuple(found.get(record.key.number, ()))))
        for record in records
    ]


def _composed(record: Record, parts: Parts) -> Record:
    # Link rows carry no order of their own.
    numbers = sorted(int(one.native["OperatoryNum"] or b"0") for one in parts.records)
    operatories = comma_list(numbers)
    return replace(
        record,
        derived={**record.derived, "operatories": operatories},
        fingerprint=with_composed(record.fingerprint, operatories),
        parts=parts,
    )
