"""The catalogue: every Event that the API Events page names, and since which version."""

from dataclasses import dataclass
from enum import StrEnum

from bitewing.dialects.opendental.versions import Version, parse_version
from bitewing.model.errors import InvalidRequestError, NotFoundError


class Family(StrEnum):
    """The two families of Events; the words are field names of Open Dental's Subscriptions."""

    WATCH_TABLE = "WatchTable"
    UI_EVENT_TYPE = "UiEventType"


@dataclass(frozen=True, slots=True)
class Announced:
    """One Event that a Subscription may wish for.

    Attributes:
        family: whether the database or a person at a workstation brings it about.
        name: Open Dental's enum name. A Watch of the same name feeds a WatchTable Event.
        since: the version that brought it.
    """

    family: Family
    name: str
    since: Version

    @property
    def event_name(self) -> str:
        """The value of the Event-Type header: ``WatchTable: Appointment``."""
        return f"{self.family}: {self.name}"

    @property
    def watch(self) -> str | None:
        """The Watch whose Changes feed it; None for UI events."""
        return self.name if self.family is Family.WATCH_TABLE else None


CATALOGUE: tuple[Announced, ...] = tuple(
    Announced(family, name, parse_version(since))
    for family, name, since in (
        # API Events page, "Types" and "UiEventTypes"; version 22.1 brought Subscriptions.
        (Family.WATCH_TABLE, "Appointment", "22.1"),
        (Family.WATCH_TABLE, "AppointmentDeleted", "22.4.35"),
        (Family.WATCH_TABLE, "Operatory", "24.2.11"),
        (Family.WATCH_TABLE, "PatField", "22.4.8"),
        (Family.WATCH_TABLE, "Patient", "22.1"),
        (Family.WATCH_TABLE, "Provider", "24.2.11"),
        (Family.WATCH_TABLE, "Schedule", "24.2.11"),
        (Family.WATCH_TABLE, "ToothInitial", "24.4.30"),
        (Family.UI_EVENT_TYPE, "PatientSelected", "22.1"),
    )
)
_BY_EVENT_NAME = {announced.event_name: announced for announced in CATALOGUE}


def announced_as(event_name: str) -> Announced:
    """Find an Event by the value of its Event-Type header.

    Raises:
        NotFoundError: there is no such Event.
    """
    announced = _BY_EVENT_NAME.get(event_name)
    if announced is None:
        raise NotFoundError(f"Open Dental has no event named {event_name!r}.")
    return announced


def parse_event(family: Family, name: str, version: Version) -> Announced:
    """Find an Event by its exact enum name, letter case included.

    Raises:
        InvalidRequestError: this version has no such Event; the message lists those it has.
    """
    offered = [one for one in CATALOGUE if one.family is family and one.since <= version]
    for announced in offered:
        if announced.name == name:
            return announced
    names = ", ".join(announced.name for announced in offered)
    raise InvalidRequestError(f"{family} is invalid. It must be one of: {names}.")
