"""Watches: which tables are read, and what in them is one Record."""

from collections.abc import Mapping

from bitewing.model.errors import SourceRefusedError
from bitewing.model.watch import Watch
from bitewing.sources.opendental.shapes import TableShape

HIST_DELETED = 4
"""HistAppointmentAction.Deleted: the history row that Open Dental writes before it deletes."""

PARTS: Mapping[str, tuple[str, str]] = {"ScheduleOp": ("Schedule", "ScheduleNum")}
"""Rows that belong to another Watch's Records: changing them stamps nothing."""

Entry = tuple[str, str, tuple[str, int | tuple[str, ...]] | None]
"""Table, primary key, condition."""

WATCHED: Mapping[str, Entry] = {
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

PREFERENCES = (
    "ApptEConfirmStatusAccepted",
    "EasyNoClinics",
    "PracticeAddress",
    "PracticeAddress2",
    "PracticeCity",
    "PracticePhone",
    "PracticeST",
    "PracticeTitle",
    "PracticeZip",
)
FURTHER: Mapping[str, Entry] = {
    "Sheet": ("sheet", "SheetNum", None),
    "EForm": ("eform", "EFormNum", None),
    "PatPlan": ("patplan", "PatPlanNum", None),
    "InsSub": ("inssub", "InsSubNum", None),
    "InsPlan": ("insplan", "PlanNum", None),
    "Procedure": ("procedurelog", "ProcNum", None),
    "HistAppointment": ("histappointment", "HistApptNum", None),
    **WATCHED,
    "ProcedureCode": ("procedurecode", "CodeNum", None),
    "AppointmentType": ("appointmenttype", "AppointmentTypeNum", None),
    "Definition": ("definition", "DefNum", None),
    "Clinic": ("clinic", "ClinicNum", None),
    "Preference": (
        "preference",
        "PrefNum",
        ("PrefName", PREFERENCES),
    ),
}
"""What a Dialect that composes resources of many tables needs besides; children first, too.

Of the preferences, among which are credentials, only those that it asks for are read.
"""

HANDLES: Mapping[str, tuple[str, ...]] = {
    "Appointment": ("PatNum", "AptDateTime"),
    "EForm": ("PatNum",),
    "HistAppointment": ("AptNum",),
    "InsSub": ("PlanNum",),
    "PatPlan": ("PatNum", "InsSubNum"),
    "Patient": ("Guarantor",),
    "Procedure": ("PatNum", "AptNum", "PlannedAptNum", "DateTStamp"),
    "ScheduleOp": ("ScheduleNum",),
    "Sheet": ("PatNum",),
}
"""Columns by which that Dialect finds Records, and by which parts are found always."""

JOURNALS = {"signalod": "SignalNum", "histappointment": "HistApptNum"}
"""Tables that Open Dental adds a row to when somebody saves: their last keys are a hint."""

LOOKED_UP = ("definition", "clinic", "site", "preference", "signalod")
"""Tables that only lend names to Records."""

INDISPENSABLE = ("appointment", "patient", "provider", "operatory", "definition")
"""A database without these is not Open Dental's."""

TABLES = tuple(dict.fromkeys([table for table, _, _ in WATCHED.values()] + list(LOOKED_UP)))
ALL_TABLES = tuple(dict.fromkeys([table for table, _, _ in FURTHER.values()] + list(LOOKED_UP)))


def watches_of(
    shapes: Mapping[str, TableShape], place: str, *, reads_further: bool = False
) -> list[Watch]:
    """Give the Watches that this database can have; with ``reads_further`` those of FURTHER.

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
            handles=_handles(name, shapes[table]) if reads_further or name in PARTS else (),
        )
        for name, (table, key, only) in (FURTHER if reads_further else WATCHED).items()
        if table in shapes and _is_keyed_by(shapes[table], key, place) and _has_whole(name, shapes)
    ]


def _handles(name: str, shape: TableShape) -> tuple[str, ...]:
    return tuple(column for column in HANDLES.get(name, ()) if column in shape.columns)


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
