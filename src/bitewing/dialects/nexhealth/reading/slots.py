"""Slots: when a provider could see somebody (GET /available_slots; v2 /appointment_slots).

A slot is a time within a provider's shift at which a room of the shift and the provider are free
for long enough, and no blockout stands there. On days that the practice marks as closed there
are none. What is asked for here and is to be written takes its place at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.office_time import to_utc, write_offset
from bitewing.dialects.nexhealth.reading.listing import every_row, keys_of, rows_between
from bitewing.dialects.nexhealth.rules.span import A_LETTER
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.ports.album import Album

DEFAULT_MINUTES = 15
FURTHEST_DAYS = 180
"""So far ahead ``next_available_date`` is looked for (NexHealth, "Available Slots")."""
_PRACTICE, _PROVIDER, _BLOCKOUT = 0, 1, 2  # schedule.SchedType
_CLOSED = {1, 2}  # schedule.Status: closed, holiday
_BOOKED = {1, 2}  # appointment.AptStatus: scheduled, complete

Span = tuple[datetime, datetime]
"""From and to, on the office's wall clock."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; our ids. () asks for all.

    Attributes:
        minutes, every: how long a slot is, and how far apart their beginnings are.
        overlaps: whether a time that is free in several rooms is given for each of them.
    """

    first: date
    days: int
    locations: Sequence[int]
    providers: Sequence[int] = ()
    operatories: Sequence[int] = ()
    minutes: int = DEFAULT_MINUTES
    every: int = DEFAULT_MINUTES
    overlaps: bool = False


@dataclass(slots=True)
class _Shift:
    provider: int
    span: Span
    rooms: Sequence[int]


@dataclass(slots=True)
class _Book:
    """What stands in a practice's book from one day on."""

    shifts: dict[date, list[_Shift]]
    closed: set[date]
    rooms_taken: dict[tuple[int, date], list[Span]]
    providers_taken: dict[tuple[int, date], list[Span]]


def find_slots(
    albums: Sequence[Album], customs: Customs, asked: Question, *, now: datetime
) -> list[dict[str, Any]]:
    """Give one entry for each Location and provider."""
    found = []
    for album in albums:
        scene = Scene(album, customs)
        clinics = {
            location: keys[0]
            for location in asked.locations
            if (keys := keys_of(album, "Location", [location]))
        }
        if clinics:
            book = _open(album, scene, asked)
            for location, clinic in clinics.items():
                for provider in _providers(album, scene, asked):
                    finder = _Finder(scene, asked, book, clinic, now)
                    found.append(finder.entry(location, provider))
    return found


@dataclass(frozen=True, slots=True)
class _Finder:
    scene: Scene
    asked: Question
    book: _Book
    clinic: int
    now: datetime

    def entry(self, location: int, provider: int) -> dict[str, Any]:
        days = [self.asked.first + timedelta(days=n) for n in range(self.asked.days)]
        slots = [slot for day in days for slot in self._on(day, provider)]
        return {
            "lid": location,
            "pid": self.scene.id_of("Provider", provider),
            "slots": slots,
            "next_available_date": None if slots else self._next(days[-1], provider),
        }

    def _next(self, last: date, provider: int) -> str | None:
        for n in range(1, FURTHEST_DAYS + 1):
            day = last + timedelta(days=n)
            if next(self._on(day, provider), None) is not None:
                return day.isoformat()
        return None

    def _on(self, day: date, provider: int) -> Iterator[dict[str, Any]]:
        shifts = [] if day in self.book.closed else self.book.shifts.get(day, [])
        zone = self.scene.office.zone_of(self.clinic)
        seen: set[datetime] = set()
        for shift in shifts:
            if shift.provider != provider:
                continue
            for at, room in self._free(day, shift):
                begins_at = to_utc(at, zone)
                if begins_at <= self.now or (at in seen and not self.asked.overlaps):
                    continue
                seen.add(at)
                length = timedelta(minutes=self.asked.minutes)
                yield {
                    "time": _written(at, write_offset(begins_at, zone)),
                    "end_time": _written(at + length, write_offset(begins_at + length, zone)),
                    "operatory_id": self.scene.id_of("Operatory", room),
                    "provider_id": self.scene.id_of("Provider", provider),
                }

    def _free(self, day: date, shift: _Shift) -> Iterator[tuple[datetime, int]]:
        length = timedelta(minutes=self.asked.minutes)
        at = shift.span[0]
        busy = self.book.providers_taken.get((shift.provider, day), [])
        while at + length <= shift.span[1]:
            for room in shift.rooms:
                taken = [*busy, *self.book.rooms_taken.get((room, day), [])]
                if self._is_here(room) and not _meets((at, at + length), taken):
                    yield at, room
            at += timedelta(minutes=self.asked.every)

    def _is_here(self, room: int) -> bool:
        row = self.scene.row("Operatory", room)
        return not cells.flag(row.get("IsHidden")) and self.clinic in {
            0,
            cells.whole(row.get("ClinicNum")),
        }


def _providers(album: Album, scene: Scene, asked: Question) -> list[int]:
    if asked.providers:
        return keys_of(album, "Provider", asked.providers)
    return [
        cells.whole(row.get("ProvNum"))
        for row in scene.every("Provider")
        if not cells.flag(row.get("IsHidden"))
    ]


def _open(album: Album, scene: Scene, asked: Question) -> _Book:
    book = _Book({}, set(), {}, {})
    wanted = set(keys_of(album, "Operatory", asked.operatories))
    own = _own_rooms(scene)
    for record in every_row(album, "Schedule"):
        row, rooms = record.native, _numbers(record.derived.get("operatories", ""))
        day = cells.day(row.get("SchedDate"))
        if day is not None and date.fromisoformat(day) >= asked.first:
            _enter_schedule(
                book, row, day=date.fromisoformat(day), rooms=rooms, own=own, wanted=wanted
            )
    low = int(f"{asked.first:%Y%m%d}000000")
    for record in rows_between(album, "Appointment", "AptDateTime", low, 99991231235959):
        _enter_appointment(book, record.native)
    for write in album.drafts(WriteKind.APPOINTMENT):
        if write.state is not WriteState.DRAFT:
            _enter_draft(book, write)
    return book


def _enter_schedule(
    book: _Book,
    row: Row,
    *,
    day: date,
    rooms: Sequence[int],
    own: dict[int, list[int]],
    wanted: set[int],
) -> None:
    kind, provider = cells.whole(row.get("SchedType")), cells.whole(row.get("ProvNum"))
    span = _at(day, row.get("StartTime")), _at(day, row.get("StopTime"))
    if kind == _PRACTICE and cells.whole(row.get("Status")) in _CLOSED:
        book.closed.add(day)
    elif kind == _PROVIDER:
        usable = [room for room in rooms or own.get(provider, []) if not wanted or room in wanted]
        book.shifts.setdefault(day, []).append(_Shift(provider, span, usable))
    elif kind == _BLOCKOUT:
        for room in rooms:
            book.rooms_taken.setdefault((room, day), []).append(span)


def _enter_appointment(book: _Book, row: Row) -> None:
    begins_at = cells.wall(row.get("AptDateTime"))
    if begins_at is None or cells.whole(row.get("AptStatus")) not in _BOOKED:
        return
    span = begins_at, begins_at + A_LETTER * len(row.get("Pattern") or b"")
    day = begins_at.date()
    book.rooms_taken.setdefault((cells.whole(row.get("Op")), day), []).append(span)
    column = "ProvHyg" if cells.flag(row.get("IsHygiene")) else "ProvNum"
    book.providers_taken.setdefault((cells.whole(row.get(column)), day), []).append(span)


def _enter_draft(book: _Book, write: PendingWrite) -> None:
    kept, zone = write.shown, ZoneInfo(write.shown["zone"])
    ends = (
        datetime.fromisoformat(kept[name]).astimezone(zone) for name in ("starts_at", "ends_at")
    )
    begin, end = (one.replace(tzinfo=None) for one in ends)
    for taken, number in (
        (book.rooms_taken, write.wish["operatory"]),
        (book.providers_taken, write.wish["provider"]),
    ):
        taken.setdefault((number, begin.date()), []).append((begin, end))


def _own_rooms(scene: Scene) -> dict[int, list[int]]:
    """Give for each provider the rooms that are usually theirs."""
    found: dict[int, list[int]] = {}
    for row in scene.every("Operatory"):
        column = "ProvHygienist" if cells.flag(row.get("IsHygiene")) else "ProvDentist"
        rooms = found.setdefault(cells.whole(row.get(column)), [])
        rooms.append(cells.whole(row.get("OperatoryNum")))
    return found


def _at(day: date, time: bytes | None) -> datetime:
    written = f"{day.isoformat()} {(time or b'00:00:00').decode().zfill(8)[:8]}".encode()
    return cells.wall(written) or datetime.combine(day, datetime.min.time())


def _numbers(listed: str) -> list[int]:
    return [int(one) for one in listed.split(",") if one.strip().isdecimal()]


def _meets(span: Span, taken: Sequence[Span]) -> bool:
    return any(span[0] < end and begin < span[1] for begin, end in taken)


def _written(at: datetime, offset: str) -> str:
    """Write a slot's time with its offset: ``2026-03-09T09:00:00.000-04:00``."""
    sign, rest = offset[0], offset[1:]
    return f"{at.isoformat(timespec='milliseconds')}{sign}{rest.zfill(5)}"
