"""Wording: how our own API writes Endpoints, Deliveries and replays; no body, no secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bitewing.engine.operations.backlog import Backlog
from bitewing.engine.operations.replays import Replay
from bitewing.model.delivery import Attempt, Delivery
from bitewing.model.subscription import Endpoint
from bitewing.ports.outbox import Share


def endpoint_text(one: Endpoint) -> dict[str, Any]:
    """Write an Endpoint; of its own headers the names alone, for the values may be credentials."""
    return {
        "id": one.id,
        "institution": one.institution or None,
        "dialect": one.dialect,
        "url": one.url,
        "state": one.state.value,
        "reason": one.reason or None,
        "failing_since": moment_text(one.failing_since),
        "parked_until": moment_text(one.parked_until),
        "headers": [name for name, _ in one.headers],
        "has_own_authorities": one.ca_pem is not None,
        "concurrency": one.concurrency,
        "per_second": one.per_second,
        "is_ordered": one.is_ordered,
    }


def backlog_text(one: Backlog) -> dict[str, Any]:
    """Write an Endpoint with what waits for it and what is held."""
    return {**endpoint_text(one.endpoint), "waiting": one.waiting, "held": one.held}


def delivery_text(one: Delivery) -> dict[str, Any]:
    """Write a Delivery without its body and the Records that it is about."""
    return {
        "id": one.id,
        "event_name": one.event_name,
        "endpoint": one.endpoint,
        "subscription": one.subscription,
        "state": one.state.value,
        "attempts": one.attempts,
        "created_at": moment_text(one.created_at),
        "due_at": moment_text(one.due_at),
        "first_tried_at": moment_text(one.first_tried_at),
        "replay_of": one.replay_of,
        "bytes": len(one.body),
    }


def attempt_text(one: Attempt) -> dict[str, Any]:
    """Write an Attempt."""
    return {
        "ordinal": one.ordinal,
        "started_at": moment_text(one.started_at),
        "outcome": one.outcome.kind.value,
        "status": one.outcome.status,
        "detail": one.outcome.detail or None,
        "milliseconds": round(one.outcome.timings.total, 1),
    }


def shares_text(shares: Sequence[Share], now: datetime) -> dict[str, Any]:
    """Write what a replay would do: how many, to whom, how old."""
    return {
        "dry_run": True,
        "deliveries": sum(one.count for one in shares),
        "endpoints": [
            {
                "endpoint": one.endpoint,
                "deliveries": one.count,
                "oldest_at": moment_text(one.oldest_at),
                "oldest_seconds": round((now - one.oldest_at).total_seconds()),
            }
            for one in shares
        ],
    }


def replay_text(number: int, one: Replay) -> dict[str, Any]:
    """Write how far a replay is."""
    return {
        "id": number,
        "done": one.done,
        "unable": one.unable,
        "is_cancelled": one.is_cancelled,
        "is_over": one.is_over,
    }


def moment_text(moment: datetime | None) -> str | None:
    """Write a moment; None stays None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
