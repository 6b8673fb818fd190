"""POST /authenticates: an API key is changed for a token (NexHealth, "Authentication")."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.versions import version_of
from bitewing.web.nexhealth.visits import Door

_TOKEN = {
    "type": "object",
    "properties": {"token": {"type": "string"}},
    "required": ["token"],
}


@dataclass(frozen=True, slots=True)
class Authenticates:
    """Serves POST."""

    door: Door

    def router(self) -> APIRouter:
        """Give the route."""
        router = APIRouter(tags=["authenticates"], dependencies=[describing.token_in_header()])
        router.add_api_route(
            "/authenticates",
            self.create,
            methods=["POST"],
            **describing.operation(_TOKEN, status=201),
        )
        return router

    async def create(self, request: Request) -> Response:
        """Give a token; the Authorization header holds the API key and nothing else."""
        token = self.door.token_for(request)
        return answer(
            {"token": token},
            version_of(request.headers),
            status=201,
            keeps_vendor=True,
            description="Authenticated",
        )
