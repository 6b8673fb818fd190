"""Creating a demo practice: Open Dental's tables, filled with a plausible office."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bitewing.model.errors import InvalidRequestError
from bitewing.practice import schema
from bitewing.practice.database import Database, connect
from bitewing.practice.filling import (
    appointments,
    calendar,
    charts,
    families,
    insurance,
    names as naming,
    office as planning,
    papers,
    patients as registry,
    premises,
    procedures,
    staff,
)
from bitewing.practice.filling.calendar import Visit
from bitewing.practice.filling.office import Office
from bitewing.practice.filling.writing import Writing
from bitewing.practice.words import AptStatus

ENGINES = ("InnoDB", "MyISAM")
HOME_ZONE = ZoneInfo("America/New_York")
Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def create(
    url: str,
    *,
    patients: int,
    seed: int,
    today: date,
    engine: str = "InnoDB",
    version: str = schema.LATEST,
    zone: ZoneInfo = HOME_ZONE,
    password: str | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> None:
    """Create the tables and fill them. The same arguments make the same rows on any server.

    Args:
        url: see ``database.connect``; the database is made if it does not exist.
        patients: how many; the office's size follows from it.
        seed: other seeds make other offices.
        today: the day that is about to begin in the office; all rows are older, and
            appointments are booked for the day and the four months behind it.
        engine: ``InnoDB`` or ``MyISAM``; SQLite has neither.
        version: whose tables; none before 21.1 are known.
        zone: the office's; DATETIME columns are written in it.
        password: used in place of the URL's.
        replace: remove an Open Dental database that is there already.
        progress: told of every step.

    Raises:
        InvalidRequestError: an argument cannot be used, or Open Dental's tables are there and
            may not be replaced; nothing was changed.
        SourceUnavailableError: the server refused; what was begun stays.
    """
    if engine not in ENGINES:
        raise InvalidRequestError(f"The engine must be one of {', '.join(ENGINES)}.")
    if patients < 1:
        raise InvalidRequestError("A practice needs at least one patient.")
    tables = schema.load(version)
    with connect(url, password=password, create=True) as database:
        _clear(database, replace=replace)
        for table in tables.values():
            database.create_table(table, engine)
        office = planning.plan(seed=seed, patients=patients, today=today, zone=zone)
        _fill(Writing(database, tables), office, version, progress or _tell_nobody)


def _clear(database: Database, *, replace: bool) -> None:
    present = sorted(database.table_names() & set(schema.load()))
    if present and not replace:
        raise InvalidRequestError(
            f"The database already holds {len(present)} of Open Dental's tables "
            f"({', '.join(present[:3])} …); name an empty one, or ask for it to be replaced."
        )
    for table in present:
        database.run(f"DROP TABLE `{table}`")


def _fill(writing: Writing, office: Office, version: str, progress: Progress) -> None:
    names = naming.draw(office.seed)
    people = families.gather(office, names)
    booked = calendar.plan(office, people)
    treatment = procedures.plan(office, people, booked)
    seen = _seen(booked)
    steps: Mapping[str, Callable[[], None]] = {
        "premises": lambda: premises.furnish(writing, office, names, version),
        "staff": lambda: staff.employ(writing, office, names),
        "patients": lambda: writing.write("patient", registry.rows(office, people, seen)),
        "insurance": lambda: insurance.insure(writing, office, names, people),
        "appointments": lambda: _book(writing, office, booked, treatment),
        "procedures": lambda: _treat(writing, office, treatment),
        "charts": lambda: charts.chart(writing, office, people, seen),
        "papers": lambda: papers.file_away(writing, office, people, booked),
    }
    for done, (step, work) in enumerate(steps.items()):
        progress(step, done, len(steps))
        work()
    progress("done", len(steps), len(steps))


def _book(
    writing: Writing,
    office: Office,
    booked: Sequence[Visit],
    treatment: Sequence[procedures.Procedure],
) -> None:
    writing.write("appointment", appointments.rows(office, booked))
    writing.write("appointment", appointments.planned(office, treatment))
    writing.write("histappointment", appointments.histories(office, booked))


def _treat(writing: Writing, office: Office, treatment: Sequence[procedures.Procedure]) -> None:
    writing.write("procedurelog", procedures.rows(office, treatment))
    writing.write("claimproc", procedures.estimates(office, treatment))


def _seen(booked: Sequence[Visit]) -> dict[int, tuple[date, datetime]]:
    """Give for everybody who has come the first visit's day and the last one's end."""
    seen: dict[int, tuple[date, datetime]] = {}
    for visit in sorted(booked, key=lambda visit: visit.starts_at):
        if visit.status is AptStatus.COMPLETE:
            number = visit.person.number
            first = seen[number][0] if number in seen else visit.starts_at.date()
            seen[number] = (first, visit.touched_at)
    return seen


def _tell_nobody(step: str, done: int, total: int) -> None:
    """Keep progress to ourselves."""
