"""Paths: where below ``/api/v1`` a request goes; a trailing slash is forgiven."""

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send


def path_of(request: Request) -> str:
    """Give the path below ``/api/v1``, decoded, without slashes at its ends."""
    path, root = str(request.scope["path"]), str(request.scope.get("root_path", ""))
    return path.removeprefix(root).strip("/")


class WithoutTrailingSlash:
    """Takes ``subscriptions/`` for ``subscriptions``.

    A redirect would do for a GET, but many clients lose the body or the Authorization header of
    a POST on the way.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self._app(scope, receive, send)
