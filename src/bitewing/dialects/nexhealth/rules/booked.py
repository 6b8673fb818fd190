"""Booked: what a client said when it booked the appointment here.

No column of the practice holds it, so it is remembered with the request, for as long as the
appointment's id stands.
"""

from collections.abc import Mapping
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene


def misc(appointment: Row, scene: Scene) -> dict[str, bool]:
    """Give what NexHealth tells apart from the practice's columns."""
    return {"is_booked_on_nexhealth": is_booked_here(appointment, scene)}


def is_booked_here(appointment: Row, scene: Scene) -> bool:
    """Tell whether it was booked here."""
    return bool(_request(appointment, scene))


def is_guardian(appointment: Row, scene: Scene) -> bool:
    """Tell whether the patient's guardian booked it."""
    return bool(_request(appointment, scene).get("is_guardian"))


def referrer(appointment: Row, scene: Scene) -> str | None:
    """Give the page on which it was booked."""
    found: str | None = _request(appointment, scene).get("referrer")
    return found


def _request(appointment: Row, scene: Scene) -> Mapping[str, Any]:
    return scene.asked_for("Appointment", cells.whole(appointment.get("AptNum")))
