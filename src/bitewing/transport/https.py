"""HttpSender: safe exchanges with receivers over HTTP/1.1, plain or encrypted."""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial

from bitewing.model.delivery import Destination, Outcome, OutcomeKind
from bitewing.ports.clock import Clock
from bitewing.ports.sender import OnEnds, Posting
from bitewing.transport.addresses import LookUp, Resolver, look_up_addresses
from bitewing.transport.connection import Connection
from bitewing.transport.contexts import Contexts
from bitewing.transport.ends import Ends
from bitewing.transport.failure import ExchangeError, Failure
from bitewing.transport.guard import AddressGuard
from bitewing.transport.opening import Opener
from bitewing.transport.pool import Pool
from bitewing.transport.posted import Posted, acknowledged
from bitewing.transport.proxy import Proxy
from bitewing.transport.request import compose_request
from bitewing.transport.retry_after import parse_retry_after
from bitewing.transport.route import Routes
from bitewing.transport.trip import Trip, milliseconds
from bitewing.transport.whereabouts import Whereabouts

PROBE_SECONDS = 10.0
_FIRST_REFUSAL = 300


class HttpSender:
    """Sends POST requests. Belongs to one event loop.

    Connections are kept and used again. If a receiver has closed one just when it is used
    again, the request is sent once more on a new one; receivers know repeats by their id.
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
            proxy: what every request goes through. The guard then judges URLs and the addresses
                that they spell; what names mean is the proxy's to judge.
            look_up: how names become addresses.

        Raises:
            SettingsError: ``ca_file`` cannot be used.
        """
        self._clock = clock
        self._monotonic = clock.monotonic
        self._routes = Routes(guard, is_direct=proxy is None)
        self._whereabouts = Whereabouts(
            guard=guard,
            resolver=Resolver(monotonic=clock.monotonic, look_up=look_up),
            proxy=proxy,
            monotonic=clock.monotonic,
        )
        self._opener = Opener(contexts=Contexts(ca_file), proxy=proxy, monotonic=clock.monotonic)
        self._pool = Pool(monotonic=clock.monotonic)
        self._ends = Ends()
        self._under_way: set[asyncio.Task[None]] = set()

    def post(self, destination: Destination, posted: Sequence[Posting], on_ends: OnEnds) -> None:
        """See the port.

        Where a connection stands open it costs no task, no future and no timer.
        """
        started_at = self._monotonic()
        try:
            route = self._routes.find(destination.url)
        except ExchangeError as error:
            unfit = Trip(started_at).failed(error.failure, started_at)
            for token, _, _ in posted:
                self._ends.note(token, on_ends, unfit)
            return
        ones = []
        for token, headers, body in posted:
            try:
                request = compose_request(route.start, headers, body)
            except ExchangeError as error:
                unfit = Trip(started_at).failed(error.failure, started_at)
                self._ends.note(token, on_ends, unfit)
            else:
                ones.append(Posted(route, destination, request, started_at, token, on_ends))
        if ones:
            self._go(ones)

    def _go(self, ones: Sequence[Posted]) -> None:
        """Let these, all to the same receiver, go out."""
        try:
            addresses = self._whereabouts.known(ones[0].route)
        except ExchangeError as error:
            self._end_all(ones, error.failure)
            return
        if addresses:
            self._begin(ones, addresses)
        else:
            self._start(self._look_up(ones))

    async def _look_up(self, ones: Sequence[Posted]) -> None:
        first = ones[0]
        trip = Trip(first.started_at)
        seconds = self._seconds_left(first)
        try:
            addresses = await self._whereabouts.find(first.route, seconds=seconds, trip=trip)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of an end
            self._end_all(ones, _failure(error))
        else:
            self._begin([one._replace(resolve=trip.resolve) for one in ones], addresses)

    def _begin(self, ones: Sequence[Posted], addresses: tuple[str, ...]) -> None:
        """Send these on connections that stand open, or else on new ones, to vetted addresses."""
        first, now = ones[0], self._monotonic()
        ca_pem = first.destination.ca_pem
        keys = [(*first.route.place, address, ca_pem) for address in addresses]
        idle = self._pool.take(keys, len(ones), now)
        seconds = self._seconds_left(first)
        for one in ones:
            if idle:
                connection = idle.pop()
                on_end = partial(self._end, connection, one)
                connection.post(one.request, seconds=seconds, on_end=on_end)
            else:
                self._start(self._send(one, addresses))

    async def probe(self, url: str) -> Outcome | None:
        """Connect, vetted and verified as for a Message, and send nothing; None if it works."""
        trip = Trip(self._monotonic())
        deadline = asyncio.get_running_loop().time() + PROBE_SECONDS
        try:
            route = self._routes.find(url)
            addresses = await self._whereabouts.find(route, seconds=PROBE_SECONDS, trip=trip)
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
        self._whereabouts.close()

    def _end(self, connection: Connection, one: Posted, failure: Failure | None) -> None:
        """Tell what came of an exchange on a connection that stood open."""
        status = connection.answer.status
        if failure is None and status < _FIRST_REFUSAL:
            self._pool.give_back(connection)
            outcome = acknowledged(one, connection)
        elif failure is not None and _was_given_up(connection, failure):
            self._pool.give_back(connection)
            self._start(self._send(one, ()))
            return
        else:
            trip = Trip(one.started_at, connection.key[3], one.resolve)
            outcome = self._outcome(connection, failure, trip)
        self._ends.note(one.token, one.on_ends, outcome)

    def _end_all(self, ones: Sequence[Posted], failure: Failure) -> None:
        ended_at = self._monotonic()
        for one in ones:
            outcome = Trip(one.started_at).failed(failure, ended_at)
            self._ends.note(one.token, one.on_ends, outcome)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        """Do in a task what has to wait for names or for a new connection."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, one: Posted, addresses: tuple[str, ...]) -> None:
        """Send it on a new connection to one of these addresses, or else to those that it has.

        One that has become idle meanwhile is left to whoever posts next, who would miss it.
        """
        trip = Trip(one.started_at, resolve=one.resolve)
        try:
            outcome = await self._outcome_on_new(one, addresses, trip)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of an end
            outcome = trip.failed(_failure(error), self._monotonic())
        self._ends.note(one.token, one.on_ends, outcome)

    async def _outcome_on_new(self, one: Posted, addresses: tuple[str, ...], trip: Trip) -> Outcome:
        """Send it.

        Raises:
            ExchangeError: no connection came about.
        """
        deadline = asyncio.get_running_loop().time() + self._seconds_left(one)
        addresses = addresses or await self._whereabouts.find(
            one.route, seconds=self._seconds_left(one), trip=trip
        )
        with self._pool.opening():
            connection = await self._opener.open(
                one.route.target,
                addresses,
                ca_pem=one.destination.ca_pem,
                deadline=deadline,
                trip=trip,
            )
            self._pool.add(connection)
        failure = await self._exchange(connection, one.request, deadline)
        return self._outcome(connection, failure, trip)

    def _seconds_left(self, one: Posted) -> float:
        passed = self._monotonic() - one.started_at
        return one.destination.timeout.total_seconds() - passed

    async def _exchange(
        self, connection: Connection, request: bytes, deadline: float
    ) -> Failure | None:
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
    return failure.kind is OutcomeKind.BROKEN and connection.is_unanswered


def _failure(error: Exception) -> Failure:
    if isinstance(error, ExchangeError):
        return error.failure
    return Failure(OutcomeKind.BROKEN, f"the exchange broke off: {type(error).__name__}")
