"""Describing: what the OpenAPI document says of the face, whose routes read requests themselves."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Response, Security
from fastapi.params import Depends
from fastapi.security import APIKeyHeader

from bitewing.web.nexhealth.envelopes import JSON, VENDOR
from bitewing.web.nexhealth.parameters import Kind, Parameter
from bitewing.web.nexhealth.versions import VERSION_HEADER

Description = dict[str, Any]
"""A piece of an OpenAPI document."""

_TEXTS: Description = {"type": "array", "items": {"type": "string"}}
_REMARKS: Description = {"anyOf": [{"type": "string"}, _TEXTS]}
_PROBLEM: Description = {
    "type": "object",
    "properties": {
        "code": {"const": False},
        "description": _REMARKS,
        "error": _TEXTS,
        "data": {"type": "null"},
    },
    "required": ["code", "description", "error", "data"],
}
_REASONS = {
    400: "A parameter or a field is missing or wrong.",
    401: "The token is missing, not valid or expired.",
    403: "The key does not reach this institution.",
    404: "There is no such thing, or it is another's.",
    429: "The key has asked too much.",
    503: "The store cannot be used just now.",
}
_SCHEMAS: Mapping[Kind, Description] = {
    Kind.TEXT: {"type": "string", "maxLength": 255},
    Kind.WHOLE: {"type": "integer"},
    Kind.FLAG: {"type": "boolean"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "description": "ISO 8601, a day or a moment"},
    Kind.ZONE: {"type": "string", "description": "as in America/New_York"},
}


def token_in_header() -> Depends:
    """Say that every operation needs a token; the door reads it, not this."""
    token: Depends = Security(
        APIKeyHeader(name="Authorization", scheme_name="Bearer", auto_error=False)
    )
    return token


def operation(
    schema: Description | None,
    *further: str,
    status: int = 200,
    query: Iterable[Parameter] = (),
    body: Description | None = None,
    media: str = JSON,
    refusals: Iterable[int] = (),
) -> dict[str, Any]:
    """Give what a route says of itself, in the words of ``add_api_route``.

    Args:
        schema: what ``data`` holds; None for an empty answer, which is a 204.
        further: what stands behind ``data``.
        status: of success.
        query: the parameters.
        body: what a request must hold.
        media: the kind of that body.
        refusals: statuses beyond those that every operation may give.
    """
    success = {"204": {"description": "Done."}}
    if schema is not None:
        success = {str(status): {"description": "Done.", **giving(schema, *further)}}
    described: Description = {"parameters": asking(query), "responses": success}
    if body is not None:
        content = {media: {"schema": body}}
        described["requestBody"] = {"required": "required" in body, "content": content}
    return {
        "status_code": 204 if schema is None else status,
        "response_class": Response,
        "responses": problems(*refusals),
        "openapi_extra": described,
    }


def problems(*statuses: int) -> dict[int | str, Description]:
    """Describe the refusals of an operation: these, and those that any may give."""
    content = {JSON: {"schema": _PROBLEM}}
    return {
        status: {"description": _REASONS[status], "content": content}
        for status in sorted({400, 401, 429, 503, *statuses})
    }


def giving(schema: Description, *further: str) -> Description:
    """Describe a successful answer: its ``data``, and what else the envelope may hold."""
    properties = {
        "code": {"const": True},
        "description": _REMARKS,
        "error": _TEXTS,
        "data": schema,
        **{name: _FURTHER[name] for name in further},
    }
    required = ["code", "description", "error", "data"]
    envelope = {"type": "object", "properties": properties, "required": required}
    return {"content": {kind: {"schema": envelope} for kind in (JSON, VENDOR)}}


_FURTHER: dict[str, Description] = {
    "count": {"type": "integer"},
    "page_info": {
        "type": "object",
        "properties": {
            "has_previous_page": {"type": "boolean"},
            "has_next_page": {"type": "boolean"},
            "start_cursor": {"type": ["string", "null"]},
            "end_cursor": {"type": ["string", "null"]},
        },
    },
}


def asking(parameters: Iterable[Parameter]) -> list[Description]:
    """Describe query parameters, and the header that names the version."""
    version = {
        "name": VERSION_HEADER,
        "in": "header",
        "schema": {"type": "string", "enum": ["v2", "v3.0.0", "v20240412"]},
    }
    return [*map(_parameter, parameters), version]


def _parameter(one: Parameter) -> Description:
    schema = dict(_SCHEMAS[one.kind])
    if one.choices:
        schema["enum"] = list(one.choices)
    if one.most > 1:
        schema = {"type": "array", "items": schema, "maxItems": one.most}
    name = f"{one.name}[]" if one.most > 1 else one.name
    return {"name": name, "in": "query", "required": one.is_required, "schema": schema}
