"""Cancelling: what a Subscription is owed is let go of in pieces, and then the rest is done."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bitewing.ports.store import Store, Transaction

T = TypeVar("T")

BATCH = 500
"""Deliveries cancelled in one transaction; between two of them others have the store."""


async def cancel_and(
    store: Store, owed_by: Callable[[Transaction], Iterable[int]], work: Callable[[Transaction], T]
) -> T:
    """Cancel all that Subscriptions are owed, then do the work with the last of it.

    Until the work is done everything else stands as it did; a crash before it leaves but a
    shorter backlog.

    Args:
        store: where.
        owed_by: says of which Subscriptions, asked in every transaction; what it raises comes
            out here.
        work: what follows, in the same transaction as the last piece.
    """

    def piece(tx: Transaction) -> tuple[T] | None:
        room = BATCH
        for number in owed_by(tx):
            room -= tx.outbox.cancel(number, room)
            if not room:
                return None
        return (work(tx),)

    while True:
        done = await store.write(piece)
        if done is not None:
            return done[0]
