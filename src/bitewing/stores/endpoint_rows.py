"""What is written into the row of an Endpoint, and read back from it, in every store."""

from collections.abc import Callable

import msgspec

from bitewing.model.delivery import Headers
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.stores.rows import (
    Columns,
    Row,
    instant,
    instant_or_none,
    microseconds_at,
    microseconds_at_or_none,
)

_headers = msgspec.json.Decoder(Headers)


SEALED = ("secret", "old_secret", "headers")
"""The columns that are sealed, each for its own row alone."""


def place_of(number: int, column: str) -> str:
    """Give what a sealed column of an Endpoint is sealed for."""
    return f"endpoint {number} {column}"


def endpoint_columns(endpoint: Endpoint, seal: Callable[[bytes, str], bytes]) -> Columns:
    """Give the columns of an Endpoint; what is secret is sealed, what is empty stays empty."""

    def sealed(column: str, secret: bytes) -> bytes:
        return seal(secret, place_of(endpoint.id, column)) if secret else b""

    headers = msgspec.json.encode(endpoint.headers) if endpoint.headers else b""
    return {
        "id": endpoint.id,
        "institution": endpoint.institution,
        "owner": endpoint.owner,
        "url": endpoint.url,
        "dialect": endpoint.dialect,
        "created_at": microseconds_at(endpoint.created_at),
        "updated_at": microseconds_at(endpoint.updated_at),
        "state": endpoint.state.value,
        "reason": endpoint.reason,
        "secret": sealed("secret", endpoint.secret.encode()),
        "old_secret": sealed("old_secret", endpoint.old_secret.encode()),
        "old_secret_until": microseconds_at_or_none(endpoint.old_secret_until),
        "headers": sealed("headers", headers),
        "ca_pem": endpoint.ca_pem,
        "concurrency": endpoint.concurrency,
        "per_second": endpoint.per_second,
        "is_ordered": endpoint.is_ordered,
        "failing_since": microseconds_at_or_none(endpoint.failing_since),
        "parked_until": microseconds_at_or_none(endpoint.parked_until),
    }


def endpoint_from(row: Row, unseal: Callable[[bytes, str], bytes]) -> Endpoint:
    """Read an Endpoint: its columns in the order of ``endpoint_columns``."""
    (number, institution, owner, url, dialect, created_at, updated_at, state, reason) = row[:9]
    (secret, old_secret, old_secret_until, headers, ca_pem, concurrency, per_second) = row[9:16]
    (is_ordered, failing_since, parked_until) = row[16:]

    def opened(column: str, secret: bytes) -> bytes:
        return unseal(secret, place_of(number, column)) if secret else b""

    return Endpoint(
        id=number,
        institution=institution,
        owner=owner,
        url=url,
        dialect=dialect,
        created_at=instant(created_at),
        updated_at=instant(updated_at),
        state=EndpointState(state),
        reason=reason,
        secret=opened("secret", secret).decode(),
        old_secret=opened("old_secret", old_secret).decode(),
        old_secret_until=instant_or_none(old_secret_until),
        headers=_headers.decode(opened("headers", headers)) if headers else (),
        ca_pem=ca_pem,
        concurrency=concurrency,
        per_second=per_second,
        is_ordered=bool(is_ordered),
        failing_since=instant_or_none(failing_since),
        parked_until=instant_or_none(parked_until),
    )
