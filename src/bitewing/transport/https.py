"""HttpSender: one safe exchange with a receiver over HTTP/1.1, plain or encrypted."""

import asyncio
from functools import partial

from bitewing.model.delivery import Message, Outcome, OutcomeKind
from bitewing.ports.clock import Clock
from bitewing.ports.sender import OnOutcome
from bitewing.transport.addresses import LookUp, Resolver, look_up_addresses
from bitewing.transport.connection import Connection
from bitewing.transport.contexts import Contexts
from bitewing.transport.failure import ExchangeError, Failure, blocked
from bitewing.transport.guard import AddressGuard
from bitewing.transport.opening import Opener
from bitewing.transport.pool import Pool
from bitewing.transport.proxy import Proxy
from bitewing.transport.request import compose_request
from bitewing.transport.retry_after import parse_retry_after
from bitewing.transport.route import Route, Routes
from bitewing.transport.trip import Trip, acknowledged, milliseconds

PROBE_SECONDS = 10.0
_FIRST_REFUSAL = 300


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
        proxy: Proxy | None = None,
        look_up: LookUp = look_up_addresses,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            clock: for measuring and for reading dates. Timeouts are the event loop's.
            guard: which receivers may be sent to.
            ca_file: further certificate authorities to trust, a PEM file.
            proxy: what every Message goes through. The guard then judges URLs and the addresses
                that they spell; what names mean is the proxy's to judge.
            look_up: how names become addresses.

        Raises:
            SettingsError: ``ca_file`` cannot be used.
        """
        self._clock = clock
        self._guard = guard
        self._monotonic = clock.monotonic
        self._routes = Routes(guard)
        self._resolver = Resolver(monotonic=clock.monotonic, look_up=look_up)
        self._proxy = proxy
        self._opener = Opener(contexts=Contexts(ca_file), proxy=proxy, monotonic=clock.monotonic)
        self._pool = Pool(monotonic=clock.monotonic)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def post(self, message: Message, on_end: OnOutcome) -> None:
        """See the port.

        Where a connection stands open it costs no task, no future and no timer.
        """
        started_at = self._monotonic()
        loop = self._loop or self._running_loop()
        try:
            route = self._routes.find(message.url)
            request = compose_request(route.start, message.headers, message.body)
            connection = self._take(route, message.ca_pem, self._known(route))
        except ExchangeError as error:
            loop.call_soon(on_end, Trip(started_at).failed(error.failure, started_at))
            return
        if connection is None:
            self._spawn(message, started_at, on_end)
            return
        on_answer = partial(self._end, connection, message, started_at, on_end)
        connection.post(request, seconds=message.timeout.total_seconds(), on_end=on_answer)

    async def send(self, message: Message) -> Outcome:
        """See the port."""
        return await self._send(message, self._monotonic())

    async def _send(self, message: Message, started_at: float) -> Outcome:
        now, loop = self._monotonic(), asyncio.get_running_loop()
        deadline = loop.time() + message.timeout.total_seconds() - (now - started_at)
        trip = Trip(started_at)
        try:
            route = self._routes.find(message.url)
            request = compose_request(route.start, message.headers, message.body)
            addresses = self._known(route) or await self._found(route, deadline, trip)
            connection = self._take(route, message.ca_pem, addresses)
            if connection is not None:
                failure = await self._exchange(connection, request, deadline, trip)
                if failure is None or not _was_given_up(connection, failure):
                    return self._outcome(connection, failure, trip)
            connection = await self._opener.open(
                route.target, addresses, ca_pem=message.ca_pem, deadline=deadline, trip=trip
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
            addresses = self._known(route) or await self._found(route, deadline, trip)
            connection = await self._opener.open(
                route.target, addresses, ca_pem=None, deadline=deadline, trip=trip
            )
        except ExchangeError as error:
            return trip.failed(error.failure, self._monotonic())
        connection.close()
        return None

    async def close(self) -> None:
        """See the port. Connections in use are closed when their exchange ends."""
        self._pool.close()
        self._opener.close()
        self._resolver.close()

    def _known(self, route: Route) -> tuple[str, ...]:
        """Give the addresses to connect to, if they are known; allowed by the guard just now.

        Raises:
            ExchangeError: the name has come to mean an address that is forbidden (blocked).
        """
        if self._proxy is not None:
            return self._proxy.addresses or self._resolver.remembered(self._proxy.host)
        if route.addresses:
            return route.addresses
        addresses = self._resolver.remembered(route.target.host)
        self._require_allowed(addresses)
        return addresses

    async def _found(self, route: Route, deadline: float, trip: Trip) -> tuple[str, ...]:
        """Look the addresses up, and let the guard judge them."""
        host = route.target.host if self._proxy is None else self._proxy.host
        started = self._monotonic()
        seconds = deadline - asyncio.get_running_loop().time()
        addresses = await self._resolver.resolve(host, seconds=seconds)
        trip.resolve = milliseconds(started, self._monotonic())
        if self._proxy is None:
            self._require_allowed(addresses)
        return addresses

    def _take(
        self, route: Route, ca_pem: str | None, addresses: tuple[str, ...]
    ) -> Connection | None:
        target = route.target
        for address in addresses:
            key = (target.scheme, target.host, target.port, address, ca_pem)
            connection = self._pool.take(key)
            if connection is not None:
                return connection
        return None

    def _require_allowed(self, addresses: tuple[str, ...]) -> None:
        verdict = self._guard.judge_all(addresses)
        if not verdict.is_allowed:
            raise blocked(verdict.detail)

    def _end(
        self,
        connection: Connection,
        message: Message,
        started_at: float,
        on_end: OnOutcome,
        failure: Failure | None,
    ) -> None:
        """Tell what came of an exchange on a connection that stood open."""
        status = connection.answer.status
        if failure is None and status < _FIRST_REFUSAL:
            self._pool.give_back(connection)
            first, last = connection.first_byte_at or started_at, connection.last_byte_at
            on_end(acknowledged(status, connection.key[3], started_at, first, last))
        elif failure is not None and _was_given_up(connection, failure):
            self._pool.give_back(connection)
            self._spawn(message, started_at, on_end)
        else:
            on_end(self._outcome(connection, failure, Trip(started_at, connection.key[3])))

    def _spawn(self, message: Message, started_at: float, on_end: OnOutcome) -> None:
        """Send it in a task, which can wait for names and for new connections."""
        task = self._running_loop().create_task(self._tell(message, started_at, on_end))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _tell(self, message: Message, started_at: float, on_end: OnOutcome) -> None:
        try:
            outcome = await self._send(message, started_at)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of an end
            detail = f"the exchange broke off: {type(error).__name__}"
            failure = Failure(OutcomeKind.BROKEN, detail)
            outcome = Trip(started_at).failed(failure, self._monotonic())
        on_end(outcome)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.get_running_loop()
        return self._loop

    async def _exchange(
        self, connection: Connection, request: bytes, deadline: float, trip: Trip
    ) -> Failure | None:
        trip.address = connection.key[3]
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Failure | None] = loop.create_future()
        connection.post(request, seconds=deadline - loop.time(), on_end=ended.set_result)
        try:
            return await ended
        except asyncio.CancelledError:
            connection.close()
            raise

    def _outcome(self, connection: Connection, failure: Failure | None, trip: Trip) -> Outcome:
        if connection.first_byte_at is not None:
            trip.first_byte = milliseconds(trip.started_at, connection.first_byte_at)
        answer = connection.answer
        self._pool.give_back(connection)
        if failure is not None:
            return trip.failed(failure, self._monotonic())
        wait = answer.retry_after
        retry_after = parse_retry_after(wait, self._clock.now()) if wait is not None else None
        return trip.answered(answer.status, retry_after, connection.last_byte_at)


def _was_given_up(connection: Connection, failure: Failure) -> bool:
    """Whether the receiver had closed a connection that we thought was idle."""
    return failure.kind is OutcomeKind.BROKEN and connection.was_stale
