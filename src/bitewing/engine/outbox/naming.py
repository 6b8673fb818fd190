"""Naming Deliveries: ids that are unique for ever and sort by the time of their making."""

import secrets
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def new_id(at: datetime) -> str:
    """Give an id for a Delivery that is made now (our clock, UTC).

    Milliseconds since 1970 before 80 random bits, as in a UUID of version 7 (RFC 9562, 5.7): a
    store's index of them grows at its end, which costs far less than everywhere.
    """
    return f"msg_{(at - _EPOCH) // _MILLISECOND:012x}{secrets.token_hex(10)}"
