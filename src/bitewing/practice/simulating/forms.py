"""Forms: patients fill them in, on paper that becomes a sheet or on a screen."""

from bitewing.practice import moments
from bitewing.practice.filling.papers import FIELDS, FILLED, INPUT_FIELD, MEDICAL_HISTORY
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.desk import Desk

SCREEN_SHARE = 0.5


def fill(desk: Desk) -> Action | None:
    """Let a patient fill in a form, on the screen where this version can."""
    patient = desk.pick("patient", ("ClinicNum",), "PatStatus IN (0, 2, 6)")
    if patient is None:
        return None
    on_screen = "eform" in desk.tables and desk.dice.random() < SCREEN_SHARE
    fill_in = _on_screen if on_screen else _on_sheet
    table, number = fill_in(desk, patient["PatNum"], patient["ClinicNum"])
    return desk.action(ActionKind.FORM_FILLED, table, number, f"filled in {table} {number}")


def _on_sheet(desk: Desk, patient: int, clinic: int) -> tuple[str, int]:
    now = moments.moment(desk.wall)
    number = desk.insert(
        "sheet",
        {
            "SheetType": MEDICAL_HISTORY,
            "PatNum": patient,
            "DateTimeSheet": now,
            "FontSize": 9,
            "FontName": "Arial",
            "Width": 850,
            "Height": 1100,
            "InternalNote": "",
            "Description": "Medical History",
            "IsWebForm": 1,
            "ClinicNum": clinic,
            "DateTSheetEdited": now,
        },
    )
    for order, name in enumerate(FIELDS):
        desk.insert(
            "sheetfield",
            {
                "SheetNum": number,
                "FieldType": INPUT_FIELD,
                "FieldName": name,
                "FieldValue": "none",
                "TabOrder": order,
                "ReportableName": name,
            },
        )
    return "sheet", number


def _on_screen(desk: Desk, patient: int, _clinic: int) -> tuple[str, int]:
    now = moments.moment(desk.wall)
    number = desk.insert(
        "eform",
        {
            "PatNum": patient,
            "DateTimeShown": now,
            "Description": "Consent to Treatment",
            "DateTEdited": now,
            "MaxWidth": 450,
            "Status": FILLED,
        },
    )
    for order, name in enumerate(FIELDS):
        desk.insert(
            "eformfield",
            {
                "EFormNum": number,
                "PatNum": patient,
                "ValueLabel": name,
                "ValueString": "none",
                "ItemOrder": order,
            },
        )
    return "eform", number
