"""The catalogue: every Event that the API Events page names, and since which version."""

from dataclasses import dataclass
from enum import StrEnum

from bitewing.dialects.opendental.versions import Version, parse_version
from bitewing.model.change import gone_from
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
        name: Open Dental's enum name.
        since: the version that brought it.
        watch: the feed of Changes behind it (a Watch or its deletions); None for UI events.
    """

    family: Family
    name: str
    since: Version
    watch: str | None

    @property
    def event_name(self) -> str:
        """The value of the Event-Type header: ``WatchTable: Appointment``."""
        return f"{self.family}: {self.name}"


CATALOGUE: tuple[Announced, ...] = tuple(
    Announced(family, name, parse_version(since), feed)
    for family, name, since, feed in (
        # API Events page, "Types" and "UiEventTypes"; version 22.1 brought Subscriptions.
        (Family.WATCH_TABLE, "Appointment", "22.1", "Appointment"),
        (Family.WATCH_TABLE, "AppointmentDeleted", "22.4.35", "AppointmentDeleted"),
        (Family.WATCH_TABLE, "Operatory", "24.2.11", "Operatory"),
        (Family.WATCH_TABLE, "PatField", "22.4.8", "PatField"),
        (Family.WATCH_TABLE, "Patient", "22.1", "Patient"),
        (Family.WATCH_TABLE, "Provider", "24.2.11", "Provider"),
        (Family.WATCH_TABLE, "Schedule", "24.2.11", "Schedule"),
        (Family.WATCH_TABLE, "ToothInitial", "24.4.30", "ToothInitial"),
        # Deletions that only a comparison of all keys can find; clients of 26.x know these names.
        (Family.WATCH_TABLE, "PatFieldDeleted", "26.1", gone_from("PatField")),
        (Family.WATCH_TABLE, "ScheduleDeleted", "26.1", gone_from("Schedule")),
        (Family.WATCH_TABLE, "ToothInitialDeleted", "26.1", gone_from("ToothInitial")),
        (Family.UI_EVENT_TYPE, "PatientSelected", "22.1", None),
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
