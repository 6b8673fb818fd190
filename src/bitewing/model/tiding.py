"""A Tiding: what the operator of bitewing is told of bitewing itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TidingKind(StrEnum):
    """What has happened; ``docs/operator-events.md`` says when each is told."""

    ENDPOINT_FAILING = "endpoint.failing"
    ENDPOINT_DISABLED = "endpoint.disabled"
    ENDPOINT_RECOVERED = "endpoint.recovered"
    ENDPOINT_ACTIVATED = "endpoint.activated"
    SOURCE_RED = "source.red"
    SOURCE_GREEN = "source.green"
    DELETIONS_HELD = "source.deletions_held"


@dataclass(frozen=True, slots=True)
class Tiding:
    """One thing that happened. It holds numbers and names of ours, never content of a Record.

    Attributes:
        kind: what.
        at: when (our clock, UTC).
        institution: whose; "" is an account with several.
        source: which Source it is about; "" for an Endpoint.
        endpoint: the id of the Endpoint that it is about; None for a Source.
        dialect: the Endpoint's; "" for a Source.
        address: the Endpoint's scheme, host and port alone: what follows may be a secret.
        since: since when it is so (our clock, UTC), where that is known.
        detail: why, in plain words; "" where there is nothing to say.
        held: Watch → rows that are gone at once.
    """

    kind: TidingKind
    at: datetime
    institution: str
    source: str = ""
    endpoint: int | None = None
    dialect: str = ""
    address: str = ""
    since: datetime | None = None
    detail: str = ""
    held: Mapping[str, int] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """Name what it is about; what is told of one thing keeps its order."""
        endpoint = self.endpoint
        return about_source(self.source) if endpoint is None else about_endpoint(endpoint)


def about_endpoint(number: int) -> str:
    """Name an Endpoint as something to be told of."""
    return f"endpoint {number}"


def about_source(name: str) -> str:
    """Name a Source as something to be told of."""
    return f"source {name}"
