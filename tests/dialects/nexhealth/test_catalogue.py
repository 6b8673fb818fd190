"""The catalogue: what may be wished for, and what a wrong wish is answered."""

import pytest

from bitewing.dialects.nexhealth.catalogue import (
    CATALOGUE,
    READ,
    RESOURCE_TYPES,
    RESOURCES,
    announced_as,
    parse_event,
    parse_resource_type,
)
from bitewing.model.errors import InvalidRequestError, NotFoundError

PAGE = {
    # The vendor's page, in its order.
    "Appointment": [
        "appointment_insertion",
        "appointment_created",
        "appointment_updated",
        "appointment_requested",
    ],
    # Not on that page, but on later ones; see the contract.
    "Document": ["document_insertion"],
    "FormRequest": ["form_request_completed"],
    "FormResponse": ["form_response_insertion"],
    "Patient": ["patient_created", "patient_updated"],
    "PatientInsuranceCoverage": ["patient_insurance_created", "patient_insurance_updated"],
    "Procedure": ["procedure_created", "procedure_updated"],
    "SyncStatus": ["sync_status_read_change", "sync_status_write_change"],
}


def test_the_catalogue_is_the_vendors_page() -> None:
    """Fourteen Events of seven resource types, in the page's order; and a later page's Document."""
    found: dict[str, list[str]] = {}
    for announced in CATALOGUE:
        found.setdefault(announced.resource_type, []).append(announced.event)

    assert found == PAGE
    assert list(RESOURCE_TYPES) == list(PAGE)


@pytest.mark.parametrize("written", ["appointment", "APPOINTMENT", " Appointment "])
def test_a_resource_type_is_read_in_any_letter_case(written: str) -> None:
    """The vendor's own guide sends ``appointment`` where its list says ``Appointment``."""
    assert parse_resource_type(written) == "Appointment"


def test_an_event_is_read_in_any_letter_case() -> None:
    """What is given back is the vendor's spelling."""
    announced = parse_event("patientinsurancecoverage", "Patient_Insurance_Created")

    assert announced.event == "patient_insurance_created"
    assert announced.resource_type == "PatientInsuranceCoverage"


def test_an_unknown_resource_type_is_answered_with_those_there_are() -> None:
    """Whoever is wrong learns what would be right."""
    with pytest.raises(
        InvalidRequestError, match="Appointment, Document, FormRequest, FormResponse"
    ):
        parse_resource_type("Appointments")


@pytest.mark.parametrize(
    "written", ["patient_created", "appointment_deleted", "appointment_insertion.complete"]
)
def test_an_event_of_another_type_is_answered_with_the_types_own(written: str) -> None:
    """Suffixes are not wished for: they tell in a Message how it went."""
    with pytest.raises(InvalidRequestError, match="of Appointment must be one of: appointment_ins"):
        parse_event("Appointment", written)


def test_an_event_of_a_message_is_found_by_its_exact_name() -> None:
    """Inside, names are never guessed."""
    assert announced_as("appointment_requested").key == "appointments"
    with pytest.raises(NotFoundError, match="Appointment_Created"):
        announced_as("Appointment_Created")


def test_what_is_announced_is_read() -> None:
    """Every Watch that a resource is made of or touched by stands in the list of those read."""
    watches = {resource.watch for resource in RESOURCES}
    watches.update(watch for resource in RESOURCES for watch in resource.touched_by)

    assert watches <= set(READ)
