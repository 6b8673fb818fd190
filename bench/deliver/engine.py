"""The engine as the benchmarks drive it: the one file to change when its doors change."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network

from bench.deliver import contents
from bitewing.clock import SystemClock
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.dispatcher import Dispatcher
from bitewing.engine.delivery.reception import Reception
from bitewing.engine.signals import Signals
from bitewing.engine.supervisor import Supervisor
from bitewing.model.delivery import (
    Attempt,
    Delivery,
    DeliveryState,
    Headers,
    Outcome,
    OutcomeKind,
    Settlement,
)
from bitewing.model.lanes import lane_of
from bitewing.model.record import Record
from bitewing.model.retry import TEN_IN_TWO_DAYS, RetrySchedule
from bitewing.model.subscription import Endpoint
from bitewing.ports.outbox import Want
from bitewing.ports.store import Transaction
from bitewing.signing.standard import StandardSigner
from bitewing.stores.sqlite.store import SqliteStore
from bitewing.transport.files import obtain_connections
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender


class BenchDialect:
    """Speaks as Open Dental's dialect does; the courier signs."""

    name = "bench"
    page_size = 1000
    timeout = timedelta(seconds=15)
    retries: RetrySchedule | None = TEN_IN_TWO_DAYS

    def compose(self, event_name: str, source: str, records: Sequence[Record]) -> bytes:
        """Give a body; those that are measured are made beforehand."""
        del event_name, source
        return contents.body(len(records))

    def headers(self, delivery: Delivery, endpoint: Endpoint, at: datetime) -> Headers:
        """Give the header lines of an Attempt."""
        del endpoint
        return contents.lines(delivery.id, int(at.timestamp()))


@dataclass(frozen=True)
class Tally:
    """How many Deliveries have come how far."""

    delivered: int
    waiting: int
    failed: int


class Engine:
    """A store, a sender and what is between them; opened by ``running`` or ``prepare``."""

    def __init__(self, path: str, ca_file: str | None, urls: Sequence[str]) -> None:
        self.clock = SystemClock()
        reception = Reception()
        self.store = SqliteStore(path, reception=reception)
        self.signals = Signals()
        guard = AddressGuard([ip_network("127.0.0.0/8")], https_only=False)
        self.sender = HttpSender(
            clock=self.clock, guard=guard, ca_file=ca_file, most_open=obtain_connections()
        )
        self.supervisor = Supervisor(self.clock, drain_seconds=1.0)
        dialect = BenchDialect()
        courier = Courier(self.sender, {dialect.name: dialect}, StandardSigner())
        dispatcher = Dispatcher(
            self.store, courier, clock=self.clock, signals=self.signals, reception=reception
        )
        self.supervisor.add(dispatcher, self.signals.dispatch)
        self.supervisor.farewells.append(dispatcher.drain)
        self._urls = urls
        self._endpoints: list[Endpoint] = []
        self._number = 0
        self._run = os.urandom(4).hex()

    async def prepare(self) -> None:
        """Open the store and see that it knows the Endpoints."""
        await self.store.open()

        def obtain(tx: Transaction) -> list[Endpoint]:
            return [tx.endpoints.obtain(self._endpoint(url)) for url in self._urls]

        self._endpoints = await self.store.write(obtain)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Prepare, and deliver until left."""
        await self.prepare()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.supervisor.run())
                try:
                    yield
                finally:
                    self.supervisor.stop()
        finally:
            await self.sender.close()
            await self.store.close()

    async def publish(self, events: int, places: slice = slice(None)) -> list[str]:
        """Owe so many events to each of these Endpoints; return when that is durable.

        It is one piece of work, as that of a page of Changes (of up to 1,000) is.
        """
        now = self.clock.now()
        endpoints, numbers = (
            self._endpoints[places],
            range(self._number + 1, self._number + events + 1),
        )
        self._number += events
        made = [self._delivery(one, number, now) for number in numbers for one in endpoints]
        await self.store.write(partial(_add, piece=made))
        self.signals.dispatch.set()
        return [delivery.id for delivery in made]

    async def tally(self) -> Tally:
        """Count, from what is durable."""
        found = await self.store.read(lambda tx: tx.outbox.tally())
        return Tally(
            delivered=found[DeliveryState.DELIVERED],
            waiting=found[DeliveryState.PENDING] + found[DeliveryState.CLAIMED],
            failed=found[DeliveryState.EXHAUSTED] + found[DeliveryState.CANCELLED],
        )

    async def delays(self, deliveries: Sequence[str]) -> list[float]:
        """Give how long each took from its making to the whole answer, in milliseconds.

        One that has not been tried yet has taken until now.
        """
        now = self.clock.now()

        def look(tx: Transaction) -> list[float]:
            found: list[float] = []
            for one in deliveries:
                delivery, attempts = tx.outbox.get(one), tx.outbox.attempts(one)
                if delivery is None:
                    continue
                until = attempts[-1].started_at if attempts else now
                total = attempts[-1].outcome.timings.total if attempts else 0.0
                found.append((until - delivery.created_at).total_seconds() * 1000 + total)
            return found

        return await self.store.read(look)

    async def remember_one(self) -> None:
        """Let the store remember a Delivery that arrived long ago."""
        now = self.clock.now()
        made = [self._delivery(self._endpoints[0], 0, now, identity="old_0")]
        await self.store.write(partial(_arrive, made=made, now=now))

    def _endpoint(self, url: str) -> Endpoint:
        now = self.clock.now()
        secret = contents.SECRET_TEXT
        return Endpoint(
            0, "bench", "owner", url, BenchDialect.name, now, now, secret=secret, concurrency=128
        )

    def _delivery(
        self, endpoint: Endpoint, number: int, now: datetime, *, identity: str = ""
    ) -> Delivery:
        to = endpoint.id
        return Delivery(  # by position: to name them all costs a microsecond
            identity or f"msg_{self._run}_{number}_{to}",
            "bench",
            "bench",
            to,
            to,
            BenchDialect.name,
            "owner",
            (lane_of(to, "Appointment", number),),
            "WatchTable: Appointment",
            (number,),
            "BITEWING",
            contents.body(number),
            now,
            now,
        )


def _add(tx: Transaction, piece: Sequence[Delivery]) -> None:
    tx.outbox.add(piece)


def _arrive(tx: Transaction, made: Sequence[Delivery], now: datetime) -> None:
    tx.outbox.add(made)
    want = Want(made[0].endpoint, is_retry=False, limit=len(made))
    tx.outbox.claim(now, now + timedelta(minutes=1), want)
    outcome = Outcome(OutcomeKind.ANSWERED, 204, address="127.0.0.1")
    attempts = [Attempt(delivery.id, 1, now, outcome) for delivery in made]
    tx.outbox.settle([Settlement(attempt, DeliveryState.DELIVERED) for attempt in attempts])
