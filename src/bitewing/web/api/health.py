"""Health: whether the process lives, and whether it is ready."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse


def health_router(missing: Callable[[], list[str]]) -> APIRouter:
    """Give ``/health`` and ``/ready``; ``missing`` says what is not there yet."""
    router = APIRouter(tags=["health"])

    @router.get("/health")
    async def health() -> dict[str, str]:
        """Answer 200 while the process lives."""
        return {"status": "alive"}

    @router.get("/ready", responses={503: {"description": "What is missing."}})
    async def ready() -> JSONResponse:
        """Answer 200 once every source has its first reading and every worker runs."""
        lacks = missing()
        status = "not ready" if lacks else "ready"
        return JSONResponse({"status": status, "missing": lacks}, 503 if lacks else 200)

    return router
