"""OpenDentalWriter: the Writer port over Open Dental's REST API."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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
from bitewing.sources.opendental.writing import wording
from bitewing.sources.opendental.writing.hearing import Heard, Meaning
from bitewing.sources.opendental.writing.line import Line

PAGE = 100
"""The most that Remote mode gives at once (API Implementation page, Pagination)."""
ODD = "The answer of Open Dental's API does not say what was written."

Shown = Mapping[str, Any]
"""One element of a list."""


@dataclass(frozen=True, slots=True)
class OpenDentalWriter:
    """Writes into one practice; see the port ``Writer``.

    Attributes:
        zone: the office's, in which the API's moments are meant.
    """

    source: str
    zone: ZoneInfo
    line: Line

    async def close(self) -> None:
        """Give connections back."""
        await self.line.close()

    async def check_in(self) -> Unavailable | None:
        """Ask for something small that every office has."""
        heard = await self.line.get("operatories", {"Limit": "1"})
        if isinstance(heard, Heard):
            return None
        return heard if isinstance(heard, Unavailable) else Unavailable(heard.reason)

    async def book(self, booking: Booking) -> Result:
        """POST appointments."""
        body = wording.appointment(booking, self.zone)
        return _written(await self.line.post("appointments", body), "AptNum")

    async def find_booking(self, booking: Booking) -> Found:
        """GET appointments of that patient on that day."""
        asked = {
            "PatNum": str(booking.patient),
            "date": wording.wall(booking.starts_at, booking.zone or self.zone)[:10],
        }
        return await self._search(
            "appointments",
            asked,
            lambda shown: wording.is_booking(shown, booking, self.zone),
            "AptNum",
        )

    async def cancel(self, appointment: int) -> Result:
        """PUT Break, and leave it in its place: there it says that it was cancelled."""
        path = f"appointments/{appointment}"
        result = _changed(
            await self.line.put(f"{path}/Break", {"sendToUnscheduledList": "false"}), appointment
        )
        if isinstance(result, Refused):
            shown = await self.line.get(path)
            if isinstance(shown, Heard) and _status(shown) in {"Broken", "UnschedList"}:
                return Written(appointment)
        return result

    async def confirm(self, appointment: int) -> Result:
        """PUT Confirm, with the status that the office itself has chosen for it."""
        heard = await self.line.put(
            f"appointments/{appointment}/Confirm", {"confirmVal": "Confirmed"}
        )
        return _changed(heard, appointment)

    async def arrive(self, appointment: int, at: datetime, zone: ZoneInfo | None = None) -> Result:
        """PUT the time at which the patient checked in (since 25.2.10)."""
        body = {"DateTimeArrived": wording.wall(at, zone or self.zone)[11:]}
        return _changed(await self.line.put(f"appointments/{appointment}", body), appointment)

    async def add_patient(self, patient: NewPatient) -> Result:
        """POST patients."""
        return _written(await self.line.post("patients", wording.patient(patient)), "PatNum")

    async def find_patient(self, patient: NewPatient) -> Found:
        """GET patients/Simple by names and birthdate."""
        return await self._search(
            "patients/Simple",
            wording.patient_search(patient),
            lambda shown: wording.is_patient(shown, patient),
            "PatNum",
        )

    async def file_paper(self, paper: Paper) -> Result:
        """POST documents/Upload."""
        body = wording.document(paper, self.zone)
        return _written(await self.line.post("documents/Upload", body), "DocNum")

    async def find_paper(self, paper: Paper) -> Found:
        """GET the patient's documents."""
        return await self._search(
            "documents",
            {"PatNum": str(paper.patient)},
            lambda shown: wording.is_paper(shown, paper, self.zone),
            "DocNum",
        )

    async def _search(
        self, path: str, asked: Mapping[str, str], holds: Callable[[Shown], bool], key: str
    ) -> Found:
        """Turn the pages of a list until one holds it or the last has been read."""
        offset = 0
        while True:
            page = {"Limit": str(PAGE), "Offset": str(offset)}
            elements = _elements(await self.line.get(path, {**asked, **page}))
            if isinstance(elements, Unavailable):
                return elements
            for shown in elements:
                if holds(shown):
                    return Written(int(shown[key]))
            if len(elements) < PAGE:
                return None
            offset += PAGE


def _written(heard: Meaning, key: str) -> Result:
    if not isinstance(heard, Heard):
        return heard
    number = heard.content.get(key) if isinstance(heard.content, dict) else None
    return Written(number) if isinstance(number, int) else Unknown(ODD)


def _changed(heard: Meaning, number: int) -> Result:
    return Written(number) if isinstance(heard, Heard) else heard


def _elements(heard: Meaning) -> Sequence[Shown] | Unavailable:
    if isinstance(heard, Heard) and isinstance(heard.content, list):
        return [shown for shown in heard.content if isinstance(shown, dict)]
    if isinstance(heard, Refused) and heard.reason.endswith("not found"):
        return []  # a patient who is not there has nothing
    return heard if isinstance(heard, Unavailable) else Unavailable(getattr(heard, "reason", ODD))


def _status(shown: Heard) -> str:
    return str(shown.content.get("AptStatus")) if isinstance(shown.content, dict) else ""
