"""Charting: the office's own patient fields and the marks on teeth come and go."""

from bitewing.practice import moments
from bitewing.practice.filling.charts import BLACK, MISSING, field_value
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.desk import Desk
from bitewing.practice.words import Invalid

LIVING = "PatStatus IN (0, 2, 6)"
CLEARED_SHARE = 0.3


def write_field(desk: Desk) -> Action | None:
    """Write a patient field, new or anew."""
    patient = desk.pick("patient", (), LIVING)
    kind = desk.pick("patfielddef", ("FieldName",), "IsHidden = 0")
    if patient is None or kind is None:
        return None
    value = field_value(kind["FieldName"], desk.dice, desk.wall.date())
    existing = desk.find(
        "patfield",
        ("PatFieldNum", "FieldValue"),
        "PatNum = ? AND FieldName = ?",
        (patient["PatNum"], kind["FieldName"]),
    )
    if existing and existing[0]["FieldValue"] == value:
        return None
    if existing:
        number = existing[0]["PatFieldNum"]
        desk.update("patfield", number, {"FieldValue": value})
    else:
        number = desk.insert(
            "patfield",
            {
                "PatNum": patient["PatNum"],
                "FieldName": kind["FieldName"],
                "FieldValue": value,
                "SecUserNumEntry": desk.user,
                "SecDateEntry": desk.wall.date().isoformat(),
            },
        )
    desk.signal(Invalid.PATIENT_FIELDS)
    return desk.action(
        ActionKind.FIELD_WRITTEN, "patfield", number, f"wrote patient field {number}"
    )


def clear_field(desk: Desk) -> Action | None:
    """Empty a patient field, which removes its row."""
    found = desk.pick("patfield", ())
    if found is None:
        return None
    number = found["PatFieldNum"]
    desk.delete("patfield", number)
    desk.signal(Invalid.PATIENT_FIELDS)
    return desk.action(
        ActionKind.FIELD_CLEARED, "patfield", number, f"cleared patient field {number}"
    )


def mark_tooth(desk: Desk) -> Action | None:
    """Mark a tooth as missing; a mark it has already is removed and made anew."""
    patient = desk.pick("patient", (), LIVING)
    if patient is None:
        return None
    tooth = str(desk.dice.randint(1, 32))
    for old in desk.find(
        "toothinitial",
        ("ToothInitialNum",),
        "PatNum = ? AND ToothNum = ? AND InitialType = ?",
        (patient["PatNum"], tooth, MISSING),
    ):
        desk.delete("toothinitial", old["ToothInitialNum"])
    number = desk.insert(
        "toothinitial",
        {
            "PatNum": patient["PatNum"],
            "ToothNum": tooth,
            "InitialType": MISSING,
            "DrawingSegment": "",
            "ColorDraw": BLACK,
            "SecDateTEntry": moments.moment(desk.wall),
        },
    )
    return desk.action(
        ActionKind.TOOTH_MARKED, "toothinitial", number, f"marked a tooth ({number})"
    )


def clear_tooth(desk: Desk) -> Action | None:
    """Remove the mark from a tooth; nothing is left of it."""
    found = desk.pick("toothinitial", ())
    if found is None:
        return None
    number = found["ToothInitialNum"]
    desk.delete("toothinitial", number)
    return desk.action(
        ActionKind.TOOTH_CLEARED, "toothinitial", number, f"cleared a tooth ({number})"
    )
