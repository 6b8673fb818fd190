"""Answers: Open Dental's shapes: bare objects and arrays, and errors as a bare JSON string."""

from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from bitewing.model.errors import BitewingError
from bitewing.web.problems import status_of

JSON = "application/json"


def answer(content: Any, status: int = 200, *, location: str | None = None) -> Response:
    """Give a JSON answer; keys keep their order."""
    headers = {"location": location} if location else None
    return Response(msgspec.json.encode(content), status, headers=headers, media_type=JSON)


def done() -> Response:
    """Give the empty 200 that a PUT or DELETE is answered with."""
    return Response(b"", 200, media_type=JSON)


def speak_of_errors(face: FastAPI) -> None:
    """Let every error of this face be a bare JSON string (API Specification page)."""

    async def ours(_: Request, error: Exception) -> Response:
        status = status_of(error) if isinstance(error, BitewingError) else 500
        return answer(str(error), status)

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        resource = request.url.path.removeprefix(request.scope.get("root_path", "")).strip("/")
        first, _, rest = resource.partition("/")
        method = " ".join(part for part in (first, request.method, rest) if part)
        text = {
            404: f"'{first}' is not a valid resource.",
            405: f"{method} is not a valid method.",
        }.get(status, "The request cannot be answered.")
        # A method that a resource does not have is a 400 there; 405 is not in its documented set.
        return answer(text, 400 if status == 405 else status)  # noqa: PLR2004 - RFC 9110, 15.5.6

    face.add_exception_handler(BitewingError, ours)
    face.add_exception_handler(HTTPException, http)
