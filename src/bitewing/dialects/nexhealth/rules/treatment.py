"""Treatment: where a procedure stands, on which part of the body, and when."""

from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene

PLANNED, COMPLETE, CONDITION = 1, 2, 7
STATUSES = {
    # ProcStatus; NexHealth has no word for treatment that somebody else has completed (3, 4).
    1: "planned", 2: "completed", 3: "completed", 4: "completed", 5: "referred",
    6: "inactive", 8: "inactive",
}  # fmt: skip
ON_THE_SCHEDULE = 1
"""AptStatus Scheduled."""
SURFACE, TOOTH, QUADRANT, SEXTANT, ARCH, TOOTH_RANGE = 1, 2, 4, 5, 6, 7
"""TreatArea."""


def is_treatment(procedure: Row) -> bool:
    """Tell whether it is one to others; a charted condition is none."""
    return cells.whole(procedure.get("ProcStatus")) != CONDITION


def status(procedure: Row, scene: Scene) -> str:
    """Give the word; planned treatment is scheduled through its appointment."""
    number = cells.whole(procedure.get("ProcStatus"))
    if number == PLANNED and _is_scheduled(procedure, scene):
        return "scheduled"
    return STATUSES.get(number, "inactive")


def appointment_id(procedure: Row, scene: Scene) -> int | None:
    """Give the appointment at which it is done, or else the planned one."""
    number = cells.whole(procedure.get("AptNum")) or cells.whole(procedure.get("PlannedAptNum"))
    return scene.id_of("Appointment", number)


def code(procedure: Row, scene: Scene) -> str | None:
    """Give the procedure code (CDT)."""
    return cells.text_or_none(_code_row(procedure, scene).get("ProcCode"))


def name(procedure: Row, scene: Scene) -> str | None:
    """Give what the practice calls that code."""
    return cells.text_or_none(_code_row(procedure, scene).get("Descript"))


def body_site(procedure: Row, scene: Scene) -> dict[str, Any] | None:
    """Give teeth and surface, as far as the code treats a part of the mouth."""
    area = cells.whole(_code_row(procedure, scene).get("TreatArea"))
    teeth: list[str] = []
    surface = None
    if area in {SURFACE, TOOTH}:
        teeth = [cells.text(procedure.get("ToothNum"))]
    if area in {SURFACE, TOOTH, QUADRANT, SEXTANT, ARCH}:
        surface = cells.text_or_none(procedure.get("Surf"))
    if area == TOOTH_RANGE:
        teeth = cells.text(procedure.get("ToothRange")).split(",")
    teeth = [tooth.strip() for tooth in teeth if tooth.strip()]
    return {"tooth": teeth, "surface": surface} if teeth or surface else None


def start_date(procedure: Row, _scene: Scene) -> str | None:
    """Give the day of the treatment; while it is planned, the day on which it was."""
    is_planned = cells.whole(procedure.get("ProcStatus")) == PLANNED
    return cells.day(procedure.get("DateTP" if is_planned else "ProcDate"))


def end_date(procedure: Row, _scene: Scene) -> str | None:
    """Give the day of completion; older versions have only the day of the treatment."""
    completed_on = cells.day(procedure.get("DateComplete"))
    if completed_on is None and cells.whole(procedure.get("ProcStatus")) == COMPLETE:
        return cells.day(procedure.get("ProcDate"))
    return completed_on


def _is_scheduled(procedure: Row, scene: Scene) -> bool:
    appointment = scene.row("Appointment", cells.whole(procedure.get("AptNum")))
    return cells.whole(appointment.get("AptStatus")) == ON_THE_SCHEDULE


def _code_row(procedure: Row, scene: Scene) -> Row:
    return scene.row("ProcedureCode", cells.whole(procedure.get("CodeNum")))
