"""Kinds of visit: an appointment type brings procedures, a time pattern and a color along."""

from dataclasses import dataclass
from datetime import date

from bitewing.practice import moments
from bitewing.practice.serving.call import RefusedError
from bitewing.practice.simulating.desk import Desk, Found
from bitewing.practice.words import ProcStatus

DEFAULT_PATTERN = "/XX/"
LONGEST_PATTERN = 9 * 60 // 5


@dataclass(frozen=True, slots=True)
class Kind:
    """An appointment type as far as a booking needs it.

    Attributes:
        codes: rows of procedurecode.
    """

    number: int
    pattern: str
    color: int
    codes: tuple[Found, ...]

    @property
    def description(self) -> str:
        """Give what the appointment shows of its procedures (ProcDescript)."""
        return ", ".join(code["AbbrDesc"] or "" for code in self.codes)


NO_KIND = Kind(0, DEFAULT_PATTERN, 0, ())


def kind_of(desk: Desk, number: int) -> Kind:
    """Give the appointment type of that number; 0 is none.

    Raises:
        RefusedError: 404, there is none.
    """
    if number == 0:
        return NO_KIND
    found = desk.find(
        "appointmenttype",
        ("Pattern", "AppointmentTypeColor", "CodeStr"),
        "AppointmentTypeNum = ?",
        (number,),
    )
    if not found:
        raise RefusedError("AppointmentType not found", 404)
    kind = found[0]
    codes = []
    for code in filter(None, (kind["CodeStr"] or "").split(",")):
        codes += desk.find(
            "procedurecode", ("CodeNum", "AbbrDesc", "ProcCode"), "ProcCode = ?", (code,)
        )
    return Kind(
        number, kind["Pattern"] or DEFAULT_PATTERN, kind["AppointmentTypeColor"], tuple(codes)
    )


def plan_procedures(
    desk: Desk, kind: Kind, *, patient: int, appointment: int, day: date, provider: int, clinic: int
) -> None:
    """Write the procedures of an appointment type, planned, attached to the appointment."""
    for code in kind.codes:
        write_procedure(
            desk,
            int(code["CodeNum"]),
            patient=patient,
            appointment=appointment,
            day=day,
            provider=provider,
            clinic=clinic,
            status=ProcStatus.PLANNED,
        )


def write_procedure(
    desk: Desk,
    code: int,
    *,
    patient: int,
    appointment: int,
    day: date,
    provider: int,
    clinic: int,
    status: ProcStatus,
) -> None:
    """Write one procedure, without a tooth: whoever treats it will chart that."""
    desk.insert(
        "procedurelog",
        {
            "PatNum": patient,
            "AptNum": appointment,
            "ProcDate": day.isoformat(),
            "ProcFee": 0,
            "ToothNum": "",
            "ProcStatus": status,
            "ProvNum": provider,
            "ClinicNum": clinic,
            "CodeNum": code,
            "UnitQty": 1,
            "DateTP": desk.wall.date().isoformat(),
            "SecUserNumEntry": desk.user,
            "SecDateEntry": moments.moment(desk.wall),
        },
    )


def checked_pattern(name: str, written: str, default: str) -> str:
    """Give a time pattern of X and /, five minutes each, nine hours at most."""
    if not written:
        return default
    if set(written) - {"X", "/"}:
        raise RefusedError(f"{name} can only contain X and /.")
    return written[:LONGEST_PATTERN]
