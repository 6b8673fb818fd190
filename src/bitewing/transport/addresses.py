"""A Resolver: names to addresses, off the event loop, with a short memory."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bitewing.model.delivery import OutcomeKind
from bitewing.transport import classify
from bitewing.transport.failure import CLOSING_DOWN, ExchangeError, Failure, timed_out

LookUp = Callable[[str], tuple[str, ...]]
"""Gives the addresses of a name, in the order to try them; blocks; raises OSError."""

_SECONDS = 5.0
_REMEMBERED_SECONDS = 30.0
_MOST_REMEMBERED = 4096
_THREADS = 8


def look_up_addresses(host: str) -> tuple[str, ...]:
    """Ask the operating system for the addresses of a name."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class Resolver:
    """Looks names up; lookups of the same name at the same time are one.

    What is remembered is only a list of addresses: the guard judges them at every Attempt.
    """

    def __init__(self, *, monotonic: Callable[[], float], look_up: LookUp) -> None:
        self._monotonic = monotonic
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bitewing-names")
        self._asked: dict[str, asyncio.Future[tuple[str, ...]]] = {}
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def remembered(self, host: str) -> tuple[str, ...]:
        """Give the addresses found within the last half minute, or nothing."""
        until, addresses = self._known.get(host, (0.0, ()))
        return addresses if self._monotonic() < until else ()

    async def resolve(self, host: str, *, seconds: float) -> tuple[str, ...]:
        """Look a name up, within 5 seconds and within ``seconds``.

        Raises:
            ExchangeError: it has no address, or nobody said so in time.
        """
        seconds = min(seconds, _SECONDS)
        try:
            async with asyncio.timeout(seconds):
                addresses = await asyncio.shield(self._ask(host))
        except TimeoutError as error:
            raise ExchangeError(timed_out(f"resolving {host}", seconds)) from error
        except RuntimeError as error:  # the threads are gone
            raise ExchangeError(CLOSING_DOWN) from error
        except (OSError, UnicodeError) as error:
            cause = error if isinstance(error, OSError) else OSError(None, "it is not a valid name")
            raise ExchangeError(classify.unresolved(host, cause)) from error
        if not addresses:
            detail = f"{host} could not be resolved: it has no address"
            raise ExchangeError(Failure(OutcomeKind.UNRESOLVED, detail))
        return addresses

    def close(self) -> None:
        """Start no more lookups; those under way end by themselves."""
        self._threads.shutdown(wait=False)

    def _ask(self, host: str) -> asyncio.Future[tuple[str, ...]]:
        asked = self._asked.get(host)
        if asked is None:
            asked = asyncio.wrap_future(self._threads.submit(self._look_up, host))
            self._asked[host] = asked
            asked.add_done_callback(partial(self._learn, host))
        return asked

    def _learn(self, host: str, asked: asyncio.Future[tuple[str, ...]]) -> None:
        del self._asked[host]
        if asked.cancelled() or asked.exception() is not None:
            return
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[host] = (self._monotonic() + _REMEMBERED_SECONDS, asked.result())
