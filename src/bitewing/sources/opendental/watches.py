"""Watches: which tables are read, and what in them is one Record."""

from collections.abc import Mapping

from bitewing.model.errors import SourceRefusedError
from bitewing.model.watch import Watch
from bitewing.sources.opendental.shapes import TableShape

HIST_DELETED = 4
"""HistAppointmentAction.Deleted: the history row that Open Dental writes before it deletes."""

PARTS: Mapping[str, tuple[str, str]] = {"ScheduleOp": ("Schedule", "ScheduleNum")}
"""Rows that belong to another Watch's Records: changing them stamps nothing."""

WATCHED: Mapping[str, tuple[str, str, tuple[str, int] | None]] = {
    # Children before parents, so that a child is never newer than the parent read with it.
    "ToothInitial": ("toothinitial", "ToothInitialNum", None),
    "PatField": ("patfield", "PatFieldNum", None),
    "AppointmentDeleted": ("histappointment", "HistApptNum", ("HistApptAction", HIST_DELETED)),
    "Appointment": ("appointment", "AptNum", None),
    "ScheduleOp": ("scheduleop", "ScheduleOpNum", None),
    "Schedule": ("schedule", "ScheduleNum", None),
    "Operatory": ("operatory", "OperatoryNum", None),
    "Patient": ("patient", "PatNum", None),
    "Provider": ("provider", "ProvNum", None),
}
"""WatchTable name (API Events page, "Types") → table, primary key, condition."""

JOURNALS = {"signalod": "SignalNum", "histappointment": "HistApptNum"}
"""Tables that Open Dental adds a row to when somebody saves: their last keys are a hint."""

LOOKED_UP = ("definition", "clinic", "site", "preference", "signalod")
"""Tables that only lend names to Records."""

INDISPENSABLE = ("appointment", "patient", "provider", "operatory", "definition")
"""A database without these is not Open Dental's."""

TABLES = tuple(dict.fromkeys([table for table, _, _ in WATCHED.values()] + list(LOOKED_UP)))


def watches_of(shapes: Mapping[str, TableShape], place: str) -> list[Watch]:
    """Give the Watches that this database can have.

    Raises:
        SourceRefusedError: it is not an Open Dental database, or a key is not what it must be.
    """
    missing = [table for table in INDISPENSABLE if table not in shapes]
    if missing:
        raise SourceRefusedError(
            f"{place} does not look like an Open Dental database: it has no table "
            f"{', '.join(missing)}, or the account may not read it. Check the database's name in "
            "the source's url, and grant the account SELECT on all its tables."
        )
    return [
        Watch(
            name,
            table,
            key,
            shapes[table].stamp_column,
            only,
            part_of=PARTS.get(name),
            is_log=table == "histappointment",
            counts_at_once=shapes[table].engine == "MyISAM" and only is None,
        )
        for name, (table, key, only) in WATCHED.items()
        if table in shapes and _is_keyed_by(shapes[table], key, place) and _has_whole(name, shapes)
    ]


def _has_whole(name: str, shapes: Mapping[str, TableShape]) -> bool:
    """A part without the table that it is a part of tells nobody anything."""
    return name not in PARTS or WATCHED[PARTS[name][0]][0] in shapes


def _is_keyed_by(shape: TableShape, key: str, place: str) -> bool:
    if shape.primary_key != (key,):
        raise SourceRefusedError(
            f"In {place} the primary key of {shape.name} is "
            f"({', '.join(shape.primary_key) or 'missing'}) and not {key}; without it changes "
            "cannot be told apart. Repair the table with Open Dental's database maintenance."
        )
    return True
