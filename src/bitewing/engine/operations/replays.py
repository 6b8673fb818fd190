"""What people may ask of Deliveries: resume held ones, replay others, after a dry run."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bitewing.engine import journal
from bitewing.engine.outbox.naming import new_id
from bitewing.engine.outbox.owing import owe
from bitewing.engine.signals import Signals
from bitewing.model.delivery import Delivery, DeliveryState
from bitewing.ports.clock import Clock
from bitewing.ports.outbox import Share, Sought
from bitewing.ports.store import Store, Transaction

BATCH = 200
"""Deliveries replayed in one transaction; a replay may be cancelled between two."""

ENDED = frozenset({DeliveryState.DELIVERED, DeliveryState.EXHAUSTED, DeliveryState.CANCELLED})


@dataclass(slots=True)
class Replay:
    """A replay that runs, or ran.

    Attributes:
        sought: what was meant.
        done: how many Deliveries are owed again so far.
        unable: how many could not be: they, or their bytes, are no longer kept.
        is_cancelled: whether a person has cancelled it; what is owed already stays owed.
        is_over: whether nothing more will follow.
    """

    sought: Sought
    done: int = 0
    unable: int = 0
    is_cancelled: bool = False
    is_over: bool = False

    def cancel(self) -> None:
        """Let nothing more follow."""
        self.is_cancelled = True


@dataclass(frozen=True, slots=True)
class ReplayDesk:
    """Lets Deliveries go out again. Held ones are resumed: they go out as they are.

    Of those that have ended a copy is owed; the receiver sees the id of the first one, so that
    it can tell a repeat. ``spawn`` runs a replay beside the caller.
    """

    store: Store
    clock: Clock
    signals: Signals
    spawn: Callable[[Coroutine[Any, Any, None]], object]

    async def dry_run(self, sought: Sought) -> list[Share]:
        """Give how many Deliveries would go out again, to whom, and how old the oldest is."""
        meant = _meant(sought)
        return await self.store.read(lambda tx: tx.outbox.survey(meant))

    def start(self, sought: Sought) -> Replay:
        """Let them go out again, a few at a time; give what tells how far it is."""
        replay = Replay(_meant(sought))
        self.spawn(self._run(replay))
        return replay

    async def _run(self, replay: Replay) -> None:
        try:
            after, end = 0, await self.store.read(lambda tx: tx.outbox.last())
            while not replay.is_cancelled:
                found = await self._next(replay.sought, after, end)
                if not found:
                    return
                after = found[-1][0]
                await self._owe_again(replay, [delivery for _, delivery in found])
        finally:
            replay.is_over = True
            journal.replay_ended(
                done=replay.done, unable=replay.unable, is_cancelled=replay.is_cancelled
            )

    async def _next(self, sought: Sought, after: int, end: int) -> list[tuple[int, str]]:
        """Give the next ones; what is owed again stands behind the end and is not met again."""
        found = await self.store.read(lambda tx: tx.outbox.seek(sought, after=after, limit=BATCH))
        return [(place, delivery) for place, delivery in found if place <= end]

    async def _owe_again(self, replay: Replay, deliveries: Sequence[str]) -> None:
        now = self.clock.now()

        def work(tx: Transaction) -> tuple[int, int]:
            resumed = tx.outbox.resume(deliveries, now)
            known = [found for one in deliveries if (found := tx.outbox.get(one)) is not None]
            ended = [one for one in known if one.state in ENDED]
            copies = [_copy(one, self.clock) for one in ended if one.body]
            owe(tx, copies)
            forgotten = len(deliveries) - len(known)
            return resumed + len(copies), len(ended) - len(copies) + forgotten

        done, unable = await self.store.write(work)
        replay.done += done
        replay.unable += unable
        self.signals.dispatch.set()


def _meant(sought: Sought) -> Sought:
    """What is still on its way cannot go out again."""
    return replace(sought, states=sought.states & (ENDED | {DeliveryState.HELD}))


def _copy(delivery: Delivery, clock: Clock) -> Delivery:
    now = clock.now()
    return delivery._replace(
        id=new_id(now),
        replay_of=delivery.message_id,
        state=DeliveryState.PENDING,
        created_at=now,
        due_at=now,
        attempts=0,
        claimed_until=None,
        first_tried_at=None,
    )
