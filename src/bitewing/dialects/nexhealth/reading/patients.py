"""Patients: which of them a question means (GET /patients)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.reading.listing import (
    Place,
    Test,
    by_stamp,
    draft_key,
    every_row,
    is_each,
    keys_of,
    place as place_at,
    select,
    stamped_since,
    unsorted,
)
from bitewing.dialects.nexhealth.rules import place, standing
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.pending import PendingWrite, WriteKind
from bitewing.model.record import Record
from bitewing.ports.album import Album

_NAMES = ("FName", "MiddleI", "LName", "Preferred")
_PHONES = ("WirelessPhone", "HmPhone", "WkPhone")
_NATIONAL = 10
"""Digits of a phone number without its country."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; None asks nothing. All of it must hold.

    Attributes:
        location: our id of a Location; its Source's patients are meant, and with ``is_strict``
            only those who are known there.
        name: words that first, middle, last or preferred name must contain, letter case apart.
        email, phone_number, date_of_birth, foreign_id: what these must be.
        is_inactive, is_new, is_non_patient: what the status must say.
        updated_since: the oldest stamp (UTC), included.
        sort: "" or ``id`` by the practice's key, ``updated_at`` or ``-updated_at``.
    """

    location: int
    is_strict: bool = False
    name: str | None = None
    email: str | None = None
    phone_number: str | None = None
    date_of_birth: date | None = None
    is_inactive: bool | None = None
    foreign_id: str | None = None
    updated_since: datetime | None = None
    is_new: bool | None = None
    is_non_patient: bool | None = None
    sort: str = ""


def find(albums: Sequence[Album], customs: Customs, asked: Question) -> list[Place]:
    """Give the places of the patients, sorted; none if the Location is nobody's."""
    found: list[Place] = []
    for number, album in enumerate(albums):
        if keys_of(album, "Location", [asked.location]):
            scene = Scene(album, customs)
            tests = _tests(asked)
            records = _candidates(album, asked)
            found += select(records, scene, tests, album=number, sort=_SORTS[asked.sort])
            found += [
                place_at(_draft_sort(write, asked.sort), number, draft_key(write))
                for write in album.drafts(WriteKind.PATIENT)
                if _is_meant(write, asked)
            ]
    return sorted(found)


def _is_meant(write: PendingWrite, asked: Question) -> bool:
    """Tell whether somebody is meant whom the practice does not know yet: new, and active."""
    kept, bio = write.shown, write.shown["bio"]
    names = [kept["first_name"].casefold(), kept["last_name"].casefold()]
    numbers = {_digits(bio[key]) for key in bio if key.endswith("phone_number")}
    return (
        asked.foreign_id is None
        and not asked.is_inactive
        and asked.is_new is not False
        and not asked.is_non_patient
        and (not asked.is_strict or asked.location in kept["locations"])
        and (asked.name is None or _has_words(names, asked.name))
        and (asked.email is None or asked.email.strip().casefold() == kept["email"].casefold())
        and (asked.phone_number is None or _digits(asked.phone_number) in numbers - {""})
        and (asked.date_of_birth is None or bio["date_of_birth"] == asked.date_of_birth.isoformat())
        and (asked.updated_since is None or write.updated_at >= asked.updated_since)
    )


def _draft_sort(write: PendingWrite, sort: str) -> int:
    if sort in {"", "id"}:
        return 0
    stamp = int(write.updated_at.strftime("%Y%m%d%H%M%S"))
    return -stamp if sort.startswith("-") else stamp


def _candidates(album: Album, asked: Question) -> Iterable[Record]:
    if asked.foreign_id is None:
        return every_row(album, "Patient")
    one = album.record("Patient", cells.whole(asked.foreign_id.encode()))
    return [] if one is None else [one]


def _tests(asked: Question) -> list[Test]:
    tests = [*_of_person(asked)]
    for rule, wanted in (
        (standing.is_inactive, asked.is_inactive),
        (standing.is_new, asked.is_new),
        (standing.is_non_patient, asked.is_non_patient),
    ):
        if wanted is not None:
            tests.append(is_each(rule, wanted))
    if asked.updated_since is not None:
        tests.append(stamped_since("DateTStamp", asked.updated_since))
    if asked.is_strict:
        tests.append(lambda row, scene: asked.location in place.location_ids(row, scene))
    return tests


def _of_person(asked: Question) -> Iterable[Test]:
    if asked.foreign_id is not None:
        yield lambda row, _scene: cells.text(row.get("PatNum")) == asked.foreign_id
    if asked.name is not None:
        yield _named(asked.name)
    if asked.email is not None:
        yield _with_email(asked.email)
    if asked.phone_number is not None:
        yield _with_phone(asked.phone_number)
    if asked.date_of_birth is not None:
        born = asked.date_of_birth.isoformat()
        yield lambda row, _scene: cells.day(row.get("Birthdate")) == born


def _named(name: str) -> Test:
    return lambda row, _scene: _has_words(
        [cells.text(row.get(column)).casefold() for column in _NAMES], name
    )


def _has_words(names: Sequence[str], asked: str) -> bool:
    return all(any(word in one for one in names) for word in asked.casefold().split())


def _with_email(email: str) -> Test:
    wanted = email.strip().casefold()

    def test(row: Row, _scene: Scene) -> bool:
        written = re.split(r"[,;\s]+", cells.text(row.get("Email")).casefold())
        return wanted in written

    return test


def _with_phone(phone: str) -> Test:
    wanted = _digits(phone)
    return lambda row, _scene: (
        bool(wanted) and any(_digits(cells.text(row.get(column))) == wanted for column in _PHONES)
    )


def _digits(phone: str) -> str:
    return re.sub(r"[^0-9]", "", phone)[-_NATIONAL:]


_SORTS: dict[str, Callable[[Row, Scene], int]] = {
    "": unsorted,
    "id": unsorted,
    "updated_at": by_stamp("DateTStamp"),
    "-updated_at": by_stamp("DateTStamp", is_newest_first=True),
}
