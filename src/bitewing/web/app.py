"""The app: every face and our own API under one roof."""

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from bitewing import __version__
from bitewing.engine.operations.ui_events import Counter
from bitewing.model.errors import BitewingError
from bitewing.web.api.health import health_router
from bitewing.web.api.ui_events import ui_events_router
from bitewing.web.auth import Doorkeeper
from bitewing.web.problems import status_of


def create_app(
    *,
    missing: Callable[[], list[str]],
    counter: Counter,
    doorkeeper: Doorkeeper,
    open_dental: FastAPI,
) -> FastAPI:
    """Make the application; ``open_dental`` is mounted at ``/api/v1``."""
    app = FastAPI(title="bitewing", version=__version__)
    app.add_exception_handler(BitewingError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.include_router(health_router(missing))
    app.include_router(ui_events_router(counter, doorkeeper))
    app.mount("/api/v1", open_dental)
    return app


async def _ours(_: Request, error: Exception) -> JSONResponse:
    status = status_of(error) if isinstance(error, BitewingError) else 500
    return _problem(getattr(error, "code", "bitewing"), str(error), status)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Say which fields are wrong, without repeating what was sent."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    text = "; ".join(
        f"{'.'.join(str(part) for part in one['loc'] if part != 'body') or 'body'}: {one['msg']}"
        for one in problems
    )
    return _problem("request.invalid", text, 422)


def _problem(code: str, message: str, status: int) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
