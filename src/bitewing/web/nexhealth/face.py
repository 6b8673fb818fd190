"""The NexHealth face: an HTTP API shaped like theirs, with its paths at the root."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI

from bitewing import __version__
from bitewing.web.nexhealth.envelopes import speak_of_errors
from bitewing.web.routes import join

ROOTS = frozenset(
    {
        "appointment_slots",
        "appointment_types",
        "appointments",
        "authenticates",
        "available_slots",
        "document_types",
        "form_responses",
        "forms",
        "insurance_coverages",
        "institutions",
        "locations",
        "nexhealth",
        "operatories",
        "patients",
        "procedures",
        "providers",
        "sync_status",
        "webhook_endpoints",
    }
)
"""The first parts of the face's paths; its OpenAPI document is below ``/nexhealth``."""


def nexhealth_face(routers: Iterable[APIRouter]) -> FastAPI:
    """Make the face; its errors have NexHealth's shape too."""
    face = FastAPI(
        title="bitewing: NexHealth API",
        version=__version__,
        openapi_url="/nexhealth/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    speak_of_errors(face)
    for router in routers:
        join(face, router)
    _describe(face)
    return face


def _describe(face: FastAPI) -> None:
    """Let the document leave out the 422 that is said of every path with an id: it is a 404."""
    describe = face.openapi

    def described() -> dict[str, Any]:
        document = describe()
        for methods in document["paths"].values():
            for operation in methods.values():
                operation["responses"].pop("422", None)
        return document

    face.openapi = described  # type: ignore[method-assign]  # FastAPI names this way itself
