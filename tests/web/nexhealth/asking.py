"""Asking: a client of NexHealth's API, for the tests."""

from dataclasses import dataclass, field
from typing import Any

from tests.web.office import API_KEY, RECEIVER, Office, bearing

SUBDOMAIN = "bright-smiles"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the envelope's parts."""

    status: int
    envelope: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Any:
        """What was asked for."""
        return self.envelope["data"]

    @property
    def error(self) -> str:
        """What is wrong."""
        [sentence] = self.envelope["error"]
        return str(sentence)


@dataclass(frozen=True, slots=True)
class Client:
    """Bears one API key and speaks one version."""

    office: Office
    api_key: str = API_KEY
    version: str = "v2"

    async def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, **query: Any
    ) -> Answer:
        """Send a request."""
        params = {
            f"{name}[]" if isinstance(value, list) else name: value for name, value in query.items()
        }
        answer = await self.office.client.request(
            method, path, json=body, params=params, headers=bearing(self.api_key, self.version)
        )
        return Answer(answer.status_code, answer.json() if answer.content else {})

    async def get(self, path: str, **query: Any) -> Answer:
        """Read something of the institution."""
        return await self.ask("GET", path, **({"subdomain": SUBDOMAIN} | query))

    async def endpoint(self, url: str = RECEIVER, **fields: Any) -> dict[str, Any]:
        """Create an endpoint."""
        answer = await self.ask("POST", "/webhook_endpoints", {"target_url": url} | fields)
        assert answer.status == 201, answer
        shown: dict[str, Any] = answer.data
        return shown

    async def subscribe(self, endpoint: int, event: str, **fields: Any) -> dict[str, Any]:
        """Subscribe to an event, whose resource its name tells."""
        answer = await self.ask(
            "POST",
            f"/webhook_endpoints/{endpoint}/webhook_subscriptions",
            {"resource_type": resource_of(event), "event": event} | fields,
            subdomain=SUBDOMAIN,
        )
        assert answer.status == 201, answer
        shown: dict[str, Any] = answer.data
        return shown


def resource_of(event: str) -> str:
    """Give the resource type of an event."""
    prefixes = {
        "appointment": "Appointment",
        "patient_insurance": "PatientInsuranceCoverage",
        "patient": "Patient",
        "procedure": "Procedure",
        "sync_status": "SyncStatus",
        "form_request": "FormRequest",
        "document": "Document",
        "form_response": "FormResponse",
    }
    return next(name for prefix, name in prefixes.items() if event.startswith(prefix))
