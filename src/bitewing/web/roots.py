"""Roots: a face whose paths stand beside our own; their first part tells them apart."""

from collections.abc import Collection
from typing import Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send


class Roots(BaseRoute):
    """Hands requests to a face as they are, with every method, if their first part is its own.

    A mount would do for one part, and would take it away from the path.
    """

    def __init__(self, parts: Collection[str], face: ASGIApp) -> None:
        self._parts = frozenset(parts)
        self._face = face

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the face answers this request."""
        first = str(scope.get("path", "")).lstrip("/").partition("/")[0]
        is_ours = scope["type"] == "http" and first in self._parts
        return (Match.FULL if is_ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the face answer."""
        await self._face(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Refuse: nobody asks for the path of a face."""
        raise NoMatchFound(name, path_params)
