"""An Event: what a Dialect announces about a Subject, ready to be put into Messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What an Event is about: a resource in the Dialect's words, and its main row's key.

    ``Subject("Appointment", 18)`` is the appointment whose row has the primary key 18.
    """

    resource: str
    number: int


Portrait = Mapping[str, Any]
"""The JSON object that a Dialect makes of a Subject: health data, never shown in ``repr``."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell about one Subject of one Source.

    Attributes:
        name: what Subscriptions wish for (``appointment_updated``).
        suffix: how it went, where the name alone does not say (``complete``, ``red``); else "".
        subject: what it is about; the lane in which its Deliveries keep their order.
        locations: our ids of the Locations that it concerns; empty if it concerns all.
        content: the Subject's JSON object, rendered.
        previous: the JSON object of the changed keys with their old values, rendered; None where
            the Event has none.
    """

    name: str
    subject: Subject
    content: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)
    suffix: str = ""
    locations: frozenset[int] = frozenset()
