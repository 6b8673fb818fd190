"""An Opener: new connections to vetted addresses, encrypted and verified where they must be."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from bitewing.model.delivery import OutcomeKind
from bitewing.transport import classify
from bitewing.transport.connection import Connection, ConnectionKey, Lookout
from bitewing.transport.contexts import Contexts
from bitewing.transport.failure import CLOSING_DOWN, ExchangeError, timed_out
from bitewing.transport.proxy import Proxy, open_tunnel
from bitewing.transport.sessions import Session, Sessions
from bitewing.transport.target import Target
from bitewing.transport.trip import Trip, milliseconds

_CONNECT_SECONDS = 5.0
_TLS_SECONDS = 5.0
_MOST_ADDRESSES = 4
_THREADS = 2


class Opener:
    """Opens connections, trying a name's addresses in turn."""

    def __init__(
        self,
        *,
        contexts: Contexts,
        proxy: Proxy | None,
        lookout: Lookout,
        monotonic: Callable[[], float],
    ) -> None:
        """Prepare.

        Args:
            contexts: whom to trust.
            proxy: what to go through; the addresses to open are then its own.
            lookout: what looks after the connections.
            monotonic: gives seconds.
        """
        self._lookout = lookout
        self._contexts = contexts
        self._proxy = proxy
        self._monotonic = monotonic
        self._sessions = Sessions(monotonic=monotonic)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bitewing-tls")

    async def open(
        self,
        target: Target,
        addresses: Sequence[str],
        *,
        ca_pem: str | None,
        deadline: float,
        trip: Trip,
    ) -> Connection:
        """Connect to the first address that lets us; the times are noted in the trip.

        Each address gets its share of the time that is left, so that one that swallows packets
        does not use up the time of the next.

        Raises:
            ExchangeError: none did; the last one's reason.
        """
        context = self._contexts.find(ca_pem) if target.is_tls else None
        tried = addresses[:_MOST_ADDRESSES]
        for left, address in zip(range(len(tried), 0, -1), tried, strict=True):
            seconds = (deadline - asyncio.get_running_loop().time()) / left
            trip.address = address
            key = (target.scheme, target.host, target.port, address, ca_pem)
            try:
                return await self._open_at(target, key, context, seconds=seconds, trip=trip)
            except ExchangeError:
                if left == 1:
                    raise
        raise AssertionError("a name without addresses is refused before")

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False)

    async def _open_at(
        self,
        target: Target,
        key: ConnectionKey,
        context: ssl.SSLContext | None,
        *,
        seconds: float,
        trip: Trip,
    ) -> Connection:
        started = self._monotonic()
        opened = await self._reach(target, trip.address, seconds=min(seconds, _CONNECT_SECONDS))
        connected = self._monotonic()
        trip.connect = milliseconds(started, connected)
        if context is None:
            return self._connection(opened, key)
        seconds -= connected - started
        session = self._sessions.find(key, context)
        try:
            encrypted = await self._encrypt(opened, context, target.host, session, seconds=seconds)
        except ExchangeError as error:
            self._sessions.forget(key)
            if session is None or error.failure.kind is OutcomeKind.TIMED_OUT:
                raise
            # Perhaps it cannot stand what was offered; one that has been refused never fails.
            seconds -= self._monotonic() - connected
            return await self._open_at(target, key, context, seconds=seconds, trip=trip)
        ended = self._monotonic()
        trip.tls = milliseconds(connected, ended)
        keep = None
        if not encrypted.session_reused:  # else the one that it had is still good
            keep = partial(self._keep, key, context, ended)
        return self._connection(encrypted, key, keep)

    def _connection(
        self,
        opened: socket.socket,
        key: ConnectionKey,
        keep: Callable[[ssl.SSLSession], None] | None = None,
    ) -> Connection:
        try:
            return Connection(
                opened, key=key, lookout=self._lookout, monotonic=self._monotonic, keep=keep
            )
        except OSError as error:
            raise ExchangeError(classify.unconnected(_shown(key[3], key[2]), error)) from error

    def _keep(
        self,
        key: ConnectionKey,
        context: ssl.SSLContext,
        verified_at: float,
        session: ssl.SSLSession,
    ) -> None:
        self._sessions.keep(key, context, Session(session, verified_at))

    async def _reach(self, target: Target, address: str, *, seconds: float) -> socket.socket:
        """Connect to the receiver, through the proxy if there is one."""
        proxy = self._proxy
        if proxy is None:
            return await _connect(_shown(address, target.port), address, target.port, seconds)
        where = f"the proxy {_shown(address, proxy.port)}"
        opened = await _connect(where, address, proxy.port, seconds)
        try:
            async with asyncio.timeout(seconds):
                await open_tunnel(opened, proxy, target)
        except BaseException as error:
            opened.close()
            if isinstance(error, TimeoutError):
                raise ExchangeError(timed_out(f"asking {where}", seconds)) from error
            raise
        return opened

    async def _encrypt(
        self,
        opened: socket.socket,
        context: ssl.SSLContext,
        host: str,
        session: Session | None,
        *,
        seconds: float,
    ) -> ssl.SSLSocket:
        seconds = min(seconds, _TLS_SECONDS)
        try:
            encrypted = context.wrap_socket(
                opened,
                server_hostname=host,
                do_handshake_on_connect=False,
                session=session and session.tls,
            )
        except OSError as error:  # it is gone already
            opened.close()
            raise ExchangeError(classify.unencrypted(host, error)) from error
        try:
            async with asyncio.timeout(seconds):
                await self._shake_hands(encrypted)
        except TimeoutError as error:
            raise ExchangeError(timed_out(f"the TLS handshake with {host}", seconds)) from error
        except OSError as error:
            raise ExchangeError(classify.unencrypted(host, error)) from error
        return encrypted

    async def _shake_hands(self, encrypted: ssl.SSLSocket) -> None:
        """Wait on the loop, calculate in a thread: a silent receiver holds up no thread.

        If it comes to nothing the socket is closed, but not while a thread works with it.
        """
        step: Future[None] = Future()
        step.set_result(None)
        try:
            while True:
                step = self._submit(encrypted.do_handshake)
                try:
                    return await asyncio.wrap_future(step)
                except ssl.SSLWantReadError:
                    await _until_ready(encrypted, is_reading=True)
                except ssl.SSLWantWriteError:
                    await _until_ready(encrypted, is_reading=False)
        except BaseException:
            step.add_done_callback(lambda _: encrypted.close())
            raise

    def _submit(self, step: Callable[[], None]) -> Future[None]:
        try:
            return self._threads.submit(step)
        except RuntimeError as error:  # the threads are gone
            raise ExchangeError(CLOSING_DOWN) from error


def _shown(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


async def _connect(where: str, address: str, port: int, seconds: float) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened: socket.socket | None = None
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.settimeout(0)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(opened, (address, port))
    except BaseException as error:
        if opened is not None:
            opened.close()
        if isinstance(error, TimeoutError):
            raise ExchangeError(timed_out(f"connecting to {where}", seconds)) from error
        if isinstance(error, OSError):
            raise ExchangeError(classify.unconnected(where, error)) from error
        raise
    return opened


async def _until_ready(waiting: socket.socket, *, is_reading: bool) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    add, remove = (
        (loop.add_reader, loop.remove_reader)
        if is_reading
        else (loop.add_writer, loop.remove_writer)
    )
    add(waiting, _settle, ready)
    try:
        await ready
    finally:
        remove(waiting)


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
