"""An office for the tests of the web: the whole program over a small practice, without a socket."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from bitewing.bootstrap import Parts, Program, build
from bitewing.clock import SystemClock
from bitewing.dialects.opendental.versions import DEFAULT_VERSION
from bitewing.engine.supervisor import Worker
from bitewing.model.delivery import Delivery
from bitewing.ports.outbox import Want
from bitewing.ports.store import Transaction
from bitewing.practice import database
from bitewing.settings import Settings

DEVELOPER_KEY = "NFF6i0KrXrxDkZHt"
CUSTOMER_KEY = "VzkmZEaUWOjnQX2z"
OTHER_CUSTOMER_KEY = "kN8aPqYc3LwTz5Rf"
API_KEY = "nx-4b1fd2a90c57"
OTHER_API_KEY = "nx-77e0aa13c9d8"
ZONE = ZoneInfo("America/Phoenix")
"""Far from UTC, and its clocks never change."""

RECEIVER = "https://receiver.example.com/apievents/"
FIELDS = [
    "SubscriptionNum",
    "EndPointUrl",
    "Workstation",
    "CustomerKey",
    "WatchTable",
    "PollingSeconds",
    "UiEventType",
    "DateTimeStart",
    "DateTimeStop",
    "Note",
]


def wish(**fields: Any) -> dict[str, Any]:
    """Give the body of a POST that is accepted, with these fields put over it."""
    return {"EndPointUrl": RECEIVER, "WatchTable": "Patient", "PollingSeconds": 5} | fields


def odfhir(customer_key: str = CUSTOMER_KEY, developer_key: str = DEVELOPER_KEY) -> dict[str, str]:
    """Give the header that says who calls."""
    return {"Authorization": f"ODFHIR {developer_key}/{customer_key}"}


def bearing(api_key: str = API_KEY, version: str = "v2") -> dict[str, str]:
    """Give the headers of a client of NexHealth's API that shows its key itself."""
    return {"Authorization": api_key, "Nex-Api-Version": version}


def wall_now() -> str:
    """Give the office's time as Open Dental writes it."""
    return SystemClock().now().astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True, slots=True)
class Office:
    """A program, its practice, and a client that bears the keys of the practice."""

    program: Program
    practice: Path
    client: httpx2.AsyncClient

    def worker(self, name: str) -> Worker:
        """Find a worker by the beginning of its name."""
        shifts = self.program.supervisor.shifts
        return next(one.worker for one in shifts if one.worker.name.startswith(name))

    async def read(self) -> None:
        """Let the pollers read until everything is ready, and then once more."""
        for poller in self.program.pollers:
            while not poller.health.is_ready:
                await poller.step()
            await poller.poll()

    async def subscribe(self, **fields: Any) -> int:
        """Create a Subscription and give its number."""
        answer = await self.client.post("/api/v1/subscriptions", json=wish(**fields))
        assert answer.status_code == 201, answer.text
        return int(answer.json()["SubscriptionNum"])

    async def shown(self, number: int) -> dict[str, Any]:
        """Give a Subscription as the list shows it."""
        answer = await self.client.get("/api/v1/subscriptions")
        return next(one for one in answer.json() if one["SubscriptionNum"] == number)

    async def owed(self) -> list[Delivery]:
        """Claim what is due in the outbox."""
        now = SystemClock().now()

        def work(tx: Transaction) -> list[Delivery]:
            wants = [Want(turn.endpoint, turn.is_retry, 100) for turn in tx.outbox.turns()]
            return [one.delivery for want in wants for one in tx.outbox.claim(now, now, want)]

        return await self.program.store.write(work)

    def run(self, statement: str, *values: database.Value) -> None:
        """Change something in the practice's database."""
        with database.connect(f"sqlite:///{self.practice}") as practice:
            practice.run(statement, values)

    def rows(self, statement: str, *values: database.Value) -> list[tuple[Any, ...]]:
        """Look something up in the practice's database."""
        with database.connect(f"sqlite:///{self.practice}") as practice:
            return practice.rows(statement, values)


def settings_of(
    directory: Path,
    practice: Path | str,
    delivery: Mapping[str, Any],
    version: str = DEFAULT_VERSION,
    writer: str = "",
) -> Settings:
    """Give settings for two offices; the second sees a copy of the first's rows.

    ``practice`` is SQLite's file or any database's url; ``writer`` is where the first one's API is,
    and the second is never written.
    """

    def institution(subdomain: str, source: str, key: str) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "name": source,
            "url": practice if isinstance(practice, str) else f"sqlite:///{practice}",
            "time_zone": ZONE.key,
            "customer_keys": [key],
        }
        if writer and subdomain == "bright-smiles":
            entry["writer"] = {"url": writer, "authorization_env": "OPENDENTAL_API_KEY"}
        return {"subdomain": subdomain, "name": subdomain, "sources": [entry]}

    return Settings.model_validate(
        {
            "store": {"url": f"sqlite:///{directory}/bitewing.db"},
            "delivery": delivery,
            "opendental": {"developer_keys": [DEVELOPER_KEY], "version": version},
            "nexhealth": {
                "api_keys": [
                    {"key": API_KEY, "institutions": ["bright-smiles"]},
                    {"key": OTHER_API_KEY, "institutions": ["dark-smiles"]},
                ],
                "limits": dict.fromkeys(
                    ("per_second", "lists_per_second", "per_minute", "records_per_minute"), 10**6
                ),
            },
            "institutions": [
                institution("bright-smiles", "main-office", CUSTOMER_KEY),
                institution("dark-smiles", "other-office", OTHER_CUSTOMER_KEY),
            ],
        }
    )


@asynccontextmanager
async def open_office(
    directory: Path,
    practice: Path | str,
    *,
    version: str = DEFAULT_VERSION,
    writer: str = "",
    parts: Parts | None = None,
    **delivery: Any,
) -> AsyncIterator[Office]:
    """Build the program with these ``[delivery]`` settings; nothing runs by itself."""
    program = build(
        settings_of(directory, practice, delivery, version, writer),
        {"OPENDENTAL_API_KEY": f"{DEVELOPER_KEY}/{CUSTOMER_KEY}"},
        parts,
    )
    await program.store.open()
    await program.prepare()
    transport = httpx2.ASGITransport(program.app)
    try:
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://office.test", headers=odfhir()
        ) as client:
            yield Office(program, Path(practice), client)
    finally:
        await program.sender.close()
        for source in program.sources.values():
            await source.close()
        for writer_ in program.writers.values():
            await writer_.close()
        await program.store.close()
