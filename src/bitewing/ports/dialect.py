"""Dialect: speaking one webhook format. Pure: values in, bytes out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bitewing.model.change import Change
from bitewing.model.delivery import Delivery, Headers
from bitewing.model.event import Event, Portrait, Subject
from bitewing.model.lights import Aspect, Lights
from bitewing.model.record import Record
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint, Subscription
from bitewing.ports.picture import Picture


class Dialect(Protocol):
    """A webhook format.

    Attributes:
        name: ``opendental``.
        page_size: the most Records that one Message may carry.
        timeout: how long a receiver may take to answer.
        retries: when a Delivery that failed is sent again as it is; None where the dialect
            composes anew instead, or lets what failed be over.
    """

    name: str
    page_size: int
    timeout: timedelta
    retries: RetrySchedule | None

    def compose(self, event_name: str, source: str, records: Sequence[Record]) -> bytes:
        """Render the exact bytes of one Message about these Records of that Source."""
        ...

    def headers(self, delivery: Delivery, endpoint: Endpoint, at: datetime) -> Headers:
        """Give the header lines of an Attempt at this moment (our clock, UTC).

        The Endpoint's own ``headers`` are added by whoever sends; a receiver tells repeats by
        ``delivery.message_id``.

        Raises:
            NotFoundError: the credential that the headers need is no longer configured.
        """
        ...


class Announcer(Protocol):
    """A Dialect whose Events are composed at once, in the transaction that records Changes.

    The engine asks for the Subjects of the Changes at hand and for their Portraits before and
    after the Changes are recorded; what differs is announced.

    Attributes:
        name: ``nexhealth``.
        most_together: how many Events that allow it may share one Message.
    """

    name: str
    most_together: int

    def serves(self, owner: str, institution: str) -> bool:
        """Tell whether the bearer of a credential (its fingerprint) may hear of an Institution."""
        ...

    def subjects(self, change: Change, picture: Picture) -> set[Subject]:
        """Give the Subjects that a Change may alter; ``picture`` is the one before it."""
        ...

    def portray(self, subject: Subject, picture: Picture) -> Portrait | None:
        """Give a Subject as the picture shows it; None if it is not there or never announced."""
        ...

    def announce(
        self, subject: Subject, before: Portrait | None, after: Portrait | None
    ) -> Event | None:
        """Give the Event for a difference; None where nothing is to be told."""
        ...

    def light_changed(self, aspect: Aspect, lights: Lights, picture: Picture) -> Event:
        """Give the Event that one light of the picture's Source became what it now is."""
        ...

    def shares(self, event: Event) -> bool:
        """Tell whether Events of this name may share a Message (created ones may)."""
        ...

    def compose_events(
        self, subscription: Subscription, events: Sequence[Event], *, at: datetime
    ) -> bytes:
        """Render the exact bytes of one Message; ``at`` is the time that it bears (UTC)."""
        ...
