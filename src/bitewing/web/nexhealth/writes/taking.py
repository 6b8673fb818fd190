"""Taking: a request to write becomes durable, once for each Idempotency-Key, and is answered."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import Request, Response

from bitewing.engine.operations.writing import IsDraft, WritingDesk
from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import PendingWrite, Wanted
from bitewing.ports.album import Album
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.parameters import Asked, remark
from bitewing.web.nexhealth.visits import Visit

IDEMPOTENCY = "Idempotency-Key"
"""Ours: NexHealth documents none."""
LONGEST_KEY = 255
CREATED = 201

Want = Callable[[Sequence[Album], IsDraft], Wanted]
"""Says what is to be written; raises what the caller shall hear."""
Show = Callable[[PendingWrite], dict[str, Any]]
"""Gives what the answer has in ``data``."""


async def take(
    desk: WritingDesk, request: Request, visit: Visit, asked: Asked, *, want: Want, show: Show
) -> Response:
    """Keep what one request wants, and show it as it is now: taken, and not written yet."""
    (write, *_) = await desk.ask(
        asked.text("subdomain") or "",
        lambda albums, is_draft: [want(albums, is_draft)],
        owner=visit.caller.owner,
        key=key_of(request),
    )
    return answer(show(write), visit.version, status=CREATED, description=remark(asked))


def key_of(request: Request) -> str:
    """Give the caller's key, under which the same request is taken once; "" without one.

    A key counts for one path of one institution: used for something else it is another key.
    """
    key = request.headers.get(IDEMPOTENCY, "")
    if len(key) > LONGEST_KEY:
        raise InvalidRequestError(f"{IDEMPOTENCY} can have {LONGEST_KEY} characters.")
    if not key:
        return ""
    return f"{request.method} {request.url.path} {request.query_params.get('subdomain')} {key}"
