"""Booking: what POST /appointments asks for, in the practice's own numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.rules.span import A_LETTER
from bitewing.dialects.nexhealth.rules.standing import is_past_patient
from bitewing.dialects.nexhealth.rules.treating_provider import full_name
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.pending import Wanted, WriteKind, WriteState
from bitewing.model.wishing import booking_wish
from bitewing.model.writing import Booking
from bitewing.ports.album import Album

LONGEST_NOTE = 128
"""Characters (NexHealth's OpenAPI)."""
SHORTEST = timedelta(minutes=20)
"""What Open Dental gives an appointment of no kind and no length (API Appointments page)."""
LONGEST = timedelta(hours=9)

IsDraft = Callable[[int], bool]
"""Tells whether an id is a patient's whom the practice does not know yet."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, in our ids; 0 is not given.

    Attributes:
        starts_at, ends_at: aware.
    """

    location: int
    patient: int
    provider: int
    operatory: int
    starts_at: datetime
    ends_at: datetime | None = None
    appointment_type: int = 0
    note: str = field(default="", repr=False)
    is_guardian: bool = False
    is_new_patient: bool = False
    referrer: str | None = field(default=None, repr=False)


def want_booking(
    albums: Sequence[Album], customs: Customs, request: Request, *, now: datetime, is_draft: IsDraft
) -> Wanted:
    """Say what is to be written, or only kept where nothing is written into the practice.

    Raises:
        NotFoundError: the Location is not the institution's.
        InvalidRequestError: another reference leads nowhere, or the time cannot be booked.
    """
    album = _album_of(albums, request.location)
    scene = Scene(album, customs)
    zone = scene.office.zone_of(_number(album, "Location", request.location))
    provider = _row(album, scene, "Provider", request.provider)
    booking = Booking(
        patient=0,
        provider=cells.whole(provider.get("ProvNum")),
        operatory=_operatory(album, scene, request),
        starts_at=request.starts_at,
        minutes=int((request.ends_at - request.starts_at) / timedelta(minutes=1))
        if request.ends_at
        else 0,
        note=request.note,
        clinic=_number(album, "Location", request.location),
        kind=_kind(album, scene, request),
        is_hygiene=cells.flag(provider.get("IsSecondary")),
        is_new_patient=request.is_new_patient,
        zone=zone,
    )
    ends_at = request.ends_at or request.starts_at + _length(scene, booking.kind)
    _check(request, ends_at, now)
    patient = _patient(album, request.patient, is_draft)
    return Wanted(
        source=album.source,
        kind=WriteKind.APPOINTMENT,
        wish=booking_wish(booking) | {"patient": request.patient},
        shown=_shown(scene, request, ends_at, zone)
        | {
            "provider_name": full_name(provider),
            "is_past_patient": patient is not None
            and _has_come(scene, patient, request.starts_at, zone),
        },
        deadline=request.starts_at,
        state=WriteState.WAITING if scene.office.is_written else WriteState.DRAFT,
    )


def _shown(scene: Scene, request: Request, ends_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "institution": scene.institution,
        "foreign_id_type": scene.foreign_id_type,
        "location": request.location,
        "zone": zone.key,
        "patient": request.patient,
        "provider": request.provider,
        "operatory": request.operatory or None,
        "appointment_type": request.appointment_type,
        "starts_at": request.starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "note": request.note,
        "is_guardian": request.is_guardian,
        "is_new_patient": request.is_new_patient,
        "referrer": request.referrer,
    }


def _check(request: Request, ends_at: datetime, now: datetime) -> None:
    if request.starts_at <= now:
        raise InvalidRequestError("start_time must be in the future")
    if not timedelta() < ends_at - request.starts_at <= LONGEST:
        raise InvalidRequestError("end_time must be after start_time, by nine hours at most")
    if len(request.note) > LONGEST_NOTE:
        raise InvalidRequestError(f"note is too long (maximum is {LONGEST_NOTE} characters)")


def _album_of(albums: Sequence[Album], location: int) -> Album:
    for album in albums:
        if album.native_of("Location", location) is not None:
            return album
    raise NotFoundError(f"Location with id {location} not found")


def _number(album: Album, kind: str, identity: int) -> int:
    return int(album.native_of(kind, identity) or 0)


def _row(album: Album, scene: Scene, kind: str, identity: int) -> Row:
    row = scene.find(kind, _number(album, kind, identity))
    if row is None:
        raise InvalidRequestError(f"{kind} with id {identity} not found")
    return row


def _operatory(album: Album, scene: Scene, request: Request) -> int:
    if not request.operatory:
        raise InvalidRequestError("Missing parameter operatory_id")
    return cells.whole(_row(album, scene, "Operatory", request.operatory).get("OperatoryNum"))


def _kind(album: Album, scene: Scene, request: Request) -> int:
    if not request.appointment_type:
        return 0
    row = _row(album, scene, "AppointmentType", request.appointment_type)
    return cells.whole(row.get("AppointmentTypeNum"))


def _length(scene: Scene, kind: int) -> timedelta:
    """Give how long a visit of this kind takes."""
    pattern = scene.row("AppointmentType", kind).get("Pattern") or b""
    return A_LETTER * len(pattern) or SHORTEST


def _patient(album: Album, identity: int, is_draft: IsDraft) -> int | None:
    """Give the practice's number of a patient; None if the practice has none yet."""
    native = album.native_of("Patient", identity)
    if native is not None:
        return int(native)
    if is_draft(identity):
        return None
    raise InvalidRequestError(f"Patient with id {identity} not found")


def _has_come(scene: Scene, patient: int, starts_at: datetime, zone: ZoneInfo) -> bool:
    wall = starts_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return is_past_patient({"PatNum": str(patient).encode(), "AptDateTime": wall.encode()}, scene)
