"""Refusals: how our own API's errors look in its OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel


class Problem(BaseModel):
    """What is wrong: a stable code, and a sentence for people."""

    error: dict[Literal["code", "message"], str]


_CONTENT = {"application/json": {"schema": Problem.model_json_schema()}}


def refusals(reasons: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Describe the statuses of refusals by their reasons.

    The model itself would be compiled anew for each of them at each route, which took a third of
    the time in which the app is built.
    """
    return {
        status: {"description": reason, "content": _CONTENT} for status, reason in reasons.items()
    }
