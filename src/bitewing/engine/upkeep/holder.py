"""The holder: holds what a disabled Endpoint is still owed, a few at a time."""

from bitewing.engine import journal
from bitewing.model.subscription import EndpointState
from bitewing.ports.store import Store, Transaction

BATCH = 500
"""Never an unbounded statement."""

_SECONDS, _MORE_SECONDS = 5.0, 0.05


class Holder:
    """The worker that lets people see what is held, and keeps its lanes free.

    Nothing is sent to a disabled Endpoint anyway; so nobody waits for this.
    """

    name = "holder"

    def __init__(self, store: Store) -> None:
        self._store = store

    async def step(self) -> float:
        """Hold one batch of each disabled Endpoint; give the seconds to pause."""
        if not await self._store.read(_owing):
            return _SECONDS
        held = await self._store.write(_hold)
        for endpoint, count in held.items():
            journal.deliveries_held(endpoint=endpoint, count=count)
        return _MORE_SECONDS if held else _SECONDS


def _owing(tx: Transaction) -> set[int]:
    """Give the disabled Endpoints to which something is still on its way."""
    owed = {turn.endpoint for turn in tx.outbox.turns()}
    disabled = {one.id for one in tx.endpoints.all() if one.state is EndpointState.DISABLED}
    return owed & disabled


def _hold(tx: Transaction) -> dict[int, int]:
    held = {number: tx.outbox.hold(number, BATCH) for number in _owing(tx)}
    return {number: count for number, count in held.items() if count}
