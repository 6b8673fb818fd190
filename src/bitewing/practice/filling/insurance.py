"""The insurance: carriers, their plans, who has subscribed and whom a subscription covers."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from bitewing.practice import moments
from bitewing.practice.filling.families import Person
from bitewing.practice.filling.names import Names
from bitewing.practice.filling.office import Office
from bitewing.practice.filling.writing import Row, Writing

CARRIERS = ("Evergreen Dental", "Lakeside Benefit", "Granite Mutual", "Harbor Health",
            "Prairie Dental Plan", "Summit Assurance")  # fmt: skip
PLAN_TYPES = ("", "p")


def insure(writing: Writing, office: Office, names: Names, people: Sequence[Person]) -> None:
    """Write all of it."""
    writing.write("carrier", _carriers(office, names))
    writing.write("insplan", _plans(office, names))
    writing.write("inssub", _subscriptions(office, people))
    writing.write("patplan", _coverages(office, people))


def _carriers(office: Office, names: Names) -> Iterator[Row]:
    for number, name in enumerate(CARRIERS, start=1):
        place = names.places[number]
        yield {
            "CarrierNum": number,
            "CarrierName": name,
            "Address": f"PO Box {number}00",
            "City": place.city,
            "State": place.state,
            "Zip": place.zip,
            "Phone": f"(800)555-01{number:02}",
            "ElectID": f"9{number:04}",
            "SecUserNumEntry": 1,
            "SecDateEntry": office.opened_on.isoformat(),
            "SecDateTEdit": office.stamp(office.opened_at),
        }


def _plans(office: Office, names: Names) -> Iterator[Row]:
    dice = office.random("plans")
    for number in range(1, office.plans + 1):
        yield {
            "PlanNum": number,
            "GroupName": dice.choice(names.employers)[:50],
            "GroupNum": f"G{dice.randint(1000, 99999)}",
            "PlanNote": "",
            "PlanType": dice.choice(PLAN_TYPES),
            "CarrierNum": 1 + number % len(CARRIERS),
            "SecUserNumEntry": 1,
            "SecDateEntry": office.opened_on.isoformat(),
            "SecDateTEdit": office.stamp(office.opened_at),
        }


def _subscriptions(office: Office, people: Sequence[Person]) -> Iterator[Row]:
    for person in people:
        if person.subscription and person.number == person.guarantor:
            yield {
                "InsSubNum": person.subscription,
                "PlanNum": person.plan,
                "Subscriber": person.number,
                "DateEffective": date(person.joined_on.year, 1, 1).isoformat(),
                "DateTerm": moments.NO_DAY,
                "ReleaseInfo": 1,
                "AssignBen": 1,
                "SubscriberID": f"W{person.number:08}",
                "BenefitNotes": "",
                "SubscNote": "",
                "SecUserNumEntry": 1,
                "SecDateEntry": person.joined_on.isoformat(),
                "SecDateTEdit": office.stamp(_written_at(office, person)),
            }


def _coverages(office: Office, people: Sequence[Person]) -> Iterator[Row]:
    insured = (person for person in people if person.subscription)
    for number, person in enumerate(insured, start=1):
        written_at = _written_at(office, person)
        yield {
            "PatPlanNum": number,
            "PatNum": person.number,
            "Ordinal": 1,
            "Relationship": person.relation,
            "PatID": "",
            "InsSubNum": person.subscription,
            "SecDateTEntry": moments.moment(written_at),
            "SecDateTEdit": office.stamp(written_at),
        }


def _written_at(office: Office, person: Person) -> datetime:
    return max(office.opened_at, datetime.combine(person.joined_on, time(10, 15)))
