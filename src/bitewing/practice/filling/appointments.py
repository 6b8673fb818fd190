"""The appointments' rows, with their history and the procedures that belong to them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bitewing.practice import definitions, moments
from bitewing.practice.database import Value
from bitewing.practice.filling.calendar import Visit
from bitewing.practice.filling.office import USERS, Office
from bitewing.practice.filling.procedures import Procedure
from bitewing.practice.filling.writing import Row
from bitewing.practice.words import AptStatus, HistoryAction

NOTES = ("", "", "", "", "", "Prefers mornings", "Nervous, take time", "Bring retainer",
         "Confirm by text", "Needs interpreter")  # fmt: skip
SOONER = 40
"""One appointment in so many wants to come sooner."""


def rows(office: Office, booked: Sequence[Visit]) -> Iterator[Row]:
    """Give the rows of the appointments that have not been deleted."""
    return (row(office, visit) for visit in booked if not visit.is_removed)


def row(office: Office, visit: Visit) -> dict[str, Value]:
    """Give one appointment's row."""
    hygienist = visit.chair.hygienist
    is_unscheduled = visit.status is AptStatus.UNSCHEDULED_LIST
    return {
        "AptNum": visit.number,
        "PatNum": visit.person.number,
        "AptStatus": visit.status,
        "Pattern": visit.kind.pattern,
        "Confirmed": visit.confirmed,
        "TimeLocked": 0,
        "Op": visit.chair.operatory,
        "Note": NOTES[visit.number % len(NOTES)],
        "ProvNum": visit.chair.dentist,
        "ProvHyg": hygienist,
        "AptDateTime": moments.moment(visit.starts_at),
        "NextAptNum": 0,
        "UnschedStatus": definitions.NEEDS_RECALL_CALL if is_unscheduled else 0,
        "IsNewPatient": int(visit.is_new),
        "ProcDescript": visit.kind.description,
        "ClinicNum": visit.chair.clinic,
        "IsHygiene": int(visit.chair.is_hygiene),
        "DateTStamp": office.stamp(visit.touched_at),
        **_times(visit),
        "InsPlan1": visit.person.plan,
        "InsPlan2": 0,
        "DateTimeAskedToArrive": moments.NO_MOMENT,
        "ProcsColored": "",
        "ColorOverride": 0,
        "AppointmentTypeNum": visit.kind.number,
        "SecUserNumEntry": 1 + visit.number % USERS,
        "SecDateTEntry": moments.moment(visit.booked_at),
        "Priority": int(visit.number % SOONER == 0),
        "ProvBarText": "",
        "PatternSecondary": "",
    }


def planned(office: Office, procedures: Sequence[Procedure]) -> Iterator[Row]:
    """Give the planned appointments, which have no time and no room yet."""
    for done in procedures:
        if done.planned_visit:
            yield {
                "AptNum": done.planned_visit,
                "PatNum": done.person.number,
                "AptStatus": AptStatus.PLANNED,
                "Pattern": "/XXXXXX/",
                "Confirmed": definitions.NOT_CALLED,
                "Note": "",
                "ProvNum": done.provider,
                "AptDateTime": moments.NO_MOMENT,
                "ProcDescript": done.code.short,
                "ClinicNum": done.clinic,
                "DateTStamp": office.stamp(done.touched_at),
                "DateTimeArrived": moments.NO_MOMENT,
                "DateTimeSeated": moments.NO_MOMENT,
                "DateTimeDismissed": moments.NO_MOMENT,
                "SecUserNumEntry": 1,
                "SecDateTEntry": moments.moment(done.entered_at),
                "ItemOrderPlanned": 1,
            }


def histories(office: Office, booked: Sequence[Visit]) -> Iterator[Row]:
    """Give what was done to each appointment, in the order in which it was done."""
    entries: list[tuple[datetime, int, HistoryAction, Visit]] = []
    for visit in booked:
        entries += [(at, visit.number, action, visit) for at, action in _deeds(visit)]
    entries.sort(key=lambda entry: entry[:3])
    for number, (at, _, action, visit) in enumerate(entries, start=1):
        copied = row(office, visit)
        if action is HistoryAction.CREATED:
            copied |= {"AptStatus": AptStatus.SCHEDULED, "Confirmed": definitions.NOT_CALLED}
        yield copied | {
            "HistApptNum": number,
            "HistUserNum": 1 + number % USERS,
            "HistDateTStamp": moments.moment(min(at, office.closed_at)),
            "HistApptAction": action,
            "ApptSource": 0,
            "DateTStamp": office.stamp(at),
        }


def _times(visit: Visit) -> dict[str, Value]:
    unset = moments.midnight(visit.starts_at.date())
    if visit.status is not AptStatus.COMPLETE:
        return dict.fromkeys(("DateTimeArrived", "DateTimeSeated", "DateTimeDismissed"), unset)
    arrived_at = visit.starts_at - timedelta(minutes=visit.number % 14)
    return {
        "DateTimeArrived": moments.moment(arrived_at),
        "DateTimeSeated": moments.moment(visit.starts_at + timedelta(minutes=visit.number % 5)),
        "DateTimeDismissed": moments.moment(visit.touched_at),
    }


def _deeds(visit: Visit) -> Iterator[tuple[datetime, HistoryAction]]:
    yield visit.booked_at, HistoryAction.CREATED
    if visit.is_removed:
        yield visit.touched_at, HistoryAction.DELETED
    elif visit.status is AptStatus.BROKEN:
        is_missed = visit.number % 3 == 0
        yield visit.touched_at, HistoryAction.MISSED if is_missed else HistoryAction.CANCELLED
    elif visit.touched_at > visit.booked_at:
        yield visit.touched_at, HistoryAction.CHANGED
