"""Names: the texts that other tables lend to a row (``confirmed``, ``provAbbr``, …)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bitewing.model.record import NativeRow, Record
from bitewing.sources.opendental.database import Database
from bitewing.sources.opendental.shapes import TableShape

Derivation = tuple[str, str, str, int]
"""JSON name, native column that holds the number, table that has the name, definition category."""

_APPOINTMENT: tuple[Derivation, ...] = (
    ("confirmed", "Confirmed", "definition", 2),  # DefCat.ApptConfirmed
    ("unschedStatus", "UnschedStatus", "definition", 13),  # DefCat.RecallUnschedStatus
    ("provAbbr", "ProvNum", "provider", 0),
)
DERIVATIONS: Mapping[str, tuple[Derivation, ...]] = {
    "Appointment": _APPOINTMENT,
    "AppointmentDeleted": _APPOINTMENT,
    "Operatory": (("operatoryType", "OperatoryType", "definition", 55),),  # DefCat.OperatoryTypes
    "Patient": (
        ("priProvAbbr", "PriProv", "provider", 0),
        ("secProvAbbr", "SecProv", "provider", 0),
        ("BillingType", "BillingType", "definition", 4),  # DefCat.BillingTypes
        ("clinicAbbr", "ClinicNum", "clinic", 0),
        ("siteDesc", "SiteNum", "site", 0),
    ),
    "Schedule": (("blockoutType", "BlockoutType", "definition", 25),),  # DefCat.BlockoutTypes
}
_NAME_COLUMNS = {
    "definition": ("DefNum", "ItemName", "Category"),
    "provider": ("ProvNum", "Abbr", "0"),
    "clinic": ("ClinicNum", "Abbr", "0"),
    "site": ("SiteNum", "Description", "0"),
}

_NONE = b"0"
"""How Open Dental's columns say that they refer to nothing."""


@dataclass(frozen=True, slots=True)
class Names:
    """A snapshot: (table, category, number as written) → name."""

    texts: Mapping[tuple[str, int, bytes], str]

    def of(self, watch: str, native: NativeRow) -> dict[str, str]:
        """Give the names of one row; "" for 0, NULL and numbers that nothing is called by."""
        return {
            json_name: self.texts.get((table, category, native.get(column) or _NONE), "")
            for json_name, column, table, category in DERIVATIONS.get(watch, ())
        }


@dataclass(frozen=True, slots=True)
class AllNames:
    """A snapshot of everything that tables lend; implements the port ``Naming``."""

    names: Names

    @property
    def mark(self) -> str:
        """Tell one snapshot from another."""
        told = repr(sorted(self.names.texts.items())).encode()
        return hashlib.sha256(told).hexdigest()[:32]

    @property
    def watches(self) -> frozenset[str]:
        """Give the Watches that borrow names."""
        return frozenset(DERIVATIONS)

    def of(self, record: Record) -> Mapping[str, str]:
        """Give the names of one Record."""
        return self.names.of(record.key.watch, record.native)


async def read_all_names(database: Database, shapes: Mapping[str, TableShape]) -> AllNames:
    """Read the names that any Record may show."""
    return AllNames(await _read(database, shapes, list(_NAME_COLUMNS)))


async def read_names(database: Database, shapes: Mapping[str, TableShape], watch: str) -> Names:
    """Read the names that Records of this Watch may show."""
    return await _read(database, shapes, [table for _, _, table, _ in DERIVATIONS.get(watch, ())])


async def _read(
    database: Database, shapes: Mapping[str, TableShape], tables: Sequence[str]
) -> Names:
    texts: dict[tuple[str, int, bytes], str] = {}
    for table in dict.fromkeys(tables):
        number, name, category = _NAME_COLUMNS[table]
        if table not in shapes or name not in shapes[table].columns:
            continue  # an older version, or a practice without clinics or sites
        rows = await database.query(f"SELECT {number}, {name}, {category} FROM {table}")
        for key, text, group in rows:
            if key is not None and key != _NONE:
                texts[table, int(group or 0), key] = (text or b"").decode(errors="replace")
    return Names(texts)


def comma_list(numbers: Iterable[int]) -> str:
    """Write numbers the way Open Dental writes lists: without blanks."""
    return ",".join(str(number) for number in numbers)
