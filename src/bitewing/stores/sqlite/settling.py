"""Settling: which Deliveries a Settlement may move, and to which state. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from bitewing.model.delivery import TRANSITIONS, DeliveryState, Settlement
from bitewing.stores.sqlite.lanes import Standing

_PENDING, _CLAIMED = DeliveryState.PENDING, DeliveryState.CLAIMED
_DELIVERED = DeliveryState.DELIVERED
_LEGAL = TRANSITIONS[_CLAIMED] - {DeliveryState.CANCELLED}
_GOES_OUT_AGAIN = frozenset({DeliveryState.PENDING, DeliveryState.HELD})


class Known(NamedTuple):
    """What is remembered about a Delivery that is to be settled."""

    ordinal: int
    state: DeliveryState
    is_revoked: bool
    lanes: Sequence[int]

    @property
    def is_claimed(self) -> bool:
        """Whether somebody has it."""
        return self.state is _CLAIMED

    @property
    def standing(self) -> Standing:
        """Where it stands in its lanes."""
        return Standing(self.ordinal, self.lanes)


def moves(known: Known, settlement: Settlement) -> bool:
    """Tell whether it has a say: what was taken need not be sent again by whoever is next."""
    return known.state is _CLAIMED or (settlement.state is _DELIVERED and known.state is _PENDING)


def unless_revoked(settlement: Settlement, known: Known) -> Settlement:
    """What was cancelled while it was under way is not sent again, nor held."""
    if known.is_revoked and settlement.state in _GOES_OUT_AGAIN:
        return settlement._replace(state=DeliveryState.CANCELLED, due_at=None)
    return settlement


def require_legal(settlement: Settlement) -> None:
    """Raise ValueError for what no claimed Delivery may become."""
    state = settlement.state
    if state not in _LEGAL:
        raise ValueError(f"A claimed Delivery cannot become {state}")
    if (settlement.due_at is None) == (state is _PENDING):
        raise ValueError("A pending Delivery is due at some time, a settled one is not")
