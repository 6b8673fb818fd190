"""What people may see of Deliveries and of their Endpoints' backlog, and the replays they began."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bitewing.engine.operations.replays import ENDED, Replay, ReplayDesk
from bitewing.model.delivery import Attempt, Delivery, DeliveryState
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.ports.outbox import Share, Sought
from bitewing.ports.store import Store, Transaction

MOST_REPLAYS = 8
"""So many replays of one owner may run at once; none outlives the process."""

MOST_REMEMBERED = 64
"""So many replays of one owner can be asked about; the oldest that are over are forgotten."""

_WAITING = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED})
_HELD = frozenset({DeliveryState.HELD})


@dataclass(frozen=True, slots=True)
class Backlog:
    """An Endpoint, and how many Deliveries wait for it and are held."""

    endpoint: Endpoint
    waiting: int
    held: int


@dataclass(frozen=True, slots=True)
class BacklogDesk:
    """Serves the bearers of credentials; nobody sees what is another's."""

    store: Store
    replays: ReplayDesk
    _begun: dict[str, dict[int, Replay]] = field(default_factory=dict)

    async def endpoints(self, owner: str) -> list[Backlog]:
        """Give the owner's Endpoints by id, with their backlog."""

        def work(tx: Transaction) -> list[Backlog]:
            waiting = _counted(tx.outbox.survey(Sought(_WAITING, owner=owner)))
            held = _counted(tx.outbox.survey(Sought(_HELD, owner=owner)))
            return [
                Backlog(one, waiting.get(one.id, 0), held.get(one.id, 0))
                for one in tx.endpoints.of_owner(owner)
            ]

        return await self.store.read(work)

    async def deliveries(
        self, sought: Sought, *, after: int, limit: int
    ) -> list[tuple[int, Delivery]]:
        """Give the next Deliveries that are meant, behind a place, with theirs; oldest first."""

        def work(tx: Transaction) -> list[tuple[int, Delivery]]:
            places = tx.outbox.seek(sought, after=after, limit=limit)
            found = [(place, tx.outbox.get(delivery)) for place, delivery in places]
            return [(place, one) for place, one in found if one is not None]

        return await self.store.read(work)

    async def delivery(self, owner: str, number: str) -> tuple[Delivery, list[Attempt]]:
        """Give one with its Attempts.

        Raises:
            NotFoundError: the owner has no such Delivery.
        """

        def work(tx: Transaction) -> tuple[Delivery, list[Attempt]]:
            return _owned(tx, owner, number), tx.outbox.attempts(number)

        return await self.store.read(work)

    async def replay_one(self, owner: str, number: str) -> tuple[int, Replay]:
        """Let one go out again.

        Raises:
            NotFoundError: the owner has no such Delivery.
            InvalidRequestError: it is on its way, or its bytes are no longer kept.
        """
        found = await self.store.read(lambda tx: _owned(tx, owner, number))
        if found.state in _WAITING:
            raise InvalidRequestError("This delivery is still on its way.")
        if not found.body:
            raise InvalidRequestError("The body of this delivery is no longer kept.")
        return await self.start(Sought(ENDED | _HELD, owner=owner, delivery=number))

    async def dry_run(self, sought: Sought) -> list[Share]:
        """Give how many Deliveries would go out again, to whom, and how old the oldest is."""
        return await self.replays.dry_run(sought)

    async def start(self, sought: Sought) -> tuple[int, Replay]:
        """Let Deliveries go out again; give the replay with its number.

        Raises:
            InvalidRequestError: they would go to a disabled Endpoint, which holds them again.
        """
        owner = sought.owner or ""
        shares = await self.replays.dry_run(sought)
        disabled = await self._disabled({one.endpoint for one in shares})
        if disabled:
            named = ", ".join(map(str, disabled))
            raise InvalidRequestError(f"Activate the endpoint first; disabled is: {named}.")
        begun = self._begun.setdefault(owner, {})
        over = [number for number, one in begun.items() if one.is_over]
        if len(begun) - len(over) >= MOST_REPLAYS:
            raise InvalidRequestError("Too many replays run already; cancel some.")
        number = max(begun, default=0) + 1
        begun[number] = self.replays.start(sought)
        for oldest in over[: max(0, len(begun) - MOST_REMEMBERED)]:
            del begun[oldest]
        return number, begun[number]

    def replay(self, owner: str, number: int) -> Replay:
        """Give one that this owner began since the program started.

        Raises:
            NotFoundError: there is none with this number, or it was long ago.
        """
        replay = self._begun.get(owner, {}).get(number)
        if replay is None:
            raise NotFoundError("Replay not found.")
        return replay

    async def _disabled(self, endpoints: set[int]) -> list[int]:
        def work(tx: Transaction) -> list[int]:
            found = [tx.endpoints.get(number) for number in sorted(endpoints)]
            return [one.id for one in found if one and one.state is EndpointState.DISABLED]

        return await self.store.read(work)


def _counted(shares: Sequence[Share]) -> dict[int, int]:
    return {one.endpoint: one.count for one in shares}


def _owned(tx: Transaction, owner: str, number: str) -> Delivery:
    found = tx.outbox.get(number)
    if found is None or found.owner != owner:
        raise NotFoundError("Delivery not found.")
    return found
