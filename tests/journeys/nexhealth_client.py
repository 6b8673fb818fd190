"""A client of NexHealth's API, written from the contract: the standard library and nothing else."""

import contextlib
import http.client
import json
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.receiving import Arrival, Receiver
from tests.journeys.rig import HOST

ACCEPT = "application/vnd.Nexhealth+json; version=2"


@dataclass
class NexHealthClient:
    """Changes its key for a token, then manages endpoints and reads back.

    Attributes:
        secrets: target URL → secret_key.
    """

    port: int
    api_key: str
    subdomain: str
    token: str = field(default="", repr=False)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def authenticate(self) -> None:
        """POST /authenticates with the bare key."""
        status, told = self._request("POST", "/authenticates", self.api_key)
        assert status == 201, told
        self.token = told["data"]["token"]

    def ask(
        self, method: str, path: str, body: object = None, **query: object
    ) -> tuple[int, dict[str, Any]]:
        """Make one request about the institution; give status and envelope."""
        asked = urllib.parse.urlencode({"subdomain": self.subdomain} | query, doseq=True)
        return self._request(method, f"{path}?{asked}", f"Bearer {self.token}", body)

    def get(self, path: str, **query: object) -> Any:
        """Read something back."""
        status, told = self.ask("GET", path, **query)
        assert status == 200, told
        return told["data"]

    def endpoint(self, url: str) -> int:
        """Create an endpoint; keep its secret."""
        status, told = self.ask("POST", "/webhook_endpoints", {"target_url": url})
        assert status == 201, told
        self.secrets[url] = told["data"]["secret_key"]
        return int(told["data"]["id"])

    def subscribe(self, endpoint: int, resource_type: str, event: str, **more: object) -> int:
        """Subscribe to an event; give the subscription's id."""
        status, told = self.ask(
            "POST",
            f"/webhook_endpoints/{endpoint}/webhook_subscriptions",
            {"resource_type": resource_type, "event": event, **more},
        )
        assert status == 201, told
        return int(told["data"]["id"])

    def _request(
        self, method: str, path: str, authorization: str, body: object = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": authorization, "Accept": ACCEPT}
        content = None if body is None else json.dumps(body)
        if content is not None:
            headers["Content-Type"] = "application/json"
        with contextlib.closing(http.client.HTTPConnection(HOST, self.port, timeout=30)) as line:
            line.request(method, path, content, headers)
            answer = line.getresponse()
            held = answer.read()
            return answer.status, json.loads(held) if held else {}


def told_of(receiver: Receiver, event: str) -> list[tuple[Arrival, dict[str, Any]]]:
    """Give what came of an event and was acknowledged, with its message."""
    came = [(one, json.loads(one.body)) for one in list(receiver.ledger.arrivals)]
    return [
        (one, message)
        for one, message in came
        if one.status // 100 == 2 and message["event_name"].partition(".")[0] == event
    ]
