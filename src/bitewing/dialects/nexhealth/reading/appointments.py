"""Appointments: which of them a question means (GET /appointments)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.office_time import to_utc
from bitewing.dialects.nexhealth.reading.listing import (
    Place,
    Test,
    by_stamp,
    draft_key,
    holds,
    is_each,
    keys_of,
    place as place_at,
    rows_between,
    select,
    stamped_since,
)
from bitewing.dialects.nexhealth.rules import booked, broken, place, treating_provider
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.pending import PendingWrite, WriteKind
from bitewing.model.record import Record
from bitewing.ports.album import Album

_A_DAY = timedelta(days=1)
"""More than any zone is away from UTC."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; None and () ask nothing.

    Attributes:
        start, end: when an appointment may begin, both ends included (UTC).
        location: our id of the Location.
        foreign_id: the practice's own key.
        is_cancelled: whether it is cancelled.
        is_booked_here: whether only those are meant that were booked through us.
        updated_since: the oldest stamp (UTC), included.
        creators: our ids of whoever may have made it.
        types, patients, providers, operatories: our ids of what it may refer to.
        sort: "" by its start, ``updated_at`` or ``-updated_at``.
    """

    start: datetime
    end: datetime
    location: int | None = None
    foreign_id: str | None = None
    is_cancelled: bool | None = None
    is_booked_here: bool = False
    updated_since: datetime | None = None
    creators: Sequence[int] = ()
    types: Sequence[int] = ()
    patients: Sequence[int] = ()
    providers: Sequence[int] = ()
    operatories: Sequence[int] = ()
    sort: str = ""


def find(albums: Sequence[Album], customs: Customs, asked: Question) -> list[Place]:
    """Give the places of the appointments, sorted."""
    found: list[Place] = []
    sort = _SORTS[asked.sort]
    for number, album in enumerate(albums):
        scene = Scene(album, customs)
        tests = _tests(album, asked)
        if tests is not None:
            found += select(_near(album, asked), scene, tests, album=number, sort=sort)
            found += [
                place_at(_draft_sort(write, asked.sort), number, draft_key(write))
                for write in album.drafts(WriteKind.APPOINTMENT)
                if _is_meant(write, asked)
            ]
    return sorted(found)


def _is_meant(write: PendingWrite, asked: Question) -> bool:
    """Tell whether what was asked for here is meant, too; its ids are ours already."""
    kept = write.shown
    return (
        asked.start <= datetime.fromisoformat(kept["starts_at"]) <= asked.end
        and asked.foreign_id in {None, str(write.native or "")}
        and not asked.is_cancelled
        and not asked.creators  # it shows none: whoever asked for it is no user of the practice
        and asked.location in {None, kept["location"]}
        and (asked.updated_since is None or write.updated_at >= asked.updated_since)
        and all(
            not wanted or kept[name] in wanted
            for name, wanted in (
                ("appointment_type", asked.types),
                ("patient", asked.patients),
                ("operatory", asked.operatories),
                ("provider", asked.providers),
            )
        )
    )


def _draft_sort(write: PendingWrite, sort: str) -> int:
    if not sort:
        return _number(datetime.fromisoformat(write.shown["starts_at"]).astimezone(UTC))
    return -_number(write.updated_at) if sort.startswith("-") else _number(write.updated_at)


def _near(album: Album, asked: Question) -> Iterable[Record]:
    """Give those that may be meant, by the office's wall clock."""
    low, high = asked.start - _A_DAY, asked.end + _A_DAY
    return rows_between(album, "Appointment", "AptDateTime", _number(low), _number(high))


def _tests(album: Album, asked: Question) -> list[Test] | None:
    """Give what an appointment must pass; None if the Location is another Source's."""
    tests: list[Test] = [
        lambda row, _scene: place.is_announced(row),
        lambda row, scene: asked.start <= begins_at(row, scene) <= asked.end,
    ]
    if asked.location is not None:
        clinics = keys_of(album, "Location", [asked.location])
        if not clinics:
            return None
        tests.append(lambda row, scene: place.clinic_of(row, scene) == clinics[0])
    if asked.foreign_id is not None:
        tests.append(lambda row, _scene: cells.text(row.get("AptNum")) == asked.foreign_id)
    if asked.is_cancelled is not None:
        tests.append(is_each(broken.is_cancelled, asked.is_cancelled))
    if asked.is_booked_here:
        tests.append(booked.is_booked_here)
    if asked.updated_since is not None:
        tests.append(stamped_since("DateTStamp", asked.updated_since))
    return tests + _references(album, asked)


def _references(album: Album, asked: Question) -> list[Test]:
    tests: list[Test] = []
    for kind, column, wanted in (
        ("AppointmentType", "AppointmentTypeNum", asked.types),
        ("Patient", "PatNum", asked.patients),
        ("Operatory", "Op", asked.operatories),
        ("User", "SecUserNumEntry", asked.creators),
    ):
        if wanted:
            tests.append(holds(column, keys_of(album, kind, wanted)))
    if asked.providers:
        treating = frozenset(asked.providers)
        tests.append(lambda row, scene: treating_provider.provider_id(row, scene) in treating)
    return tests


def begins_at(row: Row, scene: Scene) -> datetime:
    """Give when an appointment begins; one without a time begins at the beginning of all."""
    wall = cells.wall(row.get("AptDateTime"))
    return to_utc(wall or _NEVER, place.zone_of(row, scene))


_NEVER = datetime(1, 1, 3)  # noqa: DTZ001 - a wall clock's


def _by_start(row: Row, scene: Scene) -> int:
    return _number(begins_at(row, scene))


def _number(moment: datetime) -> int:
    return int(f"{moment.year:04}{moment:%m%d%H%M%S}")


_SORTS: dict[str, Callable[[Row, Scene], int]] = {
    "": _by_start,
    "updated_at": by_stamp("DateTStamp"),
    "-updated_at": by_stamp("DateTStamp", is_newest_first=True),
}
