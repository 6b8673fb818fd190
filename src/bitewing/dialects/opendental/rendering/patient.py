"""The Patient resource (Patients page), and the older shape of it in PatientSelected."""

from bitewing.dialects.opendental.rendering.enums import (
    CONTACT_METHOD,
    PATIENT_GENDER,
    PATIENT_POSITION,
    PATIENT_STATUS,
    YN,
)
from bitewing.dialects.opendental.rendering.fields import (
    Field,
    date,
    integer,
    integer_text,
    looked_up,
    looked_up_label,
    named,
    number,
    stamp,
    text,
    yes_no,
)

FIELDS: tuple[Field, ...] = (
    integer("PatNum"),
    text("LName"),
    text("FName"),
    text("MiddleI"),
    text("Preferred"),
    named("PatStatus", PATIENT_STATUS),
    named("Gender", PATIENT_GENDER),
    named("Position", PATIENT_POSITION),
    date("Birthdate"),
    text("SSN"),
    text("Address"),
    text("Address2"),
    text("City"),
    text("State"),
    text("Zip"),
    text("HmPhone"),
    text("WkPhone"),
    text("WirelessPhone"),
    integer("Guarantor"),
    text("Email"),
    number("EstBalance"),
    integer("PriProv"),
    looked_up("priProvAbbr"),
    integer("SecProv"),
    looked_up("secProvAbbr"),
    integer("FeeSched", since="25.2.19"),
    looked_up("BillingType"),
    text("ImageFolder"),
    text("FamFinUrgNote", since="23.2.5"),
    text("ChartNumber"),
    text("MedicaidID"),
    number("BalTotal"),
    integer("EmployerNum", since="24.3.30"),
    date("DateFirstVisit"),
    integer("ClinicNum"),
    looked_up("clinicAbbr"),
    yes_no("Premed", since="25.2.30"),
    text("Ward", since="24.1.12"),
    named("PreferConfirmMethod", CONTACT_METHOD),
    named("PreferContactMethod", CONTACT_METHOD),
    named("PreferRecallMethod", CONTACT_METHOD),
    text("Language"),
    date("AdmitDate", since="24.1.12"),
    looked_up("siteDesc"),
    stamp("DateTStamp"),
    integer("SuperFamily", since="22.4.38"),
    named("TxtMsgOk", YN),
    date("SecDateEntry"),
)

_SELECTED_DIFFERS = {
    # The example of PatientSelected (API Events page, "UI Event") writes these two its own way.
    "BillingType": looked_up_label("BillingType"),
    "ClinicNum": integer_text("ClinicNum"),
}
SELECTED: tuple[Field, ...] = tuple(
    # The example is older than every field that the Patients page dates, and has none of them.
    _SELECTED_DIFFERS.get(field.name, field)
    for field in FIELDS
    if not field.since
)
