"""Coverages: which of them a question means (GET /insurance_coverages)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.reading.listing import (
    Place,
    Test,
    every_row,
    is_each,
    keys_of,
    select,
    stamped_since,
    unsorted,
)
from bitewing.dialects.nexhealth.rules import insurance
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.record import Record
from bitewing.ports.album import Album


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; None asks nothing.

    Attributes:
        today: the day by which a coverage is active.
        patient: our id.
        updated_since: the oldest stamp (UTC) of the patient's plan, included.
        is_active: whether it has begun and has not ended.
    """

    today: date
    patient: int | None = None
    updated_since: datetime | None = None
    is_active: bool | None = None


def find(albums: Sequence[Album], customs: Customs, asked: Question) -> list[Place]:
    """Give the places of the coverages, by the practice's keys."""
    found: list[Place] = []
    tests = _tests(asked)
    for number, album in enumerate(albums):
        records = _candidates(album, asked)
        found += select(records, Scene(album, customs), tests, album=number, sort=unsorted)
    return sorted(found)


def _candidates(album: Album, asked: Question) -> Iterable[Record]:
    if asked.patient is None:
        return every_row(album, "PatPlan")
    keys = keys_of(album, "Patient", [asked.patient])
    return album.linked("PatPlan", "PatNum", keys[0]) if keys else []


def _tests(asked: Question) -> list[Test]:
    tests: list[Test] = []
    if asked.updated_since is not None:
        tests.append(stamped_since("SecDateTEdit", asked.updated_since))
    if asked.is_active is not None:
        today = asked.today.isoformat()
        tests.append(is_each(lambda row, scene: _covers(row, scene, today), asked.is_active))
    return tests


def _covers(row: Row, scene: Scene, today: str) -> bool:
    begins = insurance.effective_date(row, scene) or ""
    ends = insurance.expiration_date(row, scene) or today
    return begins <= today <= ends
