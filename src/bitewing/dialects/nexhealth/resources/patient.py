"""Patient: one person of the practice, whatever the status."""

from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    day,
    foreign_id,
    foreign_id_type,
    institution_id,
    linked_id,
    nested,
    null,
    own_id,
    ruled,
    server_moment,
    stamp,
    text,
    text_or_none,
)
from bitewing.dialects.nexhealth.resource import (
    Announced,
    Resource,
    differ,
    numbers_in,
    telling,
)
from bitewing.dialects.nexhealth.rules import standing
from bitewing.dialects.nexhealth.rules.billing import billing_type
from bitewing.dialects.nexhealth.rules.contact import email, language, phone, street_address
from bitewing.dialects.nexhealth.rules.money import balance
from bitewing.dialects.nexhealth.rules.place import location_ids
from bitewing.dialects.nexhealth.rules.treating_provider import full_name
from bitewing.model.change import Change
from bitewing.model.event import Subject
from bitewing.ports.picture import Picture

PATIENT = "Patient"
EVENTS = (
    Announced(PATIENT, "patient_created", "patients", is_many=True),
    Announced(PATIENT, "patient_updated", "patient"),
)

BIO: tuple[Field, ...] = (
    text("city", "City"),
    text("state", "State"),
    ruled("gender", standing.gender),
    text("zip_code", "Zip"),
    ruled("new_patient", standing.is_new),
    ruled("non_patient", standing.is_non_patient),
    phone("phone_number", "WirelessPhone", "HmPhone", "WkPhone"),
    day("date_of_birth", "Birthdate"),
    text("address_line_1", "Address"),
    text("address_line_2", "Address2"),
    ruled("street_address", street_address),
    phone("cell_phone_number", "WirelessPhone"),
    phone("home_phone_number", "HmPhone"),
    phone("work_phone_number", "WkPhone"),
)
ADDRESS: tuple[Field, ...] = (
    # The examples leave it empty beside a filled bio.
    null("line_1"),
    null("line_2"),
    null("postal_code"),
    null("city"),
    null("region"),
)
FIELDS: tuple[Field, ...] = (
    own_id("id", PATIENT, "PatNum"),
    ruled("email", email),
    text("first_name", "FName"),
    text_or_none("middle_name", "MiddleI"),
    text("last_name", "LName"),
    ruled("name", lambda row, _scene: full_name(row)),
    server_moment("created_at", "SecDateEntry"),
    stamp("updated_at", "DateTStamp"),
    institution_id,
    foreign_id("PatNum"),
    foreign_id_type,
    nested("bio", BIO),
    ruled("inactive", standing.is_inactive),
    stamp("last_sync_time", "DateTStamp"),
    linked_id("guarantor_id", PATIENT, "Guarantor"),
    ruled("unsubscribe_sms", standing.refuses_texts),
    ruled("balance", balance),
    ruled("billing_type", billing_type),
    text_or_none("chart_id", "ChartNumber"),
    ruled("preferred_language", language),
    ruled("preferred_locale", language),
    ruled("location_ids", location_ids),
    nested("address", ADDRESS),
)
render = compile_fields(FIELDS)


def of_appointment(change: Change, _picture: Picture) -> set[Subject]:
    """Give the patients whose Locations an appointment's Change may alter."""
    if not differ(change, "PatNum", "ClinicNum", "Op", "AptStatus"):
        return set()
    return {Subject(PATIENT, number) for number in numbers_in(change, "PatNum")}


RESOURCE = Resource(
    subject=PATIENT,
    watch="Patient",
    portray=render,
    tell=telling(
        created="patient_created",
        updated="patient_updated",
        bookkeeping=frozenset({"updated_at", "last_sync_time"}),
        gone={"inactive": True, "deleted": True},
        locations=lambda portrait: portrait["location_ids"],
    ),
    touched_by={"Appointment": of_appointment},
)
