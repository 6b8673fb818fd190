"""Form: what a patient was given to fill in, and what was made of it.

Open Dental has sheets and, from 24.2 on, eForms; to NexHealth both are FormRequests. What
stands in a Portrait besides the example's keys (``state``) is not announced.
"""

import uuid
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.resource import Announced, Resource, Tell, encode
from bitewing.dialects.nexhealth.rules.form_state import (
    FormState,
    eform_state,
    is_completed,
    sheet_state,
)
from bitewing.dialects.nexhealth.rules.place import location_id
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.event import Event, Portrait, Subject

FORM_REQUEST, FORM_RESPONSE = "FormRequest", "FormResponse"
SHEET, EFORM = "FormRequest", "FormRequestOnScreen"
"""Subjects: a sheet and an eForm may have the same number."""
EVENTS = (
    Announced(FORM_REQUEST, "form_request_completed", "formrequest"),
    Announced(FORM_RESPONSE, "form_response_insertion", "formresponse"),
)
_FORMS = uuid.UUID("5d0f4b0c-6d0e-5c53-9c0a-6a4b6b1f7a10")
"""The namespace in which the ids of the office's own forms are made."""


def form_id(kind: str, number: int, scene: Scene) -> str:
    """Give the 32 hexadecimal digits by which a form of the office is known, always the same."""
    return uuid.uuid5(_FORMS, f"{scene.foreign_id_type}/{kind}/{number}").hex


def portray_sheet(sheet: Row, scene: Scene) -> dict[str, Any] | None:
    """Give a sheet; None if it is none that patients fill in."""
    return _form("sheet", "SheetNum", sheet, sheet_state(sheet), scene, at=sheet)


def portray_eform(eform: Row, scene: Scene) -> dict[str, Any] | None:
    """Give an eForm, which is where its patient is; None if it is nobody's."""
    patient = scene.row("Patient", cells.whole(eform.get("PatNum")))
    return _form("eform", "EFormNum", eform, eform_state(eform), scene, at=patient)


def _form(
    kind: str, key: str, row: Row, state: FormState | None, scene: Scene, *, at: Row
) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        "id": form_id(kind, cells.whole(row.get(key)), scene),
        "location_id": location_id(at, scene),
        "appointment_id": None,  # no form of the office refers to one
        "state": state,
    }


def tell_completed(
    subject: Subject, before: Portrait | None, after: Portrait | None
) -> Event | None:
    """Give the Event when the patient has handed the form in."""
    if after is None or not is_completed(before["state"] if before else None, after["state"]):
        return None
    return form_completed(
        subject, form=after["id"], location=after["location_id"], appointment=None
    )


def form_completed(subject: Subject, *, form: str, location: int, appointment: int | None) -> Event:
    """Give the Event that a form was handed in, of the office's own or of ours."""
    content = {"id": form, "location_id": location, "appointment_id": appointment}
    return Event(
        "form_request_completed", subject, encode(content), locations=frozenset({location})
    )


_tell: Tell = tell_completed
SHEETS = Resource(subject=SHEET, watch="Sheet", portray=portray_sheet, tell=_tell)
EFORMS = Resource(subject=EFORM, watch="EForm", portray=portray_eform, tell=_tell)
