"""Lights: which lights each Source showed last, so that a restart tells nothing twice."""

from datetime import datetime
from typing import NamedTuple, Protocol

from bitewing.model.health import Light
from bitewing.model.lights import Aspect


class Shown(NamedTuple):
    """A light as it was last shown.

    Attributes:
        worked_at: when it last worked (our clock, UTC); None for never.
    """

    light: Light
    worked_at: datetime | None


class ShownLights(Protocol):
    """The lights by Source and aspect."""

    def of(self, source: str) -> dict[Aspect, Shown]:
        """Give those of a Source that were ever shown."""
        ...

    def put(self, source: str, aspect: Aspect, shown: Shown) -> None:
        """Remember one."""
        ...
