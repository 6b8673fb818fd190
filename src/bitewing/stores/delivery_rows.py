"""What is written into the rows of Deliveries and Attempts, and read back from them.

What every Delivery brings is written for many at once, value by value: a loop of Python's own
costs several times as much as what is done in it.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from operator import itemgetter
from typing import Any

from bitewing.model.delivery import (
    Attempt,
    Claim,
    Delivery,
    DeliveryState,
    Outcome,
    OutcomeKind,
    Sent,
    Timings,
)
from bitewing.stores.rows import (
    InColumns,
    Row,
    all_microseconds_at,
    getters,
    instant,
    instant_or_none,
    json_list,
    json_lists,
    microseconds_at,
    microseconds_at_or_none,
    numbers_from,
)

Alike = tuple[Any, ...]
"""What many rows of one piece of work have in common, as the model has it; written once."""

_MICROSECOND = timedelta(microseconds=1)
_TEXTS: dict[StrEnum, str] = {one: one.value for one in (*DeliveryState, *OutcomeKind)}
_STATES = {one.value: one for one in DeliveryState}


_SHARED = (
    "institution",
    "source",
    "dialect",
    "owner",
    "event_name",
    "workstation",
    "created_at",
    "due_at",
    "replay_of",
)
_shared = itemgetter(*map(Delivery._fields.index, _SHARED))
_id, _subscription, _endpoint, _lanes = getters(
    Delivery._fields, "id", "subscription", "endpoint", "lanes"
)
_records, _body, _attempts = getters(Delivery._fields, "records", "body", "attempts")
_delivery, _place = getters(Claim._fields, "delivery", "place")
_started_at, _outcome = getters(Sent._fields, "started_at", "outcome")
(_timings,) = getters(Outcome._fields, "timings")
_what_came = itemgetter(slice(Outcome._fields.index("timings")))
_before_the_answer = itemgetter(slice(Timings._fields.index("first_byte")))
_first_byte, _total = getters(Timings._fields, "first_byte", "total")


def delivery_values(delivery: Delivery, ordinal: int, *, blocked: int) -> tuple[Alike, Row]:
    """Give what a new Delivery's row shares with others, not yet written, and its own values."""
    alike = (
        *_shared(delivery),
        delivery.state,
        delivery.attempts,
        delivery.claimed_until,
        delivery.first_tried_at,
        blocked,
    )
    lanes = json_list(delivery.lanes)
    return alike, (ordinal, delivery.id, lanes, delivery.subscription, delivery.endpoint)


def alike_deliveries(alike: Alike) -> Row:
    """Write what new Deliveries share, in the order in which ``add`` names it."""
    *shared, state, attempts, until, first_tried_at, blocked = alike
    return (
        *alike_passing(shared),
        _TEXTS[state],
        attempts,
        attempts > 0,
        microseconds_at_or_none(until),
        microseconds_at_or_none(first_tried_at),
        blocked,
    )


def passing_columns(
    deliveries: Sequence[Delivery], ordinals: Sequence[int]
) -> tuple[Iterable[Alike], InColumns]:
    """Do the same for those that are written as they will stand when they have been taken."""
    own = (
        ordinals,
        list(map(_id, deliveries)),
        json_lists(map(_lanes, deliveries)),
        list(map(_subscription, deliveries)),
        list(map(_endpoint, deliveries)),
    )
    return map(_shared, deliveries), own


def content_columns(deliveries: Sequence[Delivery], ordinals: Sequence[int]) -> InColumns:
    """Write what is kept apart from the Deliveries themselves.

    Of bytes Python's sqlite3 asks each time whether they are to be adapted, which costs more
    than to copy them.
    """
    bodies = list(map(bytearray, map(_body, deliveries)))
    return ordinals, json_lists(map(_records, deliveries)), bodies


def alike_passing(alike: Iterable[Any]) -> Row:
    """Write what these share, in the order in which ``add_passing`` names it."""
    *names, created_at, due_at, replay_of = alike
    return (*names, microseconds_at(created_at), microseconds_at(due_at), replay_of)


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
        lanes=numbers_from(lanes),
        event_name=event_name,
        records=numbers_from(records),
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


def attempt_values(attempt: Attempt, delivery: int) -> tuple[Alike, Row]:
    """Give what an Attempt's row shares with others, not yet written, and its own values."""
    _, ordinal, started_at, outcome = attempt
    *alike, timings = outcome
    resolve, connect, tls, first_byte, total = timings
    own = (delivery, microseconds_at(started_at), first_byte, total)
    return (ordinal, *alike, resolve, connect, tls), own


def sent_columns(
    sent: Sequence[Sent], claims: Sequence[Claim]
) -> tuple[Iterable[Alike], InColumns]:
    """Do the same for the Attempts at claims that were sent."""
    outcomes = list(map(_outcome, sent))
    timings = list(map(_timings, outcomes))
    alike = zip(
        map(_attempts, map(_delivery, claims)),
        map(_what_came, outcomes),
        map(_before_the_answer, timings),
        strict=True,
    )
    started = all_microseconds_at(list(map(_started_at, sent)))
    answered = list(map(_first_byte, timings)), list(map(_total, timings))
    return alike, (list(map(_place, claims)), started, *answered)


def alike_attempts(alike: Alike) -> Row:
    """Write what Attempts share, in the order in which ``add_attempt`` names it."""
    ordinal, kind, status, detail, retry_after, *rest = alike
    wished = None if retry_after is None else retry_after // _MICROSECOND
    return (ordinal, _TEXTS[kind], status, detail, wished, *rest)


def alike_sent(alike: Alike) -> Row:
    """Write what those share that were sent."""
    earlier, what_came, before_the_answer = alike
    return alike_attempts((earlier + 1, *what_came, *before_the_answer))


def alike_claims(alike: Alike) -> Row:
    """Write what claims share: until when they last."""
    return (microseconds_at(alike[0]),)


def alike_settlements(alike: Alike) -> Row:
    """Write what Settlements share: the state, when it is due, and the delay."""
    state, due_at, delay = alike
    return (_TEXTS[state], microseconds_at_or_none(due_at), delay // _MICROSECOND)


def attempt_from(delivery: str, row: Row) -> Attempt:
    """Read an Attempt of this Delivery: its columns in the order in which its query names them."""
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


def state_text(state: DeliveryState) -> str:
    """Write a state; an enumeration's member would be adapted anew by every statement."""
    return _TEXTS[state]


def state_from(text: str) -> DeliveryState:
    """Read a state."""
    return _STATES[text]
