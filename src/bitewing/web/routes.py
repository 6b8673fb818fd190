"""Routes: how those of a router come under an app."""

from fastapi import APIRouter, FastAPI


def join(app: FastAPI, router: APIRouter) -> None:
    """Let the app answer at the router's routes, after all that it answers at already.

    FastAPI's ``include_router`` would make every route a second time at the first request, which
    takes a tenth of a second, to put a prefix or dependencies of the app before it: ours are whole.
    """
    app.router.routes.extend(router.routes)
