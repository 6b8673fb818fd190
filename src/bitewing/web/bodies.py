"""Bodies: what callers send, up to a size."""

import re

from fastapi import Request
from starlette.requests import ClientDisconnect

from bitewing.model.errors import InvalidRequestError

MOST_BYTES = 1024 * 1024


async def read_json_bytes(request: Request) -> bytes:
    """Give the body of a request that says that it is JSON.

    Raises:
        InvalidRequestError: it says that it is something else, is larger than 1 MiB, or ends
            before its end.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json" and not re.fullmatch(r"application/[\w.-]+\+json", kind):
        raise InvalidRequestError("The Content-Type header must be application/json.")
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise InvalidRequestError("The request body is larger than 1 MiB.")
    except ClientDisconnect:  # nobody hears this; it only ends the request without a traceback
        raise InvalidRequestError("The request ended before its body did.") from None
    return bytes(body)
