"""Whereabouts: the addresses to connect to, looked up where needed and vetted by the guard."""

from collections.abc import Callable

from bitewing.transport.addresses import Resolver
from bitewing.transport.failure import blocked
from bitewing.transport.guard import AddressGuard
from bitewing.transport.proxy import Proxy
from bitewing.transport.route import Route
from bitewing.transport.trip import Trip, milliseconds


class Whereabouts:
    """Finds the addresses of a Route's host, or those of the proxy, whose matter names then are."""

    def __init__(
        self,
        *,
        guard: AddressGuard,
        resolver: Resolver,
        proxy: Proxy | None,
        monotonic: Callable[[], float],
    ) -> None:
        self._guard = guard
        self._resolver = resolver
        self._proxy = proxy
        self._monotonic = monotonic

    def known(self, route: Route) -> tuple[str, ...]:
        """Give the addresses, if they are known; unless they are a proxy's the guard allows them.

        Raises:
            ExchangeError: the name has come to mean an address that is forbidden (blocked).
        """
        if route.addresses:  # judged when the Route was found
            return route.addresses
        if self._proxy is not None:
            return self._proxy.addresses or self._resolver.remembered(self._proxy.host)
        addresses = self._resolver.remembered(route.target.host)
        self._require_allowed(addresses)
        return addresses

    async def find(self, route: Route, *, seconds: float, trip: Trip) -> tuple[str, ...]:
        """Give the addresses, looking them up if they are not known.

        Raises:
            ExchangeError: there are none, nobody said so in time, or one is forbidden.
        """
        known = self.known(route)
        if known:
            return known
        host = route.target.host if self._proxy is None else self._proxy.host
        started = self._monotonic()
        addresses = await self._resolver.resolve(host, seconds=seconds)
        trip.resolve = milliseconds(started, self._monotonic())
        if self._proxy is None:
            self._require_allowed(addresses)
        return addresses

    def close(self) -> None:
        """Start no more lookups."""
        self._resolver.close()

    def _require_allowed(self, addresses: tuple[str, ...]) -> None:
        verdict = self._guard.judge_all(addresses)
        if not verdict.is_allowed:
            raise blocked(verdict.detail)
