"""Booking through NexHealth's API, and hearing what became of it."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.sources.conformance.writing.practices import ServedPractice
from tests.web.nexhealth.asking import SUBDOMAIN, Answer, Client, resource_of
from tests.web.office import API_KEY, ZONE, Office

from bitewing.clock import SystemClock
from bitewing.model.pending import WriteKind
from bitewing.ports.store import Transaction

SLOT = 18
"""Hour of the day at which no appointment of the demo practice is booked."""


EVENTS = (
    "appointment_insertion",
    "appointment_requested",
    "document_insertion",
    "form_request_completed",
    "form_response_insertion",
)


@dataclass(frozen=True)
class Desk:
    """A client with what bookings need: our ids, and what is told."""

    office: Office
    api: ServedPractice
    client: Client
    subdomain: str
    location: int
    patient: int
    provider: int
    operatory: int
    now: Callable[[], datetime] = SystemClock().now

    @classmethod
    async def of(
        cls, office: Office, api: ServedPractice, key: str = API_KEY, subdomain: str = SUBDOMAIN
    ) -> "Desk":
        """Look up the ids, and subscribe to what is told of writing."""
        client = Client(office, key)

        async def first(path: str, **query: Any) -> int:
            answer = await client.get(path, subdomain=subdomain, **query)
            data = answer.data["patients"] if path == "/patients" else answer.data
            if path == "/locations":
                data = data[0].get("locations", data)
            return int(data[-1 if path == "/locations" else 0]["id"])

        location = await first("/locations")
        desk = cls(
            *(office, api, client, subdomain, location),
            patient=await first("/patients", location_id=location),
            provider=await first("/providers", location_id=location),
            operatory=await first("/operatories", location_id=location),
        )
        endpoint = await client.endpoint()
        for event in EVENTS:
            kind = {"resource_type": resource_of(event), "event": event}
            path = f"/webhook_endpoints/{endpoint['id']}/webhook_subscriptions"
            made = await client.ask("POST", path, kind, subdomain=subdomain)
            assert made.status == 201, made
        return desk

    def in_office(self, office: Office) -> "Desk":
        """Give the same client in front of another process."""
        return replace(self, office=office, client=replace(self.client, office=office))

    def at(self, minutes: int = 0, days: int = 3) -> str:
        """Give an evening hour of a day to come, as the office's clock shows it."""
        today = self.now().astimezone(ZONE)
        at = today.replace(hour=SLOT, minute=0, second=0, microsecond=0)
        return (at + timedelta(days=days, minutes=minutes)).isoformat()

    async def book(self, key: str = "", **fields: Any) -> Answer:
        """Ask for an appointment of half an hour."""
        appt: dict[str, Any] = {
            "patient_id": self.patient,
            "provider_id": self.provider,
            "operatory_id": self.operatory,
            "start_time": self.at(),
            "end_time": self.at(30),
            "note": "Window seat",
        }
        appt = {name: value for name, value in (appt | fields).items() if value is not None}
        return await self.ask("POST", "/appointments", {"appt": appt}, key=key)

    async def ask(
        self, method: str, path: str, body: dict[str, Any], *, key: str = "", **query: Any
    ) -> Answer:
        """Send something to write."""
        self.office.client.headers["Idempotency-Key"] = key
        where = {"subdomain": self.subdomain}
        if method == "POST":
            where["location_id"] = str(self.location)
        return await self.client.ask(method, path, body, **(where | query))

    async def write(self) -> None:
        """Let the scribe work as long as something is due."""
        scribe = self.office.worker("scribe")
        for _ in range(20):
            if await scribe.step():
                return

    async def hasten(self) -> None:
        """Let what waits for another try be due now."""

        def work(tx: Transaction) -> None:
            for kind in WriteKind:
                for write in tx.writes.unsettled("main-office", kind):
                    tx.writes.put(replace(write, due_at=write.created_at))

        await self.office.program.store.write(work)

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Give the Events that are owed now, with their data."""
        bodies = [json.loads(owed.body or b"") for owed in await self.office.owed()]
        return [(body["event_name"], body["data"]) for body in bodies]


def messages(folder: Path) -> list[tuple[str, bytes]]:
    """Give every Event that the store in this folder ever owed, with its body, in order."""
    with closing(sqlite3.connect(folder / "bitewing.db")) as store:
        return store.execute(
            "SELECT event_name, body FROM delivery JOIN content ON delivery = ordinal "
            "ORDER BY ordinal"
        ).fetchall()


def moment(text: str) -> datetime:
    """Read a moment of NexHealth's."""
    return datetime.fromisoformat(text)
