"""The procedures: what is done at each visit, what is planned, what insurance may pay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from bitewing.practice import definitions, moments, visits
from bitewing.practice.filling.calendar import Visit
from bitewing.practice.filling.families import Person
from bitewing.practice.filling.office import USERS, Office
from bitewing.practice.filling.writing import Row
from bitewing.practice.visits import Code
from bitewing.practice.words import AptStatus, ProcStatus

ESTIMATE = 6
PERCENT = 80
PLANNED_SHARE = 0.1
SURFACES = ("O", "MO", "DO", "MOD", "B")


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure, done or planned.

    Attributes:
        visit: the AptNum of the visit it belongs to; 0 if none is made yet.
        planned_visit: the AptNum of the planned appointment that waits for it; 0 if none does.
    """

    number: int
    person: Person
    visit: int
    planned_visit: int
    code: Code
    status: ProcStatus
    provider: int
    clinic: int
    day: date
    entered_at: datetime
    touched_at: datetime
    tooth: str
    surface: str


def plan(office: Office, people: Sequence[Person], booked: Sequence[Visit]) -> list[Procedure]:
    """Give the procedures of all visits, then treatment that is planned without one."""
    dice = office.random("procedures")
    kept = [visit for visit in booked if not visit.is_removed]
    pairs = [(visit, code) for visit in kept for code in visit.kind.codes]
    done = [_at_visit(n, visit, code, dice) for n, (visit, code) in enumerate(pairs, start=1)]
    waiting = [person for person in people if dice.random() < PLANNED_SHARE]
    return done + [
        _planned(office, len(done) + n, person, len(booked) + n, dice)
        for n, person in enumerate(waiting, start=1)
    ]


def rows(office: Office, procedures: Sequence[Procedure]) -> Iterator[Row]:
    """Give their rows."""
    for done in procedures:
        is_complete = done.status is ProcStatus.COMPLETE
        yield {
            "ProcNum": done.number,
            "PatNum": done.person.number,
            "AptNum": done.visit,
            "ProcDate": done.day.isoformat(),
            "ProcFee": done.code.fee,
            "Surf": done.surface,
            "ToothNum": done.tooth,
            "ToothRange": "",
            "Priority": 0 if is_complete else definitions.URGENT,
            "ProcStatus": done.status,
            "ProvNum": done.provider,
            "Dx": 0,
            "PlannedAptNum": done.planned_visit,
            "DateEntryC": done.day.isoformat() if is_complete else moments.NO_DAY,
            "ClinicNum": done.clinic,
            "CodeNum": done.code.number,
            "UnitQty": 1,
            "DateTP": done.entered_at.date().isoformat(),
            "DateTStamp": office.stamp(done.touched_at),
            "SecUserNumEntry": 1 + done.number % USERS,
            "SecDateEntry": moments.moment(done.entered_at),
            "DateComplete": done.day.isoformat() if is_complete else moments.NO_DAY,
        }


def estimates(office: Office, procedures: Sequence[Procedure]) -> Iterator[Row]:
    """Give what the insurance of those who have one may pay for what is still planned."""
    number = 0
    for done in procedures:
        if done.status is not ProcStatus.PLANNED or not done.person.subscription:
            continue
        number += 1
        expected = done.code.fee * PERCENT / 100
        yield {
            "ClaimProcNum": number,
            "ProcNum": done.number,
            "PatNum": done.person.number,
            "ProvNum": done.provider,
            "FeeBilled": done.code.fee,
            "Status": ESTIMATE,
            "PlanNum": done.person.plan,
            "InsSubNum": done.person.subscription,
            "DateCP": done.day.isoformat(),
            "Percentage": PERCENT,
            "BaseEst": expected,
            "InsPayEst": expected,
            "InsEstTotal": expected,
            "ProcDate": done.day.isoformat(),
            "ClinicNum": done.clinic,
            "SecUserNumEntry": 1,
            "SecDateEntry": done.entered_at.date().isoformat(),
            "SecDateTEdit": office.stamp(done.touched_at),
        }


def _at_visit(number: int, visit: Visit, code: Code, dice: Random) -> Procedure:
    is_done = visit.status is AptStatus.COMPLETE
    tooth, surface = _tooth(code, dice)
    return Procedure(
        number=number,
        person=visit.person,
        visit=visit.number,
        planned_visit=0,
        code=code,
        status=ProcStatus.COMPLETE if is_done else ProcStatus.PLANNED,
        provider=(visit.chair.hygienist if code.is_hygiene else 0) or visit.chair.dentist,
        clinic=visit.chair.clinic,
        day=visit.starts_at.date(),
        entered_at=visit.booked_at,
        touched_at=visit.touched_at if is_done else visit.booked_at,
        tooth=tooth,
        surface=surface,
    )


def _planned(
    office: Office, number: int, person: Person, planned_visit: int, dice: Random
) -> Procedure:
    since = max(person.joined_on, office.opened_on)
    day = since.fromordinal(dice.randint(since.toordinal(), office.closed_at.toordinal()))
    entered_at = datetime.combine(day, time(11))
    code = dice.choice((visits.FILLING, visits.CROWN, visits.LARGE_FILLING, visits.SEALANT))
    tooth, surface = _tooth(code, dice)
    return Procedure(
        number=number,
        person=person,
        visit=0,
        planned_visit=planned_visit,
        code=code,
        status=ProcStatus.PLANNED,
        provider=person.dentist,
        clinic=person.clinic,
        day=day,
        entered_at=entered_at,
        touched_at=entered_at,
        tooth=tooth,
        surface=surface,
    )


def _tooth(code: Code, dice: Random) -> tuple[str, str]:
    if code.area != visits.TOOTH_AREA:
        return "", ""
    has_surface = code in {visits.FILLING, visits.LARGE_FILLING, visits.AMALGAM}
    return str(dice.randint(2, 31)), dice.choice(SURFACES) if has_surface else ""
