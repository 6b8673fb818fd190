"""HttpSender: safe exchanges with receivers over HTTP/1.1, plain or encrypted."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace

from bitewing.model.delivery import Destination, Outcome, OutcomeKind
from bitewing.ports.clock import Clock
from bitewing.ports.sender import Ended, OnEnds, Posting
from bitewing.transport.addresses import LookUp, Resolver, look_up_addresses
from bitewing.transport.answer import FIRST_REFUSAL
from bitewing.transport.connection import Connection, Lookout
from bitewing.transport.contexts import Contexts
from bitewing.transport.ends import Ends
from bitewing.transport.failure import ExchangeError, Failure, timed_out
from bitewing.transport.files import MOST_CONNECTIONS
from bitewing.transport.guard import AddressGuard
from bitewing.transport.lookout import OnEnded, usual_lookout
from bitewing.transport.mailing import Mailing, Posted, Written, acknowledged
from bitewing.transport.opening import Opener
from bitewing.transport.pool import Pool
from bitewing.transport.proxy import Proxy
from bitewing.transport.request import compose_request
from bitewing.transport.retry_after import parse_retry_after
from bitewing.transport.route import Routes
from bitewing.transport.trip import Trip, milliseconds
from bitewing.transport.whereabouts import Whereabouts

PROBE_SECONDS = 10.0


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
        lookout: Callable[[OnEnded], Lookout] = usual_lookout,
        most_open: int = MOST_CONNECTIONS,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            clock: for measuring and for reading dates. Timeouts are the event loop's.
            guard: which receivers may be sent to.
            ca_file: further certificate authorities to trust, a PEM file.
            proxy: what every request goes through. The guard then judges URLs and the addresses
                that they spell; what names mean is the proxy's to judge.
            look_up: how names become addresses.
            lookout: what looks after the connections.
            most_open: connections at once. Idle ones make way; exchanges are for who posts to
                bound.

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
        self._opener = Opener(
            contexts=Contexts(ca_file),
            proxy=proxy,
            lookout=lookout(self._conclude),
            monotonic=clock.monotonic,
        )
        self._pool = Pool(monotonic=clock.monotonic, on_ended=self._conclude, most_open=most_open)
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
        mailing = Mailing(route, destination, started_at, on_ends)
        ones = list[Posted]()
        for token, headers, body in posted:
            try:
                request = compose_request(route.start, headers, body)
            except ExchangeError as error:
                unfit = Trip(started_at).failed(error.failure, started_at)
                self._ends.note(token, on_ends, unfit)
            else:
                ones.append((mailing, token, request))
        if ones:
            self._go(mailing, ones)

    def _go(self, mailing: Mailing, ones: Sequence[Posted]) -> None:
        """Let these, of one Mailing, go out."""
        try:
            addresses = self._whereabouts.known(mailing.route)
        except ExchangeError as error:
            self._fail(ones, error.failure)
            return
        if addresses:
            self._begin(mailing, ones, addresses)
        else:
            self._start(self._look_up(mailing, ones))

    async def _look_up(self, mailing: Mailing, ones: Sequence[Posted]) -> None:
        trip = mailing.begun()
        seconds = mailing.seconds_left(self._monotonic())
        try:
            addresses = await self._whereabouts.find(mailing.route, seconds=seconds, trip=trip)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of an end
            self._fail(ones, _failure(error))
        else:
            mailing.resolve = trip.resolve
            self._begin(mailing, ones, addresses)

    def _begin(self, mailing: Mailing, ones: Sequence[Posted], addresses: tuple[str, ...]) -> None:
        """Send these on connections that stand open, or else on new ones, to vetted addresses."""
        now, ca_pem = self._monotonic(), mailing.destination.ca_pem
        keys = [(*mailing.route.place, address, ca_pem) for address in addresses]
        idle = self._pool.take(keys, len(ones), now)
        seconds = mailing.seconds_left(now)
        deadline = asyncio.get_running_loop().time() + seconds
        for connection, one in zip(idle, ones, strict=False):
            connection.post(one[2], seconds=seconds, deadline=deadline, errand=one)
        for one in ones[len(idle) :]:
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

    def _conclude(self, connections: Sequence[Connection]) -> None:
        """Tell what came of the exchanges that have ended on these connections.

        All count as over when the last of them is read: no time is asked for each of them, and
        none is given that is too early.
        """
        ended_at = self._monotonic()
        self._pool.give_back(connections, ended_at)
        gathered: dict[OnEnds, list[Ended]] = {}
        written: Written = {}
        for connection in connections:
            errand: Posted = connection.errand
            connection.errand = None
            mailing, token, _ = errand
            failure = connection.failure
            try:
                if (
                    failure is None
                    and mailing.trip is None
                    and connection.answer.status < FIRST_REFUSAL
                ):
                    outcome = acknowledged(mailing, connection, ended_at, written)
                elif failure is not None and _was_given_up(connection, mailing):
                    self._start(self._send(errand, ()))
                    continue
                else:
                    outcome = self._outcome(connection, mailing, ended_at)
            except Exception as error:  # noqa: BLE001 - each must hear of an end, and the others
                outcome = mailing.begun(connection.key[3]).failed(_failure(error), ended_at)
            ended = gathered.get(mailing.on_ends)
            if ended is None:
                ended = gathered[mailing.on_ends] = []
            ended.append((token, outcome))
        for on_ends, ended in gathered.items():
            _tell(on_ends, ended)

    def _outcome(self, connection: Connection, mailing: Mailing, ended_at: float) -> Outcome:
        """Write the Outcome of any exchange."""
        trip = mailing.trip or mailing.begun(connection.key[3])
        answer, failure = connection.answer, connection.failure
        begun_at = connection.first_byte_at
        if begun_at is None and (failure is None or answer.is_begun):
            begun_at = ended_at
        if begun_at is not None:
            trip.first_byte = milliseconds(trip.started_at, begun_at)
        if failure is not None:
            return trip.failed(failure, ended_at)
        wait = answer.retry_after
        retry_after = parse_retry_after(wait, self._clock.now()) if wait is not None else None
        return trip.answered(answer.status, retry_after, ended_at)

    def _fail(self, ones: Sequence[Posted], failure: Failure) -> None:
        ended_at = self._monotonic()
        for mailing, token, _ in ones:
            outcome = mailing.begun().failed(failure, ended_at)
            self._ends.note(token, mailing.on_ends, outcome)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        """Do in a task what has to wait for names or for a new connection."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, one: Posted, addresses: tuple[str, ...]) -> None:
        """Send it on a new connection to one of these addresses, or else to those that it has.

        One that has become idle meanwhile is left to whoever posts next, who would miss it.
        """
        mailing, token, request = one
        trip = mailing.begun()
        try:
            await self._send_on_new((replace(mailing, trip=trip), token, request), addresses, trip)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of an end
            outcome = trip.failed(_failure(error), self._monotonic())
            self._ends.note(token, mailing.on_ends, outcome)

    async def _send_on_new(self, one: Posted, addresses: tuple[str, ...], trip: Trip) -> None:
        """Send it.

        Raises:
            ExchangeError: no connection came about.
        """
        loop, (mailing, _, request) = asyncio.get_running_loop(), one
        seconds = mailing.seconds_left(self._monotonic())
        if seconds <= 0:  # that the receiver had given up a connection was seen too late
            allowed = mailing.destination.timeout.total_seconds()
            raise ExchangeError(timed_out("waiting for the answer", allowed))
        deadline = loop.time() + seconds
        addresses = addresses or await self._whereabouts.find(
            mailing.route, seconds=seconds, trip=trip
        )
        with self._pool.opening():
            connection = await self._opener.open(
                mailing.route.target,
                addresses,
                ca_pem=mailing.destination.ca_pem,
                deadline=deadline,
                trip=trip,
            )
            self._pool.add(connection)
        seconds = deadline - loop.time()
        connection.post(request, seconds=seconds, deadline=deadline, errand=one)


def _tell(on_ends: OnEnds, ended: Sequence[Ended]) -> None:
    """Tell it; if that raises, against the port's rule, the others still hear of theirs."""
    try:
        on_ends(ended)
    except Exception as error:  # noqa: BLE001 - the event loop says what went wrong
        context = {"message": "whoever was told of ends broke down", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)


def _was_given_up(connection: Connection, mailing: Mailing) -> bool:
    """Whether the receiver had closed a connection that we thought was idle."""
    failure = connection.failure
    is_broken = failure is not None and failure.kind is OutcomeKind.BROKEN
    return is_broken and mailing.trip is None and not connection.answer.is_begun


def _failure(error: Exception) -> Failure:
    if isinstance(error, ExchangeError):
        return error.failure
    return Failure(OutcomeKind.BROKEN, f"the exchange broke off: {type(error).__name__}")
