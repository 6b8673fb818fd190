"""Handing on: what the Reception is told when it is durable, and never if it was undone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bitewing.model.delivery import Claim
from bitewing.ports.outbox import Reception

Noted = tuple[int, int]
"""How much had been noted at some moment."""


@dataclass(slots=True)
class Handing:
    """Noted piece by piece while a group of them is run.

    Attributes:
        taken_over: what the Reception has claimed.
        recalled: ids of claimed Deliveries that were cancelled.
    """

    taken_over: list[Claim] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)

    def mark(self) -> Noted:
        """Note where a piece begins."""
        return len(self.taken_over), len(self.recalled)

    def undo(self, mark: Noted = (0, 0)) -> None:
        """Forget what a piece has noted; all of it without a mark."""
        del self.taken_over[mark[0] :], self.recalled[mark[1] :]

    def hand_on(self, reception: Reception) -> list[Callable[[], None]]:
        """Give what is to be called in the event loop, in this order; nothing is kept."""
        calls: list[Callable[[], None]] = []
        if self.taken_over:
            calls.append(partial(reception.arrive, tuple(self.taken_over)))
        if self.recalled:
            calls.append(partial(reception.recall, frozenset(self.recalled)))
        self.undo()
        return calls
