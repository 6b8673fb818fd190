"""The catalogue: every resource and Event that Subscriptions may wish for (v2.2.2).

A family of Events that a later version brings is one new file in ``resources`` and its names
here.
"""

from collections.abc import Iterable, Mapping

from bitewing.dialects.nexhealth.resource import Announced, Resource
from bitewing.dialects.nexhealth.resources import (
    appointment,
    coverage,
    document,
    form,
    patient,
    procedure,
    sync_status,
)
from bitewing.model.errors import InvalidRequestError, NotFoundError

CATALOGUE: tuple[Announced, ...] = (
    *appointment.EVENTS,
    *document.EVENTS,
    *form.EVENTS,
    *patient.EVENTS,
    *coverage.EVENTS,
    *procedure.EVENTS,
    *sync_status.EVENTS,
)
RESOURCES: tuple[Resource, ...] = (
    appointment.RESOURCE,
    patient.RESOURCE,
    coverage.RESOURCE,
    procedure.RESOURCE,
    form.SHEETS,
    form.EFORMS,
)
READ: Mapping[str, tuple[str, ...]] = {
    "Appointment": ("PatNum", "AptDateTime"),
    "AppointmentType": (),
    "Clinic": (),
    "Definition": (),
    "EForm": (),
    "HistAppointment": ("AptNum",),
    "InsPlan": (),
    "InsSub": ("PlanNum",),
    "Operatory": (),
    "PatPlan": ("InsSubNum", "PatNum"),
    "Patient": ("Guarantor",),
    "Preference": (),
    "Procedure": ("AptNum", "PlannedAptNum", "PatNum", "DateTStamp"),
    "ProcedureCode": (),
    "Provider": (),
    "Sheet": (),
}
"""The Watches that Portraits are made of, each with the handles by which its Records are found.

Of Preference only ``ApptEConfirmStatusAccepted``, ``EasyNoClinics`` and the practice's own name,
address and telephone number are looked at. Clinic,
Definition, Operatory, Preference, ProcedureCode and Provider only lend names, places and
meanings: their Changes alter no Subject, and show when the Subject itself changes next.
"""

RESOURCE_TYPES: tuple[str, ...] = tuple(dict.fromkeys(one.resource_type for one in CATALOGUE))
_TYPES = {name.lower(): name for name in RESOURCE_TYPES}
_EVENTS = {announced.event: announced for announced in CATALOGUE}


def announced_as(event: str) -> Announced:
    """Find an Event by its exact name, without a suffix.

    Raises:
        NotFoundError: there is no such Event.
    """
    announced = _EVENTS.get(event)
    if announced is None:
        raise NotFoundError(f"NexHealth has no event named {event!r}.")
    return announced


def parse_resource_type(written: str) -> str:
    """Give a resource type in its own letter case, however it is written.

    Raises:
        InvalidRequestError: there is none of that name; the message lists them.
    """
    name = _TYPES.get(written.strip().lower())
    if name is None:
        raise InvalidRequestError(f"resource_type must be one of: {_listed(RESOURCE_TYPES)}.")
    return name


def parse_event(resource_type: str, written: str) -> Announced:
    """Find an Event of a resource type, however both are written.

    Subscriptions are for the bare Event: a suffix (``.complete``) stands only in Messages.

    Raises:
        InvalidRequestError: there is no such type, or it has no such Event; the message lists
            those there are.
    """
    name = parse_resource_type(resource_type)
    offered = [announced for announced in CATALOGUE if announced.resource_type == name]
    for announced in offered:
        if announced.event == written.strip().lower():
            return announced
    names = _listed(announced.event for announced in offered)
    raise InvalidRequestError(f"event of {name} must be one of: {names}.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
