"""Standing: what a patient is to the practice."""

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene

NON_PATIENT, INACTIVE, ARCHIVED, DELETED, DECEASED, PROSPECTIVE = 1, 2, 3, 4, 5, 6
"""PatStatus."""
NO = 2
"""YN."""
GENDERS = {0: "Male", 1: "Female", 3: "Other"}
"""patient.Gender; 2 is unknown."""


def is_new(patient: Row, _scene: Scene) -> bool:
    """Tell whether he or she has never come: prospective, or without a first visit."""
    return _status(patient) == PROSPECTIVE or cells.day(patient.get("DateFirstVisit")) is None


def is_non_patient(patient: Row, _scene: Scene) -> bool:
    """Tell whether he or she is only somebody's guarantor or the like."""
    return _status(patient) == NON_PATIENT


def is_inactive(patient: Row, _scene: Scene) -> bool:
    """Tell whether he or she comes no more; a deleted patient of Open Dental keeps the row."""
    return _status(patient) in {INACTIVE, ARCHIVED, DELETED, DECEASED}


def gender(patient: Row, _scene: Scene) -> str | None:
    """Give the word; None if it is unknown."""
    return GENDERS.get(cells.whole(patient.get("Gender")))


def refuses_texts(patient: Row, _scene: Scene) -> bool:
    """Tell whether he or she has said no to text messages; not having said is no refusal."""
    return cells.whole(patient.get("TxtMsgOk")) == NO


def is_past_patient(appointment: Row, scene: Scene) -> bool:
    """Tell whether the appointment's patient had been there on an earlier day."""
    patient = scene.row("Patient", cells.whole(appointment.get("PatNum")))
    first_visit = cells.day(patient.get("DateFirstVisit"))
    begins_on = cells.day(appointment.get("AptDateTime"))
    return first_visit is not None and begins_on is not None and first_visit < begins_on


def _status(patient: Row) -> int:
    return cells.whole(patient.get("PatStatus"))
