"""Hearing: what an answer of Open Dental's API means for whoever asked.

Statuses: API Specification page ("Responses"). Two things there need care: a 400 is also what an
office that cannot be reached answers with, and a 504 says that the minute was over, not that
nothing was done.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from bitewing.model.writing import Refused, Unavailable, Unknown

LONGEST_REASON = 200
AWAY = ("econnector", "could not connect", "unable to connect", "not running", "offline")
"""What a 400 says when the office's own service or its database is away."""
TOO_LATE = ("timeout", "time-out", "timed out", "time out")
WAIT_FOR_A_PERSON = timedelta(minutes=5)
"""Keys do not mend themselves, so a 401 is not asked again soon."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A good answer; ``content`` is its JSON, None where it has no body."""

    content: Any = field(repr=False)


Meaning = Heard | Refused | Unavailable | Unknown


def understand(status: int, body: bytes, retry_after: str | None, now: datetime) -> Meaning:
    """Say what an answer means. ``now`` is ours, for a Retry-After that is a date."""
    if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return _good(body)
    reason = _reason(status, body)
    if status == HTTPStatus.BAD_REQUEST:
        return _bad_request(reason)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Refused(reason)
    return _not_now(status, reason, _wait(retry_after, now))


def _not_now(status: int, reason: str, wait: timedelta | None) -> Meaning:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Unavailable(reason, WAIT_FOR_A_PERSON)
    if status == HTTPStatus.SERVICE_UNAVAILABLE or status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(reason, wait)
    return Unknown(reason)


def _good(body: bytes) -> Meaning:
    if not body:
        return Heard(None)
    try:
        content = json.loads(body)
    except ValueError:
        return Unknown("The answer was not JSON.")
    if isinstance(content, str):
        # Some methods answer 200 and an explanation why nothing was done.
        return Refused(content[:LONGEST_REASON]) if content else Heard(None)
    return Heard(content)


def _bad_request(reason: str) -> Meaning:
    words = reason.lower()
    if any(word in words for word in TOO_LATE):
        return Unknown(reason)
    if any(word in words for word in AWAY):
        return Unavailable(reason)
    return Refused(reason)


def _reason(status: int, body: bytes) -> str:
    """Give the explanation: a bare JSON string (API Specification page)."""
    try:
        content = json.loads(body) if len(body) < 10 * LONGEST_REASON else None
    except ValueError:
        content = None
    if isinstance(content, str) and content:
        return " ".join(content.split())[:LONGEST_REASON]
    return f"Open Dental's API answered {status}."


def _wait(retry_after: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After: seconds or a date (RFC 9110, 10.2.3)."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return timedelta(seconds=min(int(retry_after), 86400))
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(), at - now)
