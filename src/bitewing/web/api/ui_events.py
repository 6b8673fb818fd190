"""UI events come in: a workstation reports what a person did there."""

from typing import Literal

from fastapi import APIRouter, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bitewing.engine.operations.ui_events import Counter
from bitewing.web.api.refusals import refusals
from bitewing.web.auth import SCHEME, Doorkeeper
from bitewing.web.bodies import read_json_bytes


class UiEvent(BaseModel):
    """One report, in the words of the API Events page."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    UiEventType: Literal["PatientSelected"]
    PatNum: int = Field(gt=0, lt=2**63)
    Workstation: str = Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")


class Accepted(BaseModel):
    """How many Deliveries the report has made; 0 if nothing changed or nobody listens."""

    deliveries: int


_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": UiEvent.model_json_schema()}},
    }
}
_PROBLEMS = refusals(
    {
        400: "It is not JSON, or is larger than 1 MiB.",
        401: "The keys are missing or not valid.",
        404: "There is no such patient.",
        422: "A field is missing, unknown or wrong.",
        503: "The store cannot be written just now.",
        504: "The practice's database cannot be asked just now.",
    }
)


def ui_events_router(counter: Counter, doorkeeper: Doorkeeper) -> APIRouter:
    """Give ``POST /api/ui-events``."""
    keys = APIKeyHeader(name="Authorization", scheme_name=SCHEME, auto_error=False)
    router = APIRouter(tags=["ui events"], dependencies=[Security(keys)])

    @router.post("/api/ui-events", status_code=202, openapi_extra=_BODY, responses=_PROBLEMS)
    async def report(request: Request) -> Accepted:
        """Fire a UI event to the Subscriptions of this workstation, or of any."""
        # Nobody whom we do not know may make us read a body.
        caller = doorkeeper.admit(request.headers.get("authorization"))
        event = _read(await read_json_bytes(request))
        count = await counter.patient_selected(
            caller.practice.source, patient=event.PatNum, workstation=event.Workstation
        )
        return Accepted(deliveries=count)

    return router


def _read(body: bytes) -> UiEvent:
    try:
        return UiEvent.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False)) from None
