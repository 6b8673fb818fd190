"""What is written into a row, and read back from it, in every store.

Instants are whole microseconds since 1970 (UTC), durations whole microseconds: integers compare,
index and sort alike in every database, and keep every digit.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from bitewing.model.subscription import Bookmark, Subscription, Window

Columns = dict[str, Any]
"""Column name → value, ready to be bound."""

Row = tuple[Any, ...]
"""The values of a row, in the order in which its query names them."""

InColumns = Sequence[Sequence[object]]
"""The values of many rows, those of each column together, in the order in which it names them."""

LEAST, MOST = -(2**63), 2**63 - 1
"""The whole numbers that a column holds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_write = msgspec.json.Encoder(enc_hook=list).encode
_write_lines = msgspec.json.Encoder().encode_lines
_zone = attrgetter("tzinfo")
_numbers = msgspec.json.Decoder(tuple[int, ...])


def getters(fields: tuple[str, ...], *names: str) -> list[Callable[[Row], Any]]:
    """Give what takes each of these values out of tuples with such fields, one after another.

    Where there are many tuples, ``map`` with one of these costs a third of a loop.
    """
    return [itemgetter(fields.index(name)) for name in names]


def microseconds_at(at: datetime) -> int:
    """Give an aware instant as microseconds since 1970. A naive one raises TypeError."""
    # In another zone the hour that the autumn repeats is equal to itself (datetime, ``fold``).
    return _known_since_epoch(at) if at.tzinfo is UTC else _since_epoch(at)


def _since_epoch(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_known_since_epoch = lru_cache(maxsize=1024)(_since_epoch)
"""What happens together bears the same moment."""


def all_microseconds_at(moments: Sequence[datetime]) -> list[int]:
    """Do the same for many."""
    one = _known_since_epoch if {UTC}.issuperset(map(_zone, moments)) else microseconds_at
    return list(map(one, moments))


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


def json_list(numbers: Collection[int] | Collection[str]) -> str:
    """Write numbers or ids as a JSON array, which a query takes as one parameter."""
    return _write(numbers).decode()


def json_lists(many: Iterable[Sequence[int]]) -> list[str]:
    """Write each of many sequences of whole numbers as a JSON array."""
    return _write_lines(many).decode().splitlines()


def numbers_from(text: str) -> tuple[int, ...]:
    """Read whole numbers from a JSON array."""
    return _numbers.decode(text)


def signed(bits: int) -> int:
    """Give 64 bits as the whole number that a column holds."""
    return bits - 2**64 if bits > MOST else bits


def unsigned(number: int) -> int:
    """Give them back."""
    return number & (2**64 - 1)
