"""Speaking: the Dialect of Open Dental's API Events, body and headers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from bitewing.dialects.opendental.catalogue import Family, announced_as
from bitewing.dialects.opendental.rendering.renderer import Renderer
from bitewing.dialects.opendental.rendering.values import Value
from bitewing.dialects.opendental.versions import DEFAULT_VERSION, parse_version
from bitewing.model.delivery import Delivery, Headers
from bitewing.model.errors import NotFoundError
from bitewing.model.record import Record
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint


class OpenDental:
    """Speaks as Open Dental does (API Events page); see the port ``Dialect``.

    Attributes:
        page_size: since version 23.2.1 an Event has at most 1000 elements.
        timeout: staff name about one minute in the forum; the page names none.
        retries: none; what was not acknowledged is composed anew.
        version: the version of Open Dental whose fields and Events are spoken.
    """

    name = "opendental"
    page_size = 1000
    timeout = timedelta(seconds=60)
    retries: RetrySchedule | None = None

    def __init__(
        self,
        *,
        zones: Mapping[str, ZoneInfo],
        customer_keys: Mapping[str, str],
        version: str = DEFAULT_VERSION,
    ) -> None:
        """Learn the offices' zones (by Source) and the customer keys (by owner's fingerprint).

        Raises:
            SettingsError: the version is not one.
        """
        self.version = parse_version(version)
        self._zones = zones
        self._customer_keys = customer_keys
        self._renderer = Renderer(self.version)
        self._encode = msgspec.json.Encoder().encode

    def compose(self, event_name: str, source: str, records: Sequence[Record]) -> bytes:
        """Render a JSON array, or for a UI event the one object that it is about.

        Raises:
            NotFoundError: there is no such Event or Source.
            ValueError: a UI event is about exactly one Record, and these are not one.
        """
        announced = announced_as(event_name)
        render = self._renderer.plan(announced.name, self._zone(source))
        if announced.family is Family.UI_EVENT_TYPE:
            (selected,) = records
            return self._encode(render(selected))
        return self._encode([render(record) for record in records])

    def headers(
        self,
        delivery: Delivery,
        endpoint: Endpoint,  # noqa: ARG002 - the credential says it all
        at: datetime,
    ) -> Headers:
        """Give Open Dental's headers in its order, then ours.

        The Authorization is the bare customer key. ``webhook-id`` and ``webhook-timestamp``
        (seconds since 1970) are those of Standard Webhooks, an addition that receivers of Open
        Dental may ignore: the first tells a repeat, which theirs cannot.

        Raises:
            NotFoundError: the customer key is no longer configured.
        """
        key = self._customer_keys.get(delivery.owner)
        if key is None:
            raise NotFoundError(
                "The customer key that created this subscription is no longer configured, and "
                "its Authorization header cannot be written. Put the key back under "
                f"customer_keys of the source {delivery.source!r}, or delete the subscription."
            )
        return (
            ("Authorization", key),
            ("Workstation", delivery.workstation),
            ("Event-Type", delivery.event_name),
            ("Content-Type", "application/json"),
            ("webhook-id", delivery.message_id),
            ("webhook-timestamp", str(int(at.timestamp()))),
        )

    def render(self, watch: str, record: Record, zone: ZoneInfo) -> dict[str, Value]:
        """Give a Record's element as an Event of this Watch carries it."""
        return self._renderer.plan(watch, zone)(record)

    def render_resource(
        self, watch: str, record: Record, *, zone: ZoneInfo, read_at: datetime | None
    ) -> dict[str, Value]:
        """Give a Record as a GET shows it; see ``Renderer.resource``."""
        return self._renderer.resource(watch, record, zone=zone, read_at=read_at)

    def _zone(self, source: str) -> ZoneInfo:
        zone = self._zones.get(source)
        if zone is None:
            raise NotFoundError(
                f"The source {source!r} is not configured, so its time zone is not known."
            )
        return zone
