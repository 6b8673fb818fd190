"""Describing: what the OpenAPI document says of the face, whose routes read requests themselves."""

from collections.abc import Iterable
from typing import Any

from fastapi import Security
from fastapi.params import Depends
from fastapi.security import APIKeyHeader

from bitewing.dialects.opendental.parsing import LONGEST_TEXT, MOST_SECONDS, SETTABLE
from bitewing.web.auth import SCHEME

Description = dict[str, Any]
"""A piece of an OpenAPI document."""


def _json(schema: Description) -> Description:
    return {"application/json": {"schema": schema}}


_SENTENCE = {
    "description": "A sentence that says what is wrong.",
    "content": _json({"type": "string"}),
}
PROBLEMS: dict[int | str, Description] = {"4XX": _SENTENCE, "5XX": _SENTENCE}
"""Every error is a bare JSON string (API Specification page)."""

_TEXT = {"type": "string", "maxLength": LONGEST_TEXT}
_MOMENT = {"type": "string", "description": "yyyy-MM-dd HH:mm:ss or yyyy-MM-dd, office time"}
_FIELDS: dict[str, Description] = {
    "SubscriptionNum": {"type": "integer"},
    "EndPointUrl": _TEXT,
    "Workstation": _TEXT,
    "CustomerKey": {"type": "string"},
    "WatchTable": _TEXT,
    "PollingSeconds": {"type": "integer", "minimum": 0, "maximum": MOST_SECONDS},
    "UiEventType": _TEXT,
    "DateTimeStart": _MOMENT,
    "DateTimeStop": _MOMENT,
    "Note": _TEXT,
}


def keys_in_header() -> Depends:
    """Say that every operation needs the keys; the doorkeeper reads them, not this."""
    keys: Depends = Security(
        APIKeyHeader(name="Authorization", scheme_name=SCHEME, auto_error=False)
    )
    return keys


def shown_subscription() -> Description:
    """Describe a Subscription as it is shown: all ten fields."""
    return {"type": "object", "properties": _FIELDS, "required": list(_FIELDS)}


def new_subscription() -> Description:
    """Describe the body of a POST."""
    fields = (*SETTABLE, "WatchTable", "UiEventType")
    return _taking({"required": ["EndPointUrl"], **_object(fields)})


def changed_subscription() -> Description:
    """Describe the body of a PUT."""
    return _taking(_object(SETTABLE))


def giving(schema: Description, *, status: int = 200) -> Description:
    """Describe what a successful answer holds."""
    return {"responses": {str(status): {"content": _json(schema)}}}


def asking(names: Iterable[str]) -> Description:
    """Describe query parameters, and the two that every list has."""
    paging = [
        {"name": name, "in": "query", "schema": {"type": "integer", "minimum": least}}
        for name, least in (("Limit", 1), ("Offset", 0))
    ]
    filters = [{"name": name, "in": "query", "schema": _TEXT} for name in names]
    return {"parameters": [*filters, *paging]}


def _object(names: Iterable[str]) -> Description:
    properties = {name: _FIELDS[name] for name in names}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _taking(schema: Description) -> Description:
    return {"requestBody": {"required": True, "content": _json(schema)}}
