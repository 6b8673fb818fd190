"""Patients: what POST /patients asks for; the practice learns of it with the first appointment."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.reading.listing import every_row
from bitewing.dialects.nexhealth.resources import patient
from bitewing.dialects.nexhealth.resources.draft_patient import DraftPatient, draft_patient
from bitewing.dialects.nexhealth.rules.standing import is_inactive
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.pending import PendingWrite, Wanted, WriteKind, WriteState
from bitewing.model.wishing import patient_wish
from bitewing.model.writing import NewPatient
from bitewing.ports.album import Album

NATIONAL = 10
"""Digits of a phone number; NexHealth keeps no more."""
_PHONES = ("WirelessPhone", "HmPhone", "WkPhone")
_GENDERS = ("Male", "Female", "Other")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for; ``bio`` by NexHealth's own keys.

    Attributes:
        location, provider: our ids.
    """

    location: int
    provider: int
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    email: str = field(repr=False)
    born_on: date = field(repr=False)
    bio: Mapping[str, str] = field(repr=False)


def want_patient(albums: Sequence[Album], request: Request) -> Wanted:
    """Say what is to be kept.

    Raises:
        NotFoundError: the Location is not the institution's.
        InvalidRequestError: the provider is not there, or a field is none that can be written.
    """
    album = album_at(albums, request.location)
    provider = album.native_of("Provider", request.provider)
    if provider is None:
        raise InvalidRequestError(f"Provider with id {request.provider} not found")
    bio = dict(request.bio)
    for key in ("phone_number", "cell_phone_number", "home_phone_number", "work_phone_number"):
        bio[key] = _national(key, bio.get(key, ""))
    gender = bio.get("gender") or "Female"  # their documented default
    if gender not in _GENDERS:
        raise InvalidRequestError(f"gender must be one of: {', '.join(_GENDERS)}")
    bio |= {"gender": gender, "date_of_birth": request.born_on.isoformat()}
    return Wanted(
        source=album.source,
        kind=WriteKind.PATIENT,
        wish=patient_wish(_new(request, bio, int(provider), _clinic(album, request.location))),
        shown={
            "first_name": request.first_name,
            "last_name": request.last_name,
            "email": request.email,
            "bio": bio,
            "locations": [request.location],
        },
        state=WriteState.DRAFT,
    )


def find_match(albums: Sequence[Album], scene: Scene, request: Request) -> dict[str, Any] | None:
    """Give the patient who is the same: names, birthdate, and e-mail address or a phone number."""
    album = album_at(albums, request.location)
    for record in every_row(album, "Patient"):
        row = record.native
        if _is_same(row, request) and not is_inactive(row, scene):
            return patient.render(row, scene)
    for write in album.drafts(WriteKind.PATIENT):
        if _is_same_draft(write.shown, request):
            return shown_as(write)
    return None


def shown_as(write: PendingWrite) -> dict[str, Any]:
    """Give a patient's JSON object whom the practice does not know yet."""
    kept = write.shown
    return draft_patient(
        DraftPatient(
            number=write.subject,
            first_name=kept["first_name"],
            last_name=kept["last_name"],
            created_at=write.created_at,
            updated_at=write.updated_at,
            email=kept["email"],
            bio=kept["bio"],
            guarantor=write.subject,
            locations=tuple(kept["locations"]),
        )
    )


def album_at(albums: Sequence[Album], location: int) -> Album:
    """Give the Album of the Source that has this Location."""
    for album in albums:
        if album.native_of("Location", location) is not None:
            return album
    raise NotFoundError(f"Location with id {location} not found")


def _clinic(album: Album, location: int) -> int:
    return int(album.native_of("Location", location) or 0)


def _new(request: Request, bio: Mapping[str, str], provider: int, clinic: int) -> NewPatient:
    state = bio.get("state", "")
    zip_code = bio.get("zip_code", "")
    return NewPatient(
        last_name=request.last_name,
        first_name=request.first_name,
        born_on=request.born_on,
        email=request.email,
        cell_phone=bio["cell_phone_number"] or bio["phone_number"],
        home_phone=bio["home_phone_number"],
        work_phone=bio["work_phone_number"],
        gender=bio["gender"] if bio["gender"] != "Other" else "Unknown",
        address=bio.get("address_line_1") or bio.get("street_address", ""),
        address_2=bio.get("address_line_2", ""),
        city=bio.get("city", ""),
        # Open Dental refuses what is in no such form, and a patient matters more than a state.
        state=state if re.fullmatch(r"[A-Z]{2}", state) else "",
        zip=zip_code if re.fullmatch(r"\d{5}(-?\d{4})?", zip_code) else "",
        provider=provider,
        clinic=clinic,
    )


def _national(key: str, written: str) -> str:
    digits = re.sub(r"\D", "", written)
    if len(digits) > NATIONAL and digits.startswith("1"):
        digits = digits[1:]
    if digits and len(digits) < NATIONAL:
        raise InvalidRequestError(f"{key} must have {NATIONAL} digits")
    return digits[:NATIONAL]


def _is_same(row: Row, request: Request) -> bool:
    if (
        cells.text(row.get("LName")).strip().lower() != request.last_name.lower()
        or cells.text(row.get("FName")).strip().lower() != request.first_name.lower()
        or cells.day(row.get("Birthdate")) != request.born_on.isoformat()
    ):
        return False
    emails = {one.strip().lower() for one in cells.text(row.get("Email")).split(",")} - {""}
    phones = {_digits(cells.text(row.get(name))) for name in _PHONES} - {""}
    return request.email.lower() in emails or bool(phones & _phones(request.bio))


def _is_same_draft(kept: Mapping[str, Any], request: Request) -> bool:
    """Tell whether somebody who was asked for here is the same."""
    if (
        kept["last_name"].lower() != request.last_name.lower()
        or kept["first_name"].lower() != request.first_name.lower()
        or kept["bio"]["date_of_birth"] != request.born_on.isoformat()
    ):
        return False
    phones = _phones(kept["bio"]) & _phones(request.bio)
    return kept["email"].lower() == request.email.lower() or bool(phones)


def _phones(bio: Mapping[str, str]) -> set[str]:
    return {_digits(bio[key]) for key in bio if key.endswith("phone_number")} - {""}


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-NATIONAL:]
