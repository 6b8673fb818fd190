"""The app: every face and our own API under one roof."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bitewing import __version__
from bitewing.model.errors import BitewingError
from bitewing.web.nexhealth.face import ROOTS
from bitewing.web.problems import headers_of, status_of, unexpected
from bitewing.web.roots import Roots
from bitewing.web.routes import join

_ROUTING = {
    404: ("request.not_found", "There is nothing at this path."),
    405: ("request.method_not_allowed", "This path does not have that method."),
}


def create_app(
    *, routers: Sequence[APIRouter], open_dental: FastAPI, nexhealth: FastAPI
) -> FastAPI:
    """Make the application of our own API, with both faces.

    ``open_dental`` is mounted at ``/api/v1``; the paths of ``nexhealth`` stand at the root, as
    its clients expect, and none of them is one of ours.
    """
    # FastAPI's own pages of documentation would load scripts from other people's servers.
    app = FastAPI(title="bitewing", version=__version__, docs_url=None, redoc_url=None)
    app.add_exception_handler(BitewingError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _routing)
    app.add_exception_handler(Exception, _unexpected)
    for router in routers:
        join(app, router)
    app.mount("/api/v1", open_dental)
    app.router.routes.append(Roots(ROOTS, nexhealth))
    return app


async def _ours(_: Request, error: Exception) -> JSONResponse:
    code = getattr(error, "code", BitewingError.code)
    return _problem(code, str(error), status_of(error), headers_of(error))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Say which fields are wrong, without repeating what was sent."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    text = "; ".join(
        f"{'.'.join(str(part) for part in one['loc'] if part != 'body') or 'body'}: {one['msg']}"
        for one in problems
    )
    return _problem("request.invalid", text, 422)


async def _routing(_: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, text = _ROUTING.get(status, ("request.invalid", "The request cannot be answered."))
    headers = getattr(error, "headers", None)  # a 405 must name what is allowed
    return _problem(code, text, status, headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return _problem(BitewingError.code, unexpected(request, error), 500)


def _problem(
    code: str, message: str, status: int, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)
