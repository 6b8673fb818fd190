"""A Route: what is known of a URL before anybody is asked, worked out once."""

from dataclasses import dataclass, field

from bitewing.transport.failure import ExchangeError, blocked
from bitewing.transport.guard import AddressGuard
from bitewing.transport.hosts import UnfitURLError
from bitewing.transport.request import request_start
from bitewing.transport.target import Target, parse_target

_MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Route:
    """A URL that the policy allows as far as it can be seen.

    Attributes:
        target: its parts.
        place: its scheme, host and port.
        start: what every request on it begins with.
        addresses: where it leads if the host spells addresses, which the policy then allows, and
            there is no proxy; else empty.
    """

    target: Target
    place: tuple[str, str, int]
    start: str = field(repr=False)
    addresses: tuple[str, ...]


class Routes:
    """Finds the Route of a URL; the guard's policy does not change while we run."""

    def __init__(self, guard: AddressGuard, *, is_direct: bool) -> None:
        """``is_direct`` says that no proxy stands between."""
        self._guard = guard
        self._is_direct = is_direct
        self._found: dict[str, Route | ExchangeError] = {}

    def find(self, url: str) -> Route:
        """Give the Route of a URL.

        Raises:
            ExchangeError: the URL cannot be used, or the policy forbids it (blocked).
        """
        found = self._found.get(url)
        if found is None:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            found = self._found[url] = self._examine(url)
        if isinstance(found, ExchangeError):
            raise ExchangeError(found.failure)
        return found

    def _examine(self, url: str) -> Route | ExchangeError:
        try:
            target = parse_target(url)
        except UnfitURLError:
            return blocked(self._guard.judge_url(url).detail)
        verdict = self._guard.judge_target(target)
        if not verdict.is_allowed:
            return blocked(verdict.detail)
        allowed = [str(one) for one in target.literals if self._guard.judge(one).is_allowed]
        return Route(
            target,
            (target.scheme, target.host, target.port),
            request_start(target),
            tuple(allowed) if self._is_direct else (),
        )
