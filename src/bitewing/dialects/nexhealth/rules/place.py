"""Place: which Location a row belongs to, and which clock hangs there.

A Location is a clinic. An appointment that names none is where its operatory is. Where the
practice has no clinics (preference EasyNoClinics), or none is named, it is the practice itself,
which is called "0".
"""

from zoneinfo import ZoneInfo

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene

NO_CLINICS = b"1"
"""The value of EasyNoClinics in a practice that has switched clinics off."""


def clinic_of(row: Row, scene: Scene) -> int:
    """Give the ClinicNum of a row; that of its operatory if it names none; else 0."""
    if scene.preference(b"EasyNoClinics") == NO_CLINICS:
        return 0
    clinic = cells.whole(row.get("ClinicNum"))
    if clinic or "Op" not in row:
        return clinic
    return cells.whole(scene.row("Operatory", cells.whole(row["Op"])).get("ClinicNum"))


def location_id(row: Row, scene: Scene) -> int:
    """Give our id for a row's Location."""
    return scene.id_called("Location", str(clinic_of(row, scene)))


def zone_of(row: Row, scene: Scene) -> ZoneInfo:
    """Give the zone in which a row's times are written."""
    return scene.office.zone_of(clinic_of(row, scene))


def zone_name(row: Row, scene: Scene) -> str:
    """Name that zone: ``America/New_York``."""
    return zone_of(row, scene).key


def location_ids(patient: Row, scene: Scene) -> list[int]:
    """Give where a patient is known: the own clinic first, then those of the appointments."""
    clinics = {
        clinic_of(appointment, scene)
        for appointment in scene.linked("Appointment", "PatNum", cells.whole(patient.get("PatNum")))
        if is_announced(appointment)
    }
    own = clinic_of(patient, scene)
    return [scene.id_called("Location", str(clinic)) for clinic in (own, *sorted(clinics - {own}))]


_PLANNED_AND_NOTES = {b"6", b"7", b"8"}


def is_announced(appointment: Row) -> bool:
    """Tell whether an appointment is one to others: planned ones and notes are not."""
    return appointment.get("AptStatus") not in _PLANNED_AND_NOTES
