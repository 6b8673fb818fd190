"""The office: how many rooms and staff it has, and which days it has been open."""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bitewing.practice import moments

CLINICS = 2
USERS = 5
PATIENTS_PER_CHAIR = 850
FEWEST_CHAIRS = 4
YEARS_BACK = timedelta(days=730)
BOOKED_AHEAD = timedelta(days=120)
CLOSING = time(17, 0)
SATURDAY = 5
HOLIDAYS = frozenset({(1, 1), (7, 4), (12, 24), (12, 25), (12, 31)})


@dataclass(frozen=True, slots=True)
class Chair:
    """An operatory with those who work in it, by their numbers."""

    operatory: int
    clinic: int
    dentist: int
    hygienist: int
    is_hygiene: bool


@dataclass(frozen=True, slots=True)
class Office:
    """What everything else in the practice is planned around.

    Attributes:
        today: the day that is about to begin; nothing has been touched on it yet.
        dentists, hygienists: provider numbers.
    """

    seed: int
    patients: int
    today: date
    zone: ZoneInfo
    chairs: tuple[Chair, ...]
    dentists: tuple[int, ...]
    hygienists: tuple[int, ...]

    @property
    def plans(self) -> int:
        """How many insurance plans it knows."""
        return max(6, self.patients // 25)

    @property
    def opened_on(self) -> date:
        """The first day of which anything is kept."""
        return self.today - YEARS_BACK

    @property
    def opened_at(self) -> datetime:
        """When the first things were written, on the office's wall clock."""
        return datetime.combine(self.opened_on, time(7, 30))

    @property
    def closed_at(self) -> datetime:
        """When the office closed yesterday, on its wall clock: nothing was touched since."""
        return datetime.combine(self.today - timedelta(days=1), CLOSING)

    def random(self, purpose: str) -> Random:
        """Give dice of our own for one purpose, so that one part does not disturb another."""
        return Random(f"{self.seed} {purpose}")

    def stamp(self, wall: datetime) -> str:
        """Give the stamp of a row that was last touched then, never later than yesterday."""
        return moments.stamp(min(wall, self.closed_at), self.zone)

    def workdays(self) -> list[date]:
        """Give every day on which patients come, from the first to the last one booked."""
        span = (YEARS_BACK + BOOKED_AHEAD).days
        days = (self.opened_on + timedelta(days=n) for n in range(span + 1))
        return [day for day in days if is_workday(day)]


def is_workday(day: date) -> bool:
    """Whether the office opens: Monday to Friday but for a few holidays."""
    return day.weekday() < SATURDAY and (day.month, day.day) not in HOLIDAYS


def plan(*, seed: int, patients: int, today: date, zone: ZoneInfo) -> Office:
    """Give an office of the right size for so many patients."""
    rooms = max(FEWEST_CHAIRS, math.ceil(patients / PATIENTS_PER_CHAIR))
    dentists = tuple(range(1, 1 + max(2, rooms // 4)))
    hygienists = tuple(range(len(dentists) + 1, len(dentists) + 1 + rooms // 2))
    chairs = tuple(
        Chair(
            operatory=n + 1,
            clinic=1 + n * CLINICS // rooms,
            dentist=dentists[n * len(dentists) // rooms],
            hygienist=hygienists[n // 2 % len(hygienists)] if n % 2 else 0,
            is_hygiene=bool(n % 2),
        )
        for n in range(rooms)
    )
    return Office(seed, patients, today, zone, chairs, dentists, hygienists)
