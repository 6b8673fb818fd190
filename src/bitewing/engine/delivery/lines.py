"""Lines: all Endpoints to which something is owed, and what is to be claimed for them."""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from datetime import datetime
from itertools import chain, islice

from bitewing.engine.delivery.line import FIRST_ROOM, Line
from bitewing.model.delivery import Claim
from bitewing.model.subscription import Endpoint
from bitewing.ports.outbox import Turn, Want

MOST_CLAIMED, MOST_BYTES = 8192, 64 * 2**20
"""Deliveries in memory, and the bytes of their bodies; the last may be longer than foreseen."""

KEPT_FREE = MOST_CLAIMED // 4
"""So much of the room is kept for those to whom next to nothing is claimed.

Nothing comes past the outbox into it, and nobody claims more there than at first: however much
waits for receivers that hang, the others find room.
"""

FRESH_SECONDS = 5.0
"""An Endpoint is looked at again after this; what is changed here is known at once."""

MOST_LOOKED_AT = 64
"""So many Endpoints at a time, some 2 ms of unsealing their secrets."""


class Lines:
    """The Lines by their Endpoints' ids.

    Attributes:
        known: those to which something is or was owed lately.
        unknown: Endpoints that have to be looked at first.
        stirred: Endpoints to which something has happened lately.
        next_due_at: when the next turn comes that has not come yet (our clock, UTC).
    """

    def __init__(self, parking: AbstractSet[str]) -> None:
        """``parking`` names the Dialects whose Endpoints may be parked."""
        self._parking = parking
        self.known: dict[int, Line] = {}
        self.unknown: set[int] = set()
        self.stirred: set[int] = set()
        self.next_due_at: datetime | None = None
        self._hungry: dict[int, Line] = {}
        self._parked: set[int] = set()

    def look(self, turns: Iterable[Turn], now: datetime) -> None:
        """Note whose turn it is."""
        turns = list(turns)
        self.stirred.update([turn.endpoint for turn in turns])
        self.next_due_at = None
        for one in self.known.values():
            one.wants_more = one.wants_retries = False
        self._hungry.clear()
        for turn in turns:
            if turn.due_at > now:
                self.expect(turn.due_at)
                continue
            line = self.known.get(turn.endpoint)
            if line is None:
                self.unknown.add(turn.endpoint)
                continue
            if turn.is_retry:
                line.wants_retries = True
            else:
                line.wants_more = True
            if line.is_open:
                self._hungry[turn.endpoint] = line

    def expect(self, due_at: datetime) -> None:
        """Note that something will be due."""
        if self.next_due_at is None or due_at < self.next_due_at:
            self.next_due_at = due_at

    def learn(self, endpoints: Mapping[int, Endpoint | None], monotonic: float) -> list[Claim]:
        """Note how Endpoints stand; give what must no longer be sent to them."""
        self.stirred |= endpoints.keys()
        withdrawn: list[Claim] = []
        for number, endpoint in endpoints.items():
            line = self.known.get(number)
            if line is None:
                line = self.known[number] = self._made(endpoint or _removed(number))
            line.learn(endpoint or line.endpoint, monotonic, is_removed=endpoint is None)
            self._note(line)
            if not line.is_open:
                withdrawn += line.clear()
        self.unknown -= endpoints.keys()
        return withdrawn

    def _made(self, endpoint: Endpoint) -> Line:
        return Line(endpoint, parks=endpoint.dialect in self._parking)

    def stale(self, monotonic: float) -> set[int]:
        """Give the Endpoints to look at now, those that are not known first.

        Those that are stirred are looked at as well: what comes past the outbox is not claimed.
        A thousand at once would keep everybody waiting, so some go each time.
        """
        oldest = monotonic - FRESH_SECONDS
        lines = [self.known[number] for number in self.stirred if number in self.known]
        stale = {
            line.endpoint.id for line in (*self._hungry.values(), *lines) if line.read_at <= oldest
        }
        return set(islice(chain(self.unknown, stale), MOST_LOOKED_AT))

    def wants(self, now: datetime, room: tuple[int, int]) -> list[Want]:
        """Give what to claim where so many more, and so many bytes, may be ours.

        Of a parked one only probes.
        """
        most, most_bytes = room
        wants: list[Want] = []
        for line in self._hungry.values():
            size = max(1.0, line.average_bytes)
            fitting = min(_room_for(line, most), int(most_bytes / size))
            for want in _probes(line, now) if line.breaker.is_parked else _needs(line, fitting):
                if min(_room_for(line, most), most_bytes) > 0:
                    wants.append(want)
                    most, most_bytes = most - want.limit, most_bytes - int(want.limit * size)
        return wants

    def has_wants(self, now: datetime, room: tuple[int, int]) -> bool:
        """Tell whether there is something to ask of the store at once."""
        return bool(self.unknown or self.wants(now, room))

    def take_in(self, want: Want, claimed: list[Claim], *, most: bool) -> Line:
        """Put what was claimed into its Line and give that; ``most`` is as much as was asked."""
        line = self.known[want.endpoint]
        self.stirred.add(want.endpoint)
        if most and not want.is_retry:
            line.widen()
        line.add(claimed, is_retry=want.is_retry)
        if want.is_oldest and not claimed:  # it was cancelled, or is held
            line.oldest_due_at, line.asks_oldest = None, True
        if not most and want.is_retry:
            line.wants_retries = False
        elif not most:
            line.wants_more = False
        if not (line.wants_more or line.wants_retries):
            self._hungry.pop(want.endpoint, None)
        return line

    def well(self, endpoints: Iterable[int]) -> set[int]:
        """Give those of these Endpoints that are known not to be failing."""
        return {number for number in endpoints if self.known[number].is_well}

    def parked(self, endpoints: Iterable[int]) -> dict[int, datetime]:
        """Give until when each of these, with which something has ended, is parked, if it is."""
        lines = [self.known[number] for number in endpoints]
        for line in lines:
            self._note(line)
        return {
            line.endpoint.id: line.breaker.parked_until
            for line in lines
            if line.breaker.parked_until is not None
        }

    def asking(self) -> set[int]:
        """Give the parked Endpoints of which the oldest failing Delivery must be looked for."""
        lines = [self.known[number] for number in self._parked]
        return {
            line.endpoint.id
            for line in lines
            if line.asks_oldest and line.breaker.is_parked and not line.under_way
        }

    def _note(self, line: Line) -> None:
        """Remember whether it is parked: only those are asked about, and they are few."""
        if line.breaker.is_parked:
            self._parked.add(line.endpoint.id)
        else:
            self._parked.discard(line.endpoint.id)

    def note_oldest(self, found: Mapping[int, datetime | None]) -> None:
        """Note when the oldest failing Delivery of each of these is due."""
        for number, due_at in found.items():
            line = self.known[number]
            line.oldest_due_at, line.asks_oldest = due_at, False
            if due_at is not None:
                self.expect(due_at)


def _room_for(line: Line, free: int) -> int:
    """Give how much of what is free one of them may have."""
    if free > KEPT_FREE:
        return free - KEPT_FREE
    return min(free, FIRST_ROOM - line.waiting)


def _needs(line: Line, room: int) -> Iterable[Want]:
    most = min(room, int(MOST_BYTES / 4 / max(1.0, line.average_bytes))) + 1
    for is_retry, is_wanted in ((False, line.wants_more), (True, line.wants_retries)):
        needed = line.needs(is_retry=is_retry) if is_wanted else 0
        if needed > 0:
            yield Want(line.endpoint.id, is_retry, min(needed, most))


def _probes(line: Line, now: datetime) -> Iterable[Want]:
    """Give the oldest failing Delivery at its very moment, and now and then a first try."""
    if line.waiting or line.under_way:
        return
    if line.oldest_due_at is not None and line.oldest_due_at <= now:
        yield Want(line.endpoint.id, is_retry=True, limit=1, is_oldest=True)
    elif line.wants_more and line.breaker.may_probe(now):
        yield Want(line.endpoint.id, is_retry=False, limit=1)


def _removed(number: int) -> Endpoint:
    """Stand in for an Endpoint that is no longer there."""
    return Endpoint(number, "", "", "", "", datetime.min, datetime.min)  # noqa: DTZ901 - no moment
