"""Coverage: that a patient is insured, by patplan with its subscription and plan."""

from collections.abc import Iterable

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    linked_id,
    own_id,
    ruled,
    whole,
)
from bitewing.dialects.nexhealth.resource import CONCERNED, Announced, Resource, differ, telling
from bitewing.dialects.nexhealth.rules import insurance
from bitewing.dialects.nexhealth.rules.place import location_ids
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.change import Change
from bitewing.model.event import Subject
from bitewing.ports.picture import Picture

COVERAGE = "PatientInsuranceCoverage"
EVENTS = (
    Announced(COVERAGE, "patient_insurance_created", "patient_insurance_coverages", is_many=True),
    Announced(COVERAGE, "patient_insurance_updated", "patient_insurance_coverage"),
)

FIELDS: tuple[Field, ...] = (
    own_id("id", COVERAGE, "PatPlanNum"),
    ruled("subscription_relation", insurance.relation),
    linked_id("patient_id", "Patient", "PatNum"),
    whole("priority", "Ordinal"),
    ruled("subscriber_num", insurance.subscriber_num),
    ruled("effective_date", insurance.effective_date),
    ruled("expiration_date", insurance.expiration_date),
    ruled("insurance_type", insurance.insurance_type),
)
render = compile_fields(FIELDS)


def patient_locations(coverage: Row, scene: Scene) -> list[int]:
    """Give where the patient is known, so that other Locations hear nothing of it."""
    patient = scene.find("Patient", cells.whole(coverage.get("PatNum")))
    return [] if patient is None else location_ids(patient, scene)


def of_subscription(change: Change, picture: Picture) -> Iterable[Subject]:
    """Give the coverages that show a subscription."""
    if not differ(change, "SubscriberID", "DateEffective", "DateTerm", "PlanNum"):
        return set()
    return _showing(change.key.number, picture)


def of_plan(change: Change, picture: Picture) -> Iterable[Subject]:
    """Give the coverages that show a plan."""
    if not differ(change, "IsMedical"):
        return set()
    subscriptions = picture.linked("InsSub", "PlanNum", change.key.number)
    return {
        coverage
        for subscription in subscriptions
        for coverage in _showing(subscription.key.number, picture)
    }


def _showing(subscription: int, picture: Picture) -> set[Subject]:
    records = picture.linked("PatPlan", "InsSubNum", subscription)
    return {Subject(COVERAGE, record.key.number) for record in records}


RESOURCE = Resource(
    subject=COVERAGE,
    watch="PatPlan",
    portray=render,
    tell=telling(
        created="patient_insurance_created",
        updated="patient_insurance_updated",
        bookkeeping=frozenset(),
        gone={"deleted": True},
        locations=lambda portrait: portrait[CONCERNED],
    ),
    touched_by={"InsSub": of_subscription, "InsPlan": of_plan},
    concerned=patient_locations,
)
