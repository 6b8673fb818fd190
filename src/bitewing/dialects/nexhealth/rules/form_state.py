"""Form state: whether a sheet or an eForm waits for the patient, or was filled in.

There is no column that says it. A sheet is handed out while ShowInTerminal is above 0, and comes
back when that is 0 again; one that was filled in on the web is inserted with IsWebForm. An
eForm has a status.
"""

from enum import StrEnum

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row

GIVEN_TO_PATIENTS = {6, 9, 11}
"""SheetType: consents, patient forms, medical histories."""
EFORM_SHOWN, EFORM_FILLED, EFORM_IMPORTED = 1, 2, 3
"""EForm.Status; 3 is known from version 24.3 only."""


class FormState(StrEnum):
    """Where a form stands. On file says no more than that nobody has it in hand."""

    WAITING = "waiting"
    FILLED = "filled"
    ON_FILE = "on_file"


def sheet_state(sheet: Row) -> FormState | None:
    """Give where a sheet stands; None if it is none that patients fill in, or is deleted."""
    is_for_patients = cells.whole(sheet.get("SheetType")) in GIVEN_TO_PATIENTS
    if not is_for_patients or cells.flag(sheet.get("IsDeleted")) or not _has_patient(sheet):
        return None
    if cells.whole(sheet.get("ShowInTerminal")) > 0:
        return FormState.WAITING
    return FormState.FILLED if cells.flag(sheet.get("IsWebForm")) else FormState.ON_FILE


def eform_state(eform: Row) -> FormState | None:
    """Give where an eForm stands; None if it is nobody's."""
    if not _has_patient(eform):
        return None
    status = cells.whole(eform.get("Status"))
    if status == EFORM_SHOWN:
        return FormState.WAITING
    is_filled = status in {EFORM_FILLED, EFORM_IMPORTED}
    return FormState.FILLED if is_filled else FormState.ON_FILE


def is_completed(before: FormState | None, after: FormState | None) -> bool:
    """Tell whether the patient has just handed it in.

    A sheet that waited and waits no more was handed in. One that comes as filled was too.
    """
    if after is FormState.ON_FILE:
        return before is FormState.WAITING
    return after is FormState.FILLED and before is not FormState.FILLED


def _has_patient(form: Row) -> bool:
    return cells.whole(form.get("PatNum")) > 0
