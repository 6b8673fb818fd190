"""GET /patients, one of them, and its insurance coverages (NexHealth, "Patients")."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.reading import coverages
from bitewing.dialects.nexhealth.reading.including import OF_PATIENTS
from bitewing.dialects.nexhealth.reading.patients import Question, find
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.numbers import read_id
from bitewing.web.nexhealth.paging import PAGING
from bitewing.web.nexhealth.parameters import Asked, Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import INCLUDE, Shelf, listed
from bitewing.web.nexhealth.versions import Version
from bitewing.web.nexhealth.visits import SUBDOMAIN

_LIST = (
    SUBDOMAIN,
    Parameter("location_id", Kind.WHOLE, is_required=True),
    Parameter("name"),
    Parameter("email"),
    Parameter("phone_number"),
    Parameter("date_of_birth", Kind.DAY),
    Parameter("inactive", Kind.FLAG),
    Parameter("foreign_id"),
    Parameter("updated_since", Kind.MOMENT),
    Parameter("new_patient", Kind.FLAG),
    Parameter("non_patient", Kind.FLAG),
    Parameter("location_strict", Kind.FLAG),
    Parameter("sort", choices=("id", "updated_at", "-updated_at")),
    INCLUDE,
    *PAGING,
)
_ONE = (SUBDOMAIN, INCLUDE)
_COVERAGES = (SUBDOMAIN, *PAGING)
_RESOURCE = "Patient"
_SHOWN = {"type": "object"}
_LISTED = {"type": "array", "items": _SHOWN}


@dataclass(frozen=True, slots=True)
class Patients:
    """Serves GET of many, of one, and of one's coverages."""

    shelf: Shelf

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["patients"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        nested = {"anyOf": [_LISTED, {"type": "object", "required": ["patients"]}]}
        many = describing.operation(nested, "count", "page_info", query=_LIST, refusals=[403, 404])
        one = describing.operation(_SHOWN, query=_ONE, refusals=[403, 404])
        covered = describing.operation(
            _LISTED, "count", "page_info", query=_COVERAGES, refusals=[403, 404]
        )
        add("/patients", self.list, methods=["GET"], **many)
        add("/patients/{number}", self.one, methods=["GET"], **one)
        add("/patients/{number}/insurance_coverages", self.coverages, methods=["GET"], **covered)
        return router

    async def list(self, request: Request) -> Response:
        """List the patients of a location's practice that all filters fit."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_LIST)
        question = _question(asked)
        await self.shelf.require_location(asked)
        customs = self.shelf.library.customs
        shown, page = await self.shelf.page(
            _RESOURCE,
            visit,
            asked,
            lambda albums: find(albums, customs, question),
            includes=OF_PATIENTS,
        )
        data: Any = {"patients": shown} if visit.version is Version.V2 else shown
        return listed(data, page, visit, asked)

    async def one(self, number: str, request: Request) -> Response:
        """Give one by the id."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_ONE)
        identity = read_id(_RESOURCE, number)
        shown = await self.shelf.one(_RESOURCE, asked, identity, includes=OF_PATIENTS)
        return answer(shown, visit.version, description=remark(asked))

    async def coverages(self, number: str, request: Request) -> Response:
        """List a patient's insurance coverages."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_COVERAGES)
        identity = read_id(_RESOURCE, number)
        await self.shelf.one(_RESOURCE, asked, identity)
        question = coverages.Question(today=self.shelf.clock.now().date(), patient=identity)
        customs = self.shelf.library.customs
        shown, page = await self.shelf.page(
            "PatientInsuranceCoverage",
            visit,
            asked,
            lambda albums: coverages.find(albums, customs, question),
        )
        return listed(shown, page, visit, asked)


def _question(asked: Asked) -> Question:
    return Question(
        location=asked.whole("location_id") or 0,
        is_strict=bool(asked.flag("location_strict")),
        name=asked.text("name"),
        email=asked.text("email"),
        phone_number=asked.text("phone_number"),
        date_of_birth=asked.day("date_of_birth"),
        is_inactive=asked.flag("inactive"),
        foreign_id=asked.text("foreign_id"),
        updated_since=asked.moment("updated_since", UTC),
        is_new=asked.flag("new_patient"),
        is_non_patient=asked.flag("non_patient"),
        sort=asked.text("sort") or "",
    )
