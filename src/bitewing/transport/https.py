"""HttpSender: one safe exchange with a receiver over HTTP/1.1, plain or encrypted."""

import asyncio

from bitewing.model.delivery import Message, Outcome, OutcomeKind
from bitewing.ports.clock import Clock
from bitewing.transport.addresses import LookUp, Resolver, look_up_addresses
from bitewing.transport.connection import Connection
from bitewing.transport.failure import ExchangeError, Failure, blocked
from bitewing.transport.guard import AddressGuard
from bitewing.transport.opening import Opener, verifying_context
from bitewing.transport.pool import Pool
from bitewing.transport.request import compose_request
from bitewing.transport.retry_after import parse_retry_after
from bitewing.transport.route import Route, Routes
from bitewing.transport.trip import Trip, milliseconds

PROBE_SECONDS = 10.0


class HttpSender:
    """Sends Messages as POST requests. Belongs to one event loop.

    Connections are kept and used again. If a receiver has closed one just when it is used
    again, the Message is sent once more on a new one; receivers know repeats by their id.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        guard: AddressGuard,
        ca_file: str | None = None,
        look_up: LookUp = look_up_addresses,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            clock: for measuring and for reading dates. Timeouts are the event loop's.
            guard: which receivers may be sent to.
            ca_file: further certificate authorities to trust, a PEM file.
            look_up: how names become addresses.

        Raises:
            SettingsError: ``ca_file`` cannot be used.
        """
        self._clock = clock
        self._guard = guard
        self._monotonic = clock.monotonic
        self._routes = Routes(guard)
        self._resolver = Resolver(monotonic=clock.monotonic, look_up=look_up)
        self._opener = Opener(context=verifying_context(ca_file), monotonic=clock.monotonic)
        self._pool = Pool(monotonic=clock.monotonic)

    async def send(self, message: Message) -> Outcome:
        """Send it once. Never raises for what a receiver, a network or a policy does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + message.timeout.total_seconds()
        trip = Trip(self._monotonic())
        try:
            route = self._routes.find(message.url)
            request = compose_request(route.start, message.headers, message.body)
            addresses = route.addresses or await self._vetted(route, deadline, trip)
            connection = self._take(route, addresses)
            if connection is not None:
                failure = await self._exchange(connection, request, deadline, trip)
                if failure is None or not _was_given_up(connection, failure):
                    return self._outcome(connection, failure, trip)
            connection = await self._opener.open(
                route.target, addresses, deadline=deadline, trip=trip
            )
            self._pool.add(connection)
            failure = await self._exchange(connection, request, deadline, trip)
            return self._outcome(connection, failure, trip)
        except ExchangeError as error:
            return trip.failed(error.failure, self._monotonic())

    async def probe(self, url: str) -> Outcome | None:
        """Connect, vetted and verified as for a Message, and send nothing; None if it works."""
        trip = Trip(self._monotonic())
        deadline = asyncio.get_running_loop().time() + PROBE_SECONDS
        try:
            route = self._routes.find(url)
            addresses = route.addresses or await self._vetted(route, deadline, trip)
            connection = await self._opener.open(
                route.target, addresses, deadline=deadline, trip=trip
            )
        except ExchangeError as error:
            return trip.failed(error.failure, self._monotonic())
        connection.close()
        return None

    async def close(self) -> None:
        """Close the idle connections; those in use are closed when their exchange ends."""
        self._pool.close()
        self._opener.close()
        self._resolver.close()

    async def _vetted(self, route: Route, deadline: float, trip: Trip) -> tuple[str, ...]:
        """Give the addresses of a name, all of which the guard has allowed just now."""
        host = route.target.host
        addresses = self._resolver.remembered(host)
        if not addresses:
            started = self._monotonic()
            seconds = deadline - asyncio.get_running_loop().time()
            addresses = await self._resolver.resolve(host, seconds=seconds)
            trip.resolve = milliseconds(started, self._monotonic())
        verdict = self._guard.judge_all(addresses)
        if not verdict.is_allowed:
            raise blocked(verdict.detail)
        return addresses

    def _take(self, route: Route, addresses: tuple[str, ...]) -> Connection | None:
        target = route.target
        for address in addresses:
            connection = self._pool.take((target.scheme, target.host, target.port, address))
            if connection is not None:
                return connection
        return None

    async def _exchange(
        self, connection: Connection, request: bytes, deadline: float, trip: Trip
    ) -> Failure | None:
        trip.address = connection.key[-1]
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Failure | None] = loop.create_future()
        connection.post(request, seconds=deadline - loop.time(), on_end=ended.set_result)
        try:
            return await ended
        except asyncio.CancelledError:
            connection.close()
            raise

    def _outcome(self, connection: Connection, failure: Failure | None, trip: Trip) -> Outcome:
        now = self._monotonic()
        if connection.first_byte_at is not None:
            trip.first_byte = milliseconds(trip.started_at, connection.first_byte_at)
        answer = connection.answer
        self._pool.give_back(connection)
        if failure is not None:
            return trip.failed(failure, now)
        wait = answer.retry_after
        retry_after = parse_retry_after(wait, self._clock.now()) if wait is not None else None
        return trip.answered(answer.status, retry_after, now)


def _was_given_up(connection: Connection, failure: Failure) -> bool:
    """Whether the receiver had closed a connection that we thought was idle."""
    return failure.kind is OutcomeKind.BROKEN and connection.was_stale
