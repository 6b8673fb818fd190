"""Calls and Answers: what a client of the practice's API asks for, and what it hears."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bitewing.model.errors import BitewingError


class RefusedError(BitewingError):
    """What a call asks for cannot be done; nothing was written.

    Open Dental answers with the sentence alone, as a JSON string.

    Attributes:
        status: 400 for a field or a rule, 401 for keys, 404 for what is not there.
    """

    code = "practice.refused"

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        root: the address that ``path`` stands below, for the header ``location``.
        path: below ``/api/v1/``, without slashes at its ends.
        asked: the query parameters.
    """

    method: str
    path: str
    root: str = ""
    asked: Mapping[str, str] = field(default_factory=dict, repr=False)
    authorization: str = field(default="", repr=False)
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with.

    Attributes:
        content: becomes JSON; None is no body at all.
    """

    status: int
    content: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def created(call: Call, path: str, content: Mapping[str, Any]) -> Answer:
    """Answer 201 and say where the new thing is (API Specification page, POST)."""
    return Answer(201, content, {"location": f"{call.root}/{path}"})
