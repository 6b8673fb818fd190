"""Parsing: what a POST or PUT of Open Dental's Subscriptions asks for (API Subscriptions page).

Open Dental documents the fields but not the error texts; ours name the field and what it must be.
Where the page is silent we decided:

- Field names are read regardless of letter case (the API Events page itself has both
  ``Workstation`` and ``WorkStation``); a field nobody knows is refused, since a misspelt
  DateTimeStop must not become "never". A null is the same as a field that is not there.
- PollingSeconds may be a number or a text of digits.
- A wall time that the office's clock shows twice, or leaves out, counts as the earliest instant
  it can mean in DateTimeStart and as the latest in DateTimeStop.
- ``All Workstations``, which 26.2.1 asks for in place of a blank, is a blank.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental import office_time
from bitewing.dialects.opendental.addresses import check_address
from bitewing.dialects.opendental.catalogue import Announced, Family, parse_event
from bitewing.dialects.opendental.versions import Version
from bitewing.model.errors import InvalidRequestError
from bitewing.model.subscription import Subscription, Wish

LONGEST_TEXT = 255
"""The width of every text column of Open Dental's own table of Subscriptions."""

MOST_SECONDS = 2**31 - 1
EVERY_WORKSTATION = "all workstations"
SETTABLE = (
    "EndPointUrl",
    "Workstation",
    "PollingSeconds",
    "DateTimeStart",
    "DateTimeStop",
    "Note",
)
FIXED = ("SubscriptionNum", "CustomerKey", "WatchTable", "UiEventType")
"""What a PUT may not change."""

_DIGITS = re.compile(r"\d{1,10}", re.ASCII)
# TIMESTAMP columns begin here, so an earlier start finds nothing more.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_new(body: Mapping[str, object], *, zone: ZoneInfo, version: Version) -> Wish:
    """Read the fields of a POST.

    Raises:
        InvalidRequestError: a field is missing, unknown or wrong; the message says which.
    """
    fields = _known_fields(body)
    for name in ("SubscriptionNum", "CustomerKey"):
        if name in fields:
            raise InvalidRequestError(f"{name} cannot be set.")
    if not (url := _text(fields, "EndPointUrl")):
        raise InvalidRequestError("EndPointUrl is required.")
    announced = _wished_event(fields, version)
    if announced.family is Family.WATCH_TABLE and "PollingSeconds" not in fields:
        raise InvalidRequestError("PollingSeconds is required.")
    return Wish(
        url=check_address(url),
        event_name=announced.event_name,
        watch=announced.watch,
        every=_interval(fields, announced.watch, unchanged=None),
        workstation=_workstation(fields, unchanged=""),
        note=_text(fields, "Note"),
        starts_at=_start(fields, zone),
        stops_at=_stop(fields, zone, unchanged=None),
    )


def parse_edit(body: Mapping[str, object], subscription: Subscription, *, zone: ZoneInfo) -> Wish:
    """Read the fields of a PUT; what it leaves out stays as the Subscription has it.

    Raises:
        InvalidRequestError: a field is unknown, wrong, or cannot be changed; the message says
            which.
    """
    fields = _known_fields(body)
    for name in FIXED:
        if name in fields:
            raise InvalidRequestError(
                f"{name} cannot be changed. A PUT may set: {', '.join(SETTABLE)}."
            )
    url = _text(fields, "EndPointUrl", unchanged=subscription.url)
    if not url:
        raise InvalidRequestError("EndPointUrl cannot be blank.")
    return Wish(
        url=url if url == subscription.url else check_address(url),
        event_name=subscription.event_name,
        watch=subscription.watch,
        every=_interval(fields, subscription.watch, unchanged=subscription.every),
        workstation=_workstation(fields, unchanged=subscription.workstation),
        note=_text(fields, "Note", unchanged=subscription.note),
        starts_at=_start(fields, zone),
        stops_at=_stop(fields, zone, unchanged=subscription.stops_at),
    )


def _known_fields(body: Mapping[str, object]) -> dict[str, object]:
    spelled = {name.lower(): name for name in (*SETTABLE, *FIXED)}
    fields: dict[str, object] = {}
    for name, value in body.items():
        known = spelled.get(name.lower())
        if known is None:
            raise InvalidRequestError(f"'{name[:LONGEST_TEXT]}' is not a valid field.")
        if value is not None:
            fields[known] = value
    return fields


def _wished_event(fields: Mapping[str, object], version: Version) -> Announced:
    names = {
        # Both of Open Dental's enums have a None, which it stores as an empty text.
        family: "" if (name := _text(fields, family)) == "None" else name
        for family in Family
    }
    wished = [family for family, name in names.items() if name]
    if not wished:
        raise InvalidRequestError("WatchTable or UiEventType is required.")
    if len(wished) > 1:
        raise InvalidRequestError("Only one of WatchTable and UiEventType can be set.")
    return parse_event(wished[0], names[wished[0]], version)


def _interval(
    fields: Mapping[str, object], watch: str | None, *, unchanged: timedelta | None
) -> timedelta | None:
    if "PollingSeconds" not in fields:
        return unchanged
    value = fields["PollingSeconds"]
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if watch is None:
        if value == 0:
            return None
        raise InvalidRequestError("PollingSeconds can only be set for WatchTable subscriptions.")
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_SECONDS:
        raise InvalidRequestError("PollingSeconds is invalid. It must be a whole number from 1 up.")
    return timedelta(seconds=value)


def _text(fields: Mapping[str, object], name: str, *, unchanged: str = "") -> str:
    value = fields.get(name, unchanged)
    if not isinstance(value, str):
        raise InvalidRequestError(f"{name} is invalid. It must be a string.")
    if len(value) > LONGEST_TEXT:
        raise InvalidRequestError(f"{name} is too long. It can have {LONGEST_TEXT} characters.")
    return value


def _workstation(fields: Mapping[str, object], *, unchanged: str) -> str:
    name = _text(fields, "Workstation", unchanged=unchanged).strip()
    if not name.isprintable():  # it becomes a header line
        raise InvalidRequestError("Workstation is invalid. It must be the name of a computer.")
    return "" if name.lower() == EVERY_WORKSTATION else name


def _start(fields: Mapping[str, object], zone: ZoneInfo) -> datetime | None:
    wall = _wall(fields, "DateTimeStart")
    return max(office_time.earliest(wall, zone), _EPOCH) if wall else None


def _stop(
    fields: Mapping[str, object], zone: ZoneInfo, *, unchanged: datetime | None
) -> datetime | None:
    wall = _wall(fields, "DateTimeStop")
    if wall is None:
        return unchanged
    return None if wall == datetime.min else office_time.latest(wall, zone)  # noqa: DTZ901 - wall time


def _wall(fields: Mapping[str, object], name: str) -> datetime | None:
    written = _text(fields, name).strip()
    if not written:
        return None
    wall = office_time.read_wall(written)
    if wall is None:
        raise InvalidRequestError(f"{name} format must be yyyy-MM-dd HH:mm:ss")
    return wall
