"""UI events come in: a workstation reports what a person did there."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from bitewing.engine.operations.ui_events import Counter
from bitewing.web.auth import Doorkeeper


class UiEvent(BaseModel):
    """One report, in the words of the API Events page."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    UiEventType: Literal["PatientSelected"]
    PatNum: int = Field(gt=0, lt=2**63)
    Workstation: str = Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")


class Accepted(BaseModel):
    """How many Deliveries the report has made; 0 if nothing changed or nobody listens."""

    deliveries: int


def ui_events_router(counter: Counter, doorkeeper: Doorkeeper) -> APIRouter:
    """Give ``POST /api/ui-events``."""
    router = APIRouter(tags=["ui events"])

    @router.post("/api/ui-events", status_code=202)
    async def report(
        event: UiEvent, authorization: Annotated[str | None, Header()] = None
    ) -> Accepted:
        """Fire a UI event to the Subscriptions of this workstation, or of any."""
        caller = doorkeeper.admit(authorization)
        count = await counter.patient_selected(
            caller.practice.source, patient=event.PatNum, workstation=event.Workstation
        )
        return Accepted(deliveries=count)

    return router
