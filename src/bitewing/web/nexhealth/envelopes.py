"""Envelopes: the shape of every answer of NexHealth's, errors included."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from bitewing.model.errors import BitewingError
from bitewing.web.nexhealth.admission import NoAccessError, UnknownCallerError
from bitewing.web.nexhealth.limits import TooManyRequestsError
from bitewing.web.nexhealth.versions import Version
from bitewing.web.problems import UNEXPECTED, status_of

VENDOR = "application/vnd.Nexhealth+json;version=2"
JSON = "application/json"

_OWN_STATUSES: dict[type[BitewingError], int] = {
    UnknownCallerError: 401,
    NoAccessError: 403,
    TooManyRequestsError: 429,
}
_ROUTING = {404: "Not Found", 405: "Method Not Allowed"}


def answer(
    data: Any,
    version: Version,
    *,
    status: int = 200,
    keeps_vendor: bool = False,
    description: str | Sequence[str] = (),
    further: Mapping[str, Any] | None = None,
) -> Response:
    """Give an answer in its envelope.

    Args:
        data: what was asked for.
        version: the caller's; v2 answers have NexHealth's own media type.
        status: the HTTP status.
        keeps_vendor: whether the resource keeps that media type in v3 (so their OpenAPI).
        description: remarks.
        further: what stands behind ``data``: ``count`` or ``page_info``.
    """
    content = {"code": True, "description": description, "error": [], "data": data}
    is_vendor = keeps_vendor or version is Version.V2
    return Response(
        msgspec.json.encode(content | dict(further or {})),
        status,
        media_type=VENDOR if is_vendor else JSON,
    )


def refusal(status: int, *errors: str, headers: Mapping[str, str] | None = None) -> Response:
    """Give an answer that says what is wrong."""
    content = {"code": False, "description": [], "error": errors, "data": None}
    return Response(msgspec.json.encode(content), status, headers=headers, media_type=JSON)


def speak_of_errors(face: FastAPI) -> None:
    """Let every error of this face have NexHealth's envelope."""

    async def ours(_: Request, error: Exception) -> Response:
        status = _OWN_STATUSES.get(type(error), 0) if isinstance(error, BitewingError) else 500
        return refusal(status or status_of(error), str(error), headers=_headers_of(error))

    async def routing(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = _ROUTING.get(status, "The request cannot be answered.")
        return refusal(status, text, headers=getattr(error, "headers", None))

    async def mistaken(_: Request, __: Exception) -> Response:
        return refusal(500, UNEXPECTED)  # the app around this face journals it

    face.add_exception_handler(BitewingError, ours)
    face.add_exception_handler(HTTPException, routing)
    face.add_exception_handler(Exception, mistaken)


def _headers_of(error: Exception) -> dict[str, str]:
    """Give the headers that must or should go with a status (RFC 9110, 11.6.1 and 10.2.3)."""
    if isinstance(error, UnknownCallerError):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooManyRequestsError):
        return {"Retry-After": str(math.ceil(error.seconds))}
    return {}
