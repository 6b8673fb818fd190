"""FakeWriter: a practice's book in memory that is written into through the Writer port."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bitewing.model.writing import (
    Booking,
    Found,
    NewPatient,
    Paper,
    Refused,
    Result,
    Unavailable,
    Unknown,
    Written,
)

SHORTEST = 20
"""Minutes that an appointment without a length takes."""


@dataclass
class FakeWriter:
    """A Writer whose practice is a few lists.

    Attributes:
        patients, providers, operatories: the numbers that exist.
        hidden: providers who are.
        mishaps: what befalls the next writes, one each: Unavailable before anything is done,
            Unknown after it was done (the answer was lost).
        calls: the names of all calls, oldest first.
    """

    source: str = "main-office"
    patients: set[int] = field(default_factory=lambda: set(range(1, 26)))
    providers: set[int] = field(default_factory=lambda: {1, 2, 3, 4})
    operatories: set[int] = field(default_factory=lambda: {1, 2, 3, 4})
    hidden: set[int] = field(default_factory=set)
    mishaps: deque[Unavailable | Unknown] = field(default_factory=deque)
    booked: dict[int, Booking] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    confirmed: set[int] = field(default_factory=set)
    arrived: dict[int, datetime] = field(default_factory=dict)
    people: dict[int, NewPatient] = field(default_factory=dict)
    papers: dict[int, Paper] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    away: Unavailable | None = None
    _last: int = 1000

    async def close(self) -> None:
        self.calls.append("close")

    async def check_in(self) -> Unavailable | None:
        self.calls.append("check_in")
        return self.away

    async def book(self, booking: Booking) -> Result:
        return self._write("book", lambda: self._book(booking))

    async def find_booking(self, booking: Booking) -> Found:
        self.calls.append("find_booking")
        for number, known in self.booked.items():
            same = (known.patient, known.operatory, known.starts_at) == (
                booking.patient,
                booking.operatory,
                booking.starts_at,
            )
            if same and number not in self.cancelled:
                return Written(number)
        return self.away

    async def cancel(self, appointment: int) -> Result:
        return self._write("cancel", lambda: self._mark(appointment, self.cancelled))

    async def confirm(self, appointment: int) -> Result:
        return self._write("confirm", lambda: self._mark(appointment, self.confirmed))

    async def arrive(self, appointment: int, at: datetime, zone: ZoneInfo | None = None) -> Result:
        def deed() -> Result:
            if appointment not in self.booked:
                return Refused("Appointment not found")
            self.arrived[appointment] = at if zone is None else at.astimezone(zone)
            return Written(appointment)

        return self._write("arrive", deed)

    async def add_patient(self, patient: NewPatient) -> Result:
        return self._write("add_patient", lambda: self._add(patient))

    async def find_patient(self, patient: NewPatient) -> Found:
        self.calls.append("find_patient")
        for number, known in self.people.items():
            if _who(known) == _who(patient):
                return Written(number)
        return self.away

    async def file_paper(self, paper: Paper) -> Result:
        def deed() -> Result:
            if paper.patient not in self.patients:
                return Refused("Patient not found")
            self.papers[self._next()] = paper
            return Written(self._last)

        return self._write("file_paper", deed)

    async def find_paper(self, paper: Paper) -> Found:
        self.calls.append("find_paper")
        for number, known in self.papers.items():
            if (known.patient, known.title, known.made_at) == (
                paper.patient,
                paper.title,
                paper.made_at,
            ):
                return Written(number)
        return self.away

    def _write(self, name: str, deed: Callable[[], Result]) -> Result:
        self.calls.append(name)
        mishap = self.mishaps.popleft() if self.mishaps else self.away
        if isinstance(mishap, Unavailable):
            return mishap
        result = deed()
        return mishap if mishap is not None else result

    def _book(self, booking: Booking) -> Result:
        for number, known, noun in (
            (booking.patient, self.patients, "Patient"),
            (booking.operatory, self.operatories, "Operatory"),
            (booking.provider, self.providers, "Provider"),
        ):
            if number not in known:
                return Refused(f"{noun} not found")
        if booking.provider in self.hidden:
            return Refused("Provider is hidden.")
        if any(self._overlap(booking, number) for number in self.booked):
            return Refused("Appointment overlaps existing appointment.")
        self.booked[self._next()] = booking
        return Written(self._last)

    def _overlap(self, booking: Booking, number: int) -> bool:
        other = self.booked[number]
        if number in self.cancelled or other.operatory != booking.operatory:
            return False
        return booking.starts_at < _end(other) and other.starts_at < _end(booking)

    def _mark(self, appointment: int, marked: set[int]) -> Result:
        if appointment not in self.booked:
            return Refused("Appointment not found")
        marked.add(appointment)
        return Written(appointment)

    def _add(self, patient: NewPatient) -> Result:
        if any(_who(known) == _who(patient) for known in self.people.values()):
            return Refused("Patient already exists.")
        self.people[self._next()] = patient
        self.patients.add(self._last)
        return Written(self._last)

    def _next(self) -> int:
        self._last += 1
        return self._last


def _end(booking: Booking) -> datetime:
    return booking.starts_at + timedelta(minutes=booking.minutes or SHORTEST)


def _who(patient: NewPatient) -> tuple[object, ...]:
    return patient.last_name.lower(), patient.first_name.lower(), patient.born_on
