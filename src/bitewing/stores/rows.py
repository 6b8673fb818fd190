"""What is written into a row, and read back from it, in every store.

Instants are whole microseconds since 1970 (UTC), durations whole microseconds: integers compare,
index and sort alike in every database, and keep every digit.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from bitewing.model.delivery import Attempt, Delivery, DeliveryState, Outcome, OutcomeKind, Timings
from bitewing.model.subscription import Bookmark, Subscription, Window

Columns = dict[str, Any]
"""Column name → value, ready to be bound."""

Row = Sequence[Any]
"""The values of a row, in the order in which its query names them."""

LEAST, MOST = -(2**63), 2**63 - 1
"""The whole numbers that a column holds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXTS: dict[StrEnum, str] = {one: one.value for one in (*DeliveryState, *OutcomeKind)}
_STATES = {one.value: one for one in DeliveryState}
_CLAIMED = DeliveryState.CLAIMED.value
_numbers = msgspec.json.Decoder(tuple[int, ...])


def microseconds_at(at: datetime) -> int:
    """Give an aware instant as microseconds since 1970. A naive one raises TypeError."""
    return (at - _EPOCH) // _MICROSECOND


def microseconds_at_or_none(at: datetime | None) -> int | None:
    """Do the same for an instant that may be missing."""
    return None if at is None else microseconds_at(at)


def instant(microseconds: int) -> datetime:
    """Give the instant, aware, UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def instant_or_none(microseconds: int | None) -> datetime | None:
    """Do the same for an instant that may be missing."""
    return None if microseconds is None else instant(microseconds)


def subscription_columns(subscription: Subscription) -> Columns:
    """Give the columns of a Subscription, its Bookmark and its Window among them."""
    window = subscription.window
    every = subscription.every
    return {
        "number": subscription.number,
        "institution": subscription.institution,
        "source": subscription.source,
        "dialect": subscription.dialect,
        "owner": subscription.owner,
        "endpoint": subscription.endpoint,
        "url": subscription.url,
        "event_name": subscription.event_name,
        "watch": subscription.watch,
        "every": None if every is None else every // _MICROSECOND,
        "workstation": subscription.workstation,
        "note": subscription.note,
        "starts_at": microseconds_at(subscription.starts_at),
        "stops_at": microseconds_at_or_none(subscription.stops_at),
        "bookmark_after": subscription.bookmark.after,
        "bookmark_since": microseconds_at_or_none(subscription.bookmark.since),
        "window_up_to": window and window.up_to,
        "window_polled_at": window and microseconds_at(window.polled_at),
        "window_floor": window and microseconds_at(window.floor),
        "window_sent": window and window.sent[0],
        "window_sent_key": window and window.sent[1],
        "window_changes": window and window.changes,
        "window_expired": window and window.expired,
        "last_sent_at": microseconds_at_or_none(subscription.last_sent_at),
        "failures": subscription.failures,
        "failure": subscription.failure,
        "resume_at": microseconds_at_or_none(subscription.resume_at),
        "delivered": subscription.delivered,
        "expired": subscription.expired,
        "first_change": subscription.first_change,
        "is_active": subscription.is_active,
        "created_at": microseconds_at(subscription.created_at),
        "updated_at": microseconds_at(subscription.updated_at),
        "locations": json_list(subscription.locations),
        "version": subscription.version,
        "unwished": subscription.unwished,
    }


def subscription_from(row: Row) -> Subscription:
    """Read a Subscription: its columns in the order of ``subscription_columns``."""
    (number, institution, source, dialect, owner, endpoint, url, event_name, watch, every) = row[
        :10
    ]
    (workstation, note, starts_at, stops_at, after, since) = row[10:16]
    (last_sent_at, failures, failure, resume_at, delivered, expired, first_change) = row[23:30]
    (is_active, created_at, updated_at, locations, version, unwished) = row[30:]
    return Subscription(
        number=number,
        institution=institution,
        source=source,
        dialect=dialect,
        owner=owner,
        endpoint=endpoint,
        url=url,
        event_name=event_name,
        watch=watch,
        every=None if every is None else timedelta(microseconds=every),
        workstation=workstation,
        note=note,
        starts_at=instant(starts_at),
        stops_at=instant_or_none(stops_at),
        bookmark=Bookmark(after=after, since=instant_or_none(since)),
        window=_window_from(row[16:23]),
        last_sent_at=instant_or_none(last_sent_at),
        failures=failures,
        failure=failure,
        resume_at=instant_or_none(resume_at),
        delivered=delivered,
        expired=expired,
        first_change=first_change,
        is_active=bool(is_active),
        created_at=instant(created_at),
        updated_at=instant(updated_at),
        locations=_numbers.decode(locations),
        version=version,
        unwished=unwished,
    )


def _window_from(row: Row) -> Window | None:
    up_to, polled_at, floor, sent, sent_key, changes, expired = row
    if up_to is None:
        return None
    return Window(
        up_to=up_to,
        polled_at=instant(polled_at),
        floor=instant(floor),
        sent=(sent, sent_key),
        changes=changes,
        expired=expired,
    )


def delivery_values(
    delivery: Delivery, ordinal: int, *, claimed_until: int | None, blocked: int
) -> tuple[Any, ...]:
    """Give the values of a new Delivery's row, in the order in which ``add`` names them.

    With ``claimed_until`` it is claimed as it is added.
    """
    is_claimed = claimed_until is not None
    return (
        ordinal,
        delivery.id,
        delivery.institution,
        delivery.source,
        delivery.subscription,
        delivery.endpoint,
        delivery.dialect,
        delivery.owner,
        json_list(delivery.lanes),
        delivery.event_name,
        delivery.workstation,
        microseconds_at(delivery.created_at),
        microseconds_at(delivery.due_at),
        _CLAIMED if is_claimed else _TEXTS[delivery.state],
        delivery.attempts,
        claimed_until if is_claimed else microseconds_at_or_none(delivery.claimed_until),
        microseconds_at_or_none(delivery.first_tried_at),
        delivery.replay_of,
        delivery.attempts > 0,
        blocked,
    )


def delivery_from(row: Row) -> Delivery:
    """Read a Delivery: its columns in the order in which the queries name them."""
    (identity, institution, source, subscription, endpoint, dialect, owner, lanes) = row[:8]
    (event_name, records, workstation, body, created_at, due_at) = row[8:14]
    (state, attempts, claimed_until, first_tried_at, replay_of) = row[14:]
    return Delivery(
        id=identity,
        institution=institution,
        source=source,
        subscription=subscription,
        endpoint=endpoint,
        dialect=dialect,
        owner=owner,
        lanes=_numbers.decode(lanes),
        event_name=event_name,
        records=_numbers.decode(records),
        workstation=workstation,
        body=body,
        created_at=instant(created_at),
        due_at=instant(due_at),
        state=_STATES[state],
        attempts=attempts,
        claimed_until=instant_or_none(claimed_until),
        first_tried_at=instant_or_none(first_tried_at),
        replay_of=replay_of,
    )


def attempt_values(attempt: Attempt, delivery: int) -> tuple[Any, ...]:
    """Give the values of an Attempt's row, in the order in which its query names them.

    Its place among those of its Delivery is when it began.
    """
    outcome = attempt.outcome
    place = started_at = microseconds_at(attempt.started_at)
    wished, timings = outcome.retry_after, outcome.timings
    return (
        delivery,
        place,
        attempt.ordinal,
        started_at,
        _TEXTS[outcome.kind],
        outcome.status,
        outcome.detail,
        None if wished is None else wished // _MICROSECOND,
        outcome.address,
        timings.resolve,
        timings.connect,
        timings.tls,
        timings.first_byte,
        timings.total,
    )


def attempt_from(delivery: str, row: Row) -> Attempt:
    """Read an Attempt of this Delivery: its columns in the order of ``attempt_values``."""
    ordinal, started_at, kind, status, detail, wished, address, *phases = row
    return Attempt(
        delivery=delivery,
        ordinal=ordinal,
        started_at=instant(started_at),
        outcome=Outcome(
            kind=OutcomeKind(kind),
            status=status,
            detail=detail,
            retry_after=None if wished is None else timedelta(microseconds=wished),
            address=address,
            timings=Timings(*phases),
        ),
    )


def json_list(numbers: Collection[int] | Collection[str]) -> str:
    """Write numbers or ids as a JSON array, which a query takes as one parameter."""
    ready = numbers if isinstance(numbers, list | tuple) else list(numbers)
    text: str = msgspec.json.encode(ready).decode()
    return text


def state_text(state: DeliveryState) -> str:
    """Write a state; an enumeration's member would be adapted anew by every statement."""
    return _TEXTS[state]


def state_from(text: str) -> DeliveryState:
    """Read a state."""
    return _STATES[text]


def lanes_from(text: str) -> tuple[int, ...]:
    """Read the lanes of a Delivery."""
    return _numbers.decode(text)


def signed(bits: int) -> int:
    """Give 64 bits as the whole number that a column holds."""
    return bits - 2**64 if bits > MOST else bits


def unsigned(number: int) -> int:
    """Give them back."""
    return number & (2**64 - 1)
