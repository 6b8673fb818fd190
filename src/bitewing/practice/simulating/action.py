"""An Action: one thing that somebody in the office did, and the row it was done to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ActionKind(StrEnum):
    """What was done."""

    BOOKED = "booked"
    MOVED = "moved"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    SEATED = "seated"
    COMPLETED = "completed"
    BROKEN = "broken"
    DELETED = "deleted"
    PATIENT_ADDED = "patient added"
    PATIENT_EDITED = "patient edited"
    PAID = "paid"
    FIELD_WRITTEN = "field written"
    FIELD_CLEARED = "field cleared"
    TOOTH_MARKED = "tooth marked"
    TOOTH_CLEARED = "tooth cleared"
    SCHEDULE_ADDED = "schedule added"
    SCHEDULE_CHANGED = "schedule changed"
    SCHEDULE_REMOVED = "schedule removed"
    ROOMS_CHANGED = "rooms changed"
    OPERATORY_EDITED = "operatory edited"
    PROVIDER_EDITED = "provider edited"
    COVERAGE_ADDED = "coverage added"
    COVERAGE_DROPPED = "coverage dropped"
    COVERAGE_EDITED = "coverage edited"
    FORM_FILLED = "form filled"


@dataclass(frozen=True, slots=True)
class Action:
    """What was done, when, and to which row.

    Attributes:
        at: aware, UTC.
        table, number: the row that tells it best, by its primary key; others may have moved
            with it.
        summary: plain words without any patient's name.
    """

    at: datetime
    kind: ActionKind
    table: str
    number: int
    summary: str
