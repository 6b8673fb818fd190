"""Answers: Open Dental's shapes: bare objects and arrays, and errors as a bare JSON string."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from bitewing.dialects.opendental.resources import RESOURCES
from bitewing.model.errors import BitewingError
from bitewing.web.opendental.paths import path_of
from bitewing.web.problems import UNEXPECTED, headers_of, status_of

JSON = "application/json"

_RESOURCES = {"subscriptions", *(resource.path.split("/")[0] for resource in RESOURCES)}
_LONGEST_ECHO = 255


def answer(
    content: Any, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Give a JSON answer; keys keep their order."""
    return Response(msgspec.json.encode(content), status, headers=headers, media_type=JSON)


def done() -> Response:
    """Give the empty 200 that a PUT or DELETE is answered with."""
    return Response(b"", 200, media_type=JSON)


def speak_of_errors(face: FastAPI) -> None:
    """Let every error of this face be a bare JSON string (API Specification page)."""

    async def ours(_: Request, error: Exception) -> Response:
        return answer(str(error), status_of(error), headers=headers_of(error))

    async def routing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = "The request cannot be answered."
        if status in {404, 405}:
            status, text = _misrouted(request)
        return answer(text, status)

    async def mistaken(_: Request, __: Exception) -> Response:
        return answer(UNEXPECTED, 500)  # the app around this face journals it

    face.add_exception_handler(BitewingError, ours)
    face.add_exception_handler(HTTPException, routing)
    face.add_exception_handler(Exception, mistaken)


def _misrouted(request: Request) -> tuple[int, str]:
    """Tell a resource that does not exist from a method that a resource does not have.

    The latter is a 400: there is no 405 in Open Dental's documented set.
    """
    resource, _, rest = path_of(request)[:_LONGEST_ECHO].partition("/")
    if resource not in _RESOURCES:
        return 404, f"'{resource}' is not a valid resource."
    method = " ".join(part for part in (resource, request.method, rest) if part)
    return 400, f"{method} is not a valid method."
