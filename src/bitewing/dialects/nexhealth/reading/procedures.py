"""Procedures: which of them a question means (GET /procedures)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.reading.listing import (
    Place,
    Test,
    every_row,
    holds,
    keys_of,
    rows_between,
    select,
    stamped_since,
    unsorted,
)
from bitewing.dialects.nexhealth.rules import place, treatment
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.record import Record
from bitewing.ports.album import Album

_LAST = 99991231235959


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; None asks nothing.

    Attributes:
        location, patient, provider, appointment: our ids.
        updated_since: the oldest stamp (UTC), included.
        started_after, started_before, ended_after, ended_before: days, included.
    """

    location: int | None = None
    patient: int | None = None
    provider: int | None = None
    appointment: int | None = None
    updated_since: datetime | None = None
    started_after: date | None = None
    started_before: date | None = None
    ended_after: date | None = None
    ended_before: date | None = None


def find(albums: Sequence[Album], customs: Customs, asked: Question) -> list[Place]:
    """Give the places of the procedures, by the practice's keys."""
    found: list[Place] = []
    for number, album in enumerate(albums):
        tests = _tests(album, asked)
        records = _candidates(album, asked)
        found += select(records, Scene(album, customs), tests, album=number, sort=unsorted)
    return sorted(found)


def _candidates(album: Album, asked: Question) -> Iterable[Record]:
    """Give those that may be meant, by the narrowest handle."""
    for kind, columns, wanted in (
        ("Appointment", ("AptNum", "PlannedAptNum"), asked.appointment),
        ("Patient", ("PatNum",), asked.patient),
    ):
        if wanted is not None:
            keys = keys_of(album, kind, [wanted])
            found = [album.linked("Procedure", one, key) for one in columns for key in keys]
            return {record.key: record for records in found for record in records}.values()
    if asked.updated_since is not None:
        least = int(asked.updated_since.strftime("%Y%m%d%H%M%S"))
        return rows_between(album, "Procedure", "DateTStamp", least, _LAST)
    return every_row(album, "Procedure")


def _tests(album: Album, asked: Question) -> list[Test]:
    tests: list[Test] = [lambda row, _scene: treatment.is_treatment(row)]
    if asked.location is not None:
        clinics = keys_of(album, "Location", [asked.location])
        tests.append(lambda row, scene: place.clinic_of(row, scene) in clinics)
    for kind, column, wanted in (
        ("Patient", "PatNum", asked.patient),
        ("Provider", "ProvNum", asked.provider),
    ):
        if wanted is not None:
            tests.append(holds(column, keys_of(album, kind, [wanted])))
    if asked.appointment is not None:
        shown = asked.appointment
        tests.append(lambda row, scene: treatment.appointment_id(row, scene) == shown)
    if asked.updated_since is not None:
        tests.append(stamped_since("DateTStamp", asked.updated_since))
    return tests + list(_days(asked))


def _days(asked: Question) -> Iterable[Test]:
    for rule, after, before in (
        (treatment.start_date, asked.started_after, asked.started_before),
        (treatment.end_date, asked.ended_after, asked.ended_before),
    ):
        if after is not None or before is not None:
            yield _is_between(rule, after or date.min, before or date.max)


def _is_between(rule: Callable[[Row, Scene], str | None], first: date, last: date) -> Test:
    low, high = first.isoformat(), last.isoformat()
    return lambda row, scene: low <= (rule(row, scene) or "") <= high
