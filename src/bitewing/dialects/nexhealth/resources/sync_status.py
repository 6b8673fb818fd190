"""SyncStatus: whether a practice's database can be read and written, and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bitewing.dialects.nexhealth.office_time import write_moment
from bitewing.dialects.nexhealth.resource import Announced, encode
from bitewing.model.event import Event, Subject
from bitewing.model.health import Light

SYNC_STATUS = "SyncStatus"
EVENTS = (
    Announced(SYNC_STATUS, "sync_status_read_change", "syncstatus"),
    Announced(SYNC_STATUS, "sync_status_write_change", "syncstatus"),
)


@dataclass(frozen=True, slots=True)
class System:
    """The record system that a Source belongs to, as ``emr`` shows it.

    Attributes:
        number: our id for the product, the same for all practices.
        kinds: where it runs: ``cloud``, ``onprem``.
    """

    number: int = 1
    name: str = "opendental"
    display_name: str = "Open Dental"
    kinds: tuple[str, ...] = ("onprem",)


@dataclass(frozen=True, slots=True)
class SourceLights:
    """How a Source can be read and written.

    Attributes:
        institution: our id.
        data_source: our id of the Source; the lane of its Events.
        source: the Source's name.
        read, write: green if it works; everything else is red.
        read_at: when it was last read (our clock, UTC); None for never.
        write_at: when the writer last could have written (our clock, UTC); None for never.
    """

    institution: int
    data_source: int
    source: str
    read: Light
    read_at: datetime | None
    write: Light
    write_at: datetime | None


def entry(
    lights: SourceLights,
    system: System,
    locations: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Give the JSON object; in Messages ``locations`` is null, as in the examples."""
    return {
        "institution_id": lights.institution,
        "sync_source_type": "DataSource",
        "sync_source_name": lights.source,
        "emr": {
            "id": system.number,
            "name": system.name,
            "display_name": system.display_name,
            "type": list(system.kinds),
        },
        "read_status": color(lights.read),
        "read_status_at": _moment(lights.read_at),
        "write_status": color(lights.write),
        "write_status_at": _moment(lights.write_at),
        "locations": None if locations is None else list(locations),
    }


def read_changed(lights: SourceLights, system: System) -> Event:
    """Give the Event that reading became what it now is."""
    return _event("sync_status_read_change", color(lights.read), lights, system)


def write_changed(lights: SourceLights, system: System) -> Event:
    """Give the Event that writing became what it now is."""
    return _event("sync_status_write_change", color(lights.write), lights, system)


def color(light: Light) -> str:
    """Give NexHealth's word: what has not yet been tried does not work."""
    return "green" if light is Light.GREEN else "red"


def _event(name: str, suffix: str, lights: SourceLights, system: System) -> Event:
    subject = Subject(SYNC_STATUS, lights.data_source)
    return Event(name, subject, encode(entry(lights, system)), suffix=suffix)


def _moment(instant: datetime | None) -> str | None:
    return None if instant is None else write_moment(instant)
