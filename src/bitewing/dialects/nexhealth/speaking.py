"""Speaking: NexHealth's webhook subscriptions, from Changes to the bytes of Messages."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bitewing.dialects.nexhealth import envelope
from bitewing.dialects.nexhealth.catalogue import RESOURCES, announced_as
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.resource import CONCERNED, Resource, Touch
from bitewing.dialects.nexhealth.resources import sync_status
from bitewing.dialects.nexhealth.resources.sync_status import SourceLights, System
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.dialects.nexhealth.signing import (
    secret_of_attempt,
    signature_headers,
    valid_secrets,
)
from bitewing.model.change import Change
from bitewing.model.delivery import Delivery, Headers
from bitewing.model.errors import NotFoundError
from bitewing.model.event import Event, Portrait, Subject
from bitewing.model.lights import Aspect, Lights
from bitewing.model.record import Record
from bitewing.model.retry import TEN_IN_TWO_DAYS, RetrySchedule
from bitewing.model.subscription import Endpoint, Subscription
from bitewing.ports.picture import Picture


class NexHealth:
    """Speaks as NexHealth does (v2.2.2); see the ports ``Announcer`` and ``Dialect``.

    A Portrait is a function of the Picture and the customs alone, never of the time of day: what
    differs between two pictures is exactly what happened between them.

    Attributes:
        most_together, page_size: how many created resources may share a Message.
        timeout: how long a receiver may take; no page names a limit.
        retries: ten in 48 hours, as documented.
    """

    name = "nexhealth"
    most_together = 100
    page_size = most_together
    timeout = timedelta(seconds=15)
    retries: RetrySchedule | None = TEN_IN_TWO_DAYS

    def __init__(
        self,
        customs: Customs,
        *,
        institutions: Mapping[str, int],
        system: System | None = None,
        reach: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """Learn the practices' customs.

        Args:
            customs: what the contract leaves to the practice.
            institutions: our ids (Identity of kind Institution) by subdomain. It is looked into
                at every Message, so that it may be filled once the store is open.
            system: the record system that the Sources belong to.
            reach: which institutions each API key sees, by its fingerprint; None lets all see all.
        """
        self._customs = customs
        self._institutions = institutions
        self._reach = reach
        self._system = system or System(name=customs.system)
        self._resources = {resource.subject: resource for resource in RESOURCES}
        self._main = {resource.watch: resource for resource in RESOURCES}
        self._touches: dict[str, list[Touch]] = {}
        for resource in RESOURCES:
            for watch, touch in resource.touched_by.items():
                self._touches.setdefault(watch, []).append(touch)

    def serves(self, owner: str, institution: str) -> bool:
        """Tell whether an API key that is configured now sees the institution."""
        return self._reach is None or institution in self._reach.get(owner, ())

    def subjects(self, change: Change, picture: Picture) -> set[Subject]:
        """Give the Subjects that a Change may alter; see the resources' ``touched_by``."""
        watch = change.key.watch
        resource = self._main.get(watch)
        found = set() if resource is None else {Subject(resource.subject, change.key.number)}
        for touch in self._touches.get(watch, ()):
            found.update(touch(change, picture))
        return found

    def portray(self, subject: Subject, picture: Picture) -> Portrait | None:
        """Give a Subject's JSON object; None if it is not there or never announced.

        Raises:
            NotFoundError: there is no such resource, or the Source is not configured.
        """
        resource = self._resource(subject)
        scene = Scene(picture, self._customs)
        row = scene.find(resource.watch, subject.number)
        portrait = None if row is None else resource.portray(row, scene)
        if row is None or portrait is None or resource.concerned is None:
            return portrait
        return {**portrait, CONCERNED: resource.concerned(row, scene)}

    def announce(
        self, subject: Subject, before: Portrait | None, after: Portrait | None
    ) -> Event | None:
        """Give the Event for a difference; a row that is gone is an update with ``deleted``."""
        if before is None and after is None:
            return None
        return self._resource(subject).tell(subject, before, after)

    def shares(self, event: Event) -> bool:
        """Tell whether Events of this name stand in an array."""
        return announced_as(event.name).is_many

    def compose_events(
        self, subscription: Subscription, events: Sequence[Event], *, at: datetime
    ) -> bytes:
        """Render the bytes of one Message; see ``envelope.compose``.

        Raises:
            NotFoundError: the Subscription's Institution has no id yet.
        """
        institution = self._institutions.get(subscription.institution)
        if institution is None:
            raise NotFoundError(
                f"The institution {subscription.institution!r} is not configured, so no message "
                "can bear its id."
            )
        return envelope.compose(subscription, events, institution=institution, at=at)

    def compose(self, event_name: str, source: str, records: Sequence[Record]) -> bytes:
        """Refuse: these Messages are composed at once, of Events.

        Raises:
            NotFoundError: always.
        """
        raise NotFoundError(
            f"{event_name!r} of {source!r} cannot be composed of {len(records)} rows: NexHealth's "
            "messages tell what has changed, when it changes."
        )

    def headers(self, delivery: Delivery, endpoint: Endpoint, at: datetime) -> Headers:
        """Give NexHealth's header lines, then ours.

        ``webhook-id`` and ``webhook-timestamp`` are those of Standard Webhooks, an addition that
        receivers of NexHealth may ignore: the first tells a repeat, which theirs cannot. Whoever
        sends adds ``webhook-signature``.

        Raises:
            NotFoundError: the Endpoint has no secret, or its API key is no longer configured or
                no longer sees the institution.
        """
        if not self.serves(delivery.owner, delivery.institution):
            raise NotFoundError(
                f"The API key of endpoint {endpoint.id} no longer sees the institution "
                f"{delivery.institution!r}. Put it back under [nexhealth] api_keys, or leave it: "
                "nothing more is sent."
            )
        secrets = valid_secrets(endpoint, at)
        if not secrets:
            raise NotFoundError(
                f"The endpoint {endpoint.id} has no secret to sign with; give it one, or delete it "
                "and create it anew."
            )
        return (
            ("content-type", "application/json"),
            *signature_headers(secret_of_attempt(delivery, secrets), delivery.body, at),
            ("webhook-id", delivery.message_id),
            ("webhook-timestamp", str(int(at.timestamp()))),
        )

    def light_changed(self, aspect: Aspect, lights: Lights, picture: Picture) -> Event:
        """Give ``sync_status_read_change`` or ``sync_status_write_change``; see the port."""
        shown = SourceLights(
            institution=picture.identity("Institution", picture.institution),
            data_source=picture.identity("DataSource", picture.source),
            source=picture.source,
            read=lights.read,
            read_at=lights.read_at,
            write=lights.write,
            write_at=lights.write_at,
        )
        changed = self.read_changed if aspect is Aspect.READ else self.write_changed
        return changed(shown)

    def read_changed(self, lights: SourceLights) -> Event:
        """Give ``sync_status_read_change``: reading became what the lights now show."""
        return sync_status.read_changed(lights, self._system)

    def write_changed(self, lights: SourceLights) -> Event:
        """Give ``sync_status_write_change``: writing became what the lights now show."""
        return sync_status.write_changed(lights, self._system)

    def _resource(self, subject: Subject) -> Resource:
        resource = self._resources.get(subject.resource)
        if resource is None:
            raise NotFoundError(f"NexHealth announces no resource named {subject.resource!r}.")
        return resource
