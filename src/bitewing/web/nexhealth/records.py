"""GET /procedures and /insurance_coverages (NexHealth, "Procedures", "Insurance coverages")."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.reading import coverages, procedures
from bitewing.model.errors import InvalidRequestError
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.paging import PAGING
from bitewing.web.nexhealth.parameters import Kind, Parameter
from bitewing.web.nexhealth.shelf import Shelf, listed
from bitewing.web.nexhealth.visits import SUBDOMAIN

_FILTERS = (
    Parameter("provider_id", Kind.WHOLE),
    Parameter("patient_id", Kind.WHOLE),
    Parameter("appointment_id", Kind.WHOLE),
    Parameter("updated_since", Kind.MOMENT),
    Parameter("started_after", Kind.DAY),
    Parameter("started_before", Kind.DAY),
    Parameter("ended_after", Kind.DAY),
    Parameter("ended_before", Kind.DAY),
)
_PROCEDURES = (SUBDOMAIN, Parameter("location_id", Kind.WHOLE), *_FILTERS, *PAGING)
_COVERAGES = (
    SUBDOMAIN,
    Parameter("patient_id", Kind.WHOLE),
    Parameter("updated_since", Kind.MOMENT),
    Parameter("active", Kind.FLAG),
    *PAGING,
)
_LISTED = {"type": "array", "items": {"type": "object"}}


@dataclass(frozen=True, slots=True)
class ChartRecords:
    """Serves GET of procedures and of coverages."""

    shelf: Shelf

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["records"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        for path, endpoint, query in (
            ("/procedures", self.procedures, _PROCEDURES),
            ("/insurance_coverages", self.coverages, _COVERAGES),
        ):
            described = describing.operation(
                _LISTED, "count", "page_info", query=query, refusals=[403, 404]
            )
            add(path, endpoint, methods=["GET"], **described)
        return router

    async def procedures(self, request: Request) -> Response:
        """List the procedures that all filters fit; the location alone is none."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_PROCEDURES)
        if all(asked.text(one.name) is None for one in _FILTERS):
            names = ", ".join(one.name for one in _FILTERS)
            raise InvalidRequestError(f"Missing parameter: at least one of {names}")
        question = procedures.Question(
            location=asked.whole("location_id"),
            patient=asked.whole("patient_id"),
            provider=asked.whole("provider_id"),
            appointment=asked.whole("appointment_id"),
            updated_since=asked.moment("updated_since", UTC),
            started_after=asked.day("started_after"),
            started_before=asked.day("started_before"),
            ended_after=asked.day("ended_after"),
            ended_before=asked.day("ended_before"),
        )
        await self.shelf.require_location(asked)
        customs = self.shelf.library.customs
        shown, page = await self.shelf.page(
            "Procedure", visit, asked, lambda albums: procedures.find(albums, customs, question)
        )
        return listed(shown, page, visit, asked)

    async def coverages(self, request: Request) -> Response:
        """List the coverages that all filters fit, those that are active if nothing is said."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_COVERAGES)
        is_active = asked.flag("active")
        question = coverages.Question(
            today=self.shelf.clock.now().date(),
            patient=asked.whole("patient_id"),
            updated_since=asked.moment("updated_since", UTC),
            is_active=True if is_active is None else is_active,
        )
        customs = self.shelf.library.customs
        shown, page = await self.shelf.page(
            "PatientInsuranceCoverage",
            visit,
            asked,
            lambda albums: coverages.find(albums, customs, question),
        )
        return listed(shown, page, visit, asked)
