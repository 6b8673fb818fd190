"""The calendar: every visit of two years and of the months to come, on paper before any row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from bitewing.practice import definitions, visits
from bitewing.practice.filling.families import Person
from bitewing.practice.filling.office import CLOSING, Chair, Office
from bitewing.practice.visits import VisitKind
from bitewing.practice.words import AptStatus, PatStatus

VISITS_PER_PERSON = 4.4
VISITS_PER_CHAIR_DAY = 8
OPENING = time(8, 0)
LUNCH = (time(12, 0), time(13, 0))
COMING = frozenset({PatStatus.PATIENT, PatStatus.PROSPECTIVE})
REMOVED = 0.02
PAST = (AptStatus.COMPLETE, AptStatus.BROKEN, AptStatus.UNSCHEDULED_LIST)
PAST_WEIGHTS = (88, 9, 3)
SOON = timedelta(days=7)
CALLED_SOON, CALLED_EARLY = 0.8, 0.15
FULLEST = 0.97


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment.

    Attributes:
        number: AptNum; the order in which they were booked.
        starts_at, booked_at, touched_at: the office's wall clock.
        is_removed: it has been deleted; only its history is left.
    """

    number: int
    person: Person
    chair: Chair
    kind: VisitKind
    starts_at: datetime
    booked_at: datetime
    touched_at: datetime
    status: AptStatus
    confirmed: int
    is_new: bool
    is_removed: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A visit before it is known what became of it."""

    booked_at: datetime
    starts_at: datetime
    chair: Chair
    kind: VisitKind
    person: Person
    is_new: bool


def plan(office: Office, people: Sequence[Person]) -> list[Visit]:
    """Give all visits in the order in which they were booked; none overlaps in its room."""
    dice = office.random("calendar")
    drafts: list[Draft] = []
    turns = _turns(people, dice)
    greeted = {person.number for person in people if person.joined_on < office.opened_on}
    for chair, kind, starts_at in _slots(office, len(people), dice):
        person = next(turns)
        if person.joined_on > starts_at.date():
            continue
        is_new = person.number not in greeted
        greeted.add(person.number)
        fitting = _suitable(kind, person, starts_at, is_new=is_new)
        booked_at = _booked_at(office, person, starts_at, dice)
        drafts.append(Draft(booked_at, starts_at, chair, fitting, person, is_new))
    drafts.sort(key=lambda draft: (draft.booked_at, draft.starts_at, draft.chair.operatory))
    return [_visit(office, number, draft, dice) for number, draft in enumerate(drafts, start=1)]


def _slots(
    office: Office, people: int, dice: Random
) -> Iterator[tuple[Chair, VisitKind, datetime]]:
    days = office.workdays()
    room = len(days) * len(office.chairs) * VISITS_PER_CHAIR_DAY
    chance = min(FULLEST, people * VISITS_PER_PERSON / room)
    for day in days:
        for chair in office.chairs:
            yield from _chair_day(chair, day, chance, dice)


def _chair_day(
    chair: Chair, day: date, chance: float, dice: Random
) -> Iterator[tuple[Chair, VisitKind, datetime]]:
    kinds = visits.HYGIENE_KINDS if chair.is_hygiene else visits.TREATMENT_KINDS
    weights = [kind.weight for kind in kinds]
    closing = datetime.combine(day, CLOSING)
    lunch_from, lunch_to = (datetime.combine(day, edge) for edge in LUNCH)
    at = datetime.combine(day, OPENING)
    while True:
        kind = dice.choices(kinds, weights)[0]
        until = at + timedelta(minutes=kind.minutes)
        if at < lunch_to and until > lunch_from:
            at = lunch_to
            continue
        if until > closing:
            return
        if dice.random() < chance:
            yield chair, kind, at
        at = until


def _turns(people: Sequence[Person], dice: Random) -> Iterator[Person]:
    """Deal out the people who come, everybody once before anybody twice."""
    coming = [person for person in people if person.status in COMING] or list(people)
    while True:
        dice.shuffle(coming)
        yield from coming


def _suitable(kind: VisitKind, person: Person, starts_at: datetime, *, is_new: bool) -> VisitKind:
    """Exchange a kind for one that fits the person and takes no longer."""
    fits_new = kind.minutes >= visits.NEW_PATIENT.minutes
    if is_new and kind.is_hygiene and fits_new:
        return visits.NEW_PATIENT
    if kind.is_hygiene and person.is_child(starts_at.date()):
        return visits.CHILD_RECALL
    return kind


def _booked_at(office: Office, person: Person, starts_at: datetime, dice: Random) -> datetime:
    day = starts_at.date() - timedelta(days=dice.choice((0, 1, 3, 10, 30, 60, 90, 180)))
    earliest = max(datetime.combine(person.joined_on, OPENING), office.opened_at)
    latest = min(starts_at - timedelta(minutes=30), office.closed_at)
    return min(latest, max(earliest, _office_hour(day, dice)))


def _office_hour(day: date, dice: Random) -> datetime:
    return datetime.combine(day, OPENING) + timedelta(minutes=dice.randrange(540))


def _visit(office: Office, number: int, draft: Draft, dice: Random) -> Visit:
    is_past = draft.starts_at.date() < office.today
    status = dice.choices(PAST, PAST_WEIGHTS)[0] if is_past else AptStatus.SCHEDULED
    is_removed = dice.random() < REMOVED and status is not AptStatus.COMPLETE
    is_near = draft.starts_at - office.closed_at < SOON
    called = is_past or dice.random() < (CALLED_SOON if is_near else CALLED_EARLY)
    touched_at = draft.booked_at
    if status is AptStatus.COMPLETE:
        delay_minutes = draft.kind.minutes + dice.randrange(20)
        touched_at = draft.starts_at + timedelta(minutes=delay_minutes)
    elif called:
        latest = min(draft.starts_at, office.closed_at)
        touched_at = max(touched_at, min(latest, _office_hour(latest.date(), dice)))
    return Visit(
        number=number,
        person=draft.person,
        chair=draft.chair,
        kind=draft.kind,
        starts_at=draft.starts_at,
        booked_at=draft.booked_at,
        touched_at=touched_at,
        status=status,
        confirmed=_confirmed(status, dice, called=called),
        is_new=draft.is_new,
        is_removed=is_removed,
    )


def _confirmed(status: AptStatus, dice: Random, *, called: bool) -> int:
    if not called:
        return definitions.NOT_CALLED
    if status is AptStatus.COMPLETE:
        return definitions.CONFIRMED
    return dice.choice(definitions.CONFIRMATIONS[1:])
