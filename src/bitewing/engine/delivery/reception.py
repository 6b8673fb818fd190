"""The reception: hands Deliveries from their making to their first Attempt, past the outbox."""

from collections import Counter
from collections.abc import Callable, Sequence, Set as AbstractSet
from datetime import datetime
from operator import attrgetter, gt

from bitewing.model.delivery import Claim, Delivery

_endpoint, _body = attrgetter("endpoint"), attrgetter("body")
_due_at, _created_at = attrgetter("due_at"), attrgetter("created_at")


class Reception:
    """Implements the port ``Reception`` for the dispatcher.

    The dispatcher says to which Endpoints how many may come; the store asks for Deliveries in
    its own thread, and gives what is durable to the event loop. A number that is read while
    it is being written is at worst an old one: a few more come than there was room for, or a
    few wait in the outbox.

    Attributes:
        receive: what takes in those that have come; set before anything is admitted.
        give_back: what takes out those that were cancelled.
    """

    def __init__(self) -> None:
        self.receive: Callable[[Sequence[Claim]], None] | None = None
        self.give_back: Callable[[AbstractSet[str]], None] | None = None
        self._until: datetime | None = None
        self._rooms: dict[int, int] = {}
        self._room = self._bytes = 0

    def open(self, until: datetime, *, room: int, most_bytes: int) -> None:
        """Let so many come in all, claimed until then (our clock, UTC)."""
        self._room, self._bytes, self._until = room, most_bytes, until

    def make_room(self, endpoint: int, room: int) -> None:
        """Let so many come to one Endpoint."""
        if room > 0:
            self._rooms[endpoint] = room
        else:
            self._rooms.pop(endpoint, None)

    def close(self) -> None:
        """Let nothing more come."""
        self._until = None

    def admit(self, deliveries: Sequence[Delivery]) -> list[datetime | None]:
        """See the port. What is due later waits in the outbox."""
        until, rooms = self._until, self._rooms
        asked = Counter(map(_endpoint, deliveries))
        left = {endpoint: rooms.get(endpoint, 0) - number for endpoint, number in asked.items()}
        size = sum(map(len, map(_body, deliveries)))
        if (
            until is None
            or len(deliveries) > self._room
            or size > self._bytes
            or min(left.values(), default=0) < 0
            or any(map(gt, map(_due_at, deliveries), map(_created_at, deliveries)))
        ):
            return self._admit_some(deliveries)
        for endpoint, number in left.items():
            if endpoint in rooms:  # or it was taken away meanwhile
                rooms[endpoint] = number
        self._room -= len(deliveries)
        self._bytes -= size
        return [until] * len(deliveries)

    def _admit_some(self, deliveries: Sequence[Delivery]) -> list[datetime | None]:
        """Let come for whom there is room, in this order."""
        until, rooms = self._until, self._rooms
        room, room_bytes = self._room if until else 0, self._bytes
        untils: list[datetime | None] = []
        count = size = 0
        for one in deliveries:
            here = rooms.get(one.endpoint, 0)
            if here > 0 and count < room and size < room_bytes and one.due_at <= one.created_at:
                rooms[one.endpoint] = here - 1
                count += 1
                size += len(one.body)
                untils.append(until)
            else:
                untils.append(None)
        self._room -= count
        self._bytes -= size
        return untils

    def arrive(self, claims: Sequence[Claim]) -> None:
        """See the port."""
        if self.receive is not None:
            self.receive(claims)

    def recall(self, deliveries: AbstractSet[str]) -> None:
        """See the port."""
        if self.give_back is not None:
            self.give_back(deliveries)
