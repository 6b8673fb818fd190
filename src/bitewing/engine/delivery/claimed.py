"""Claimed: all Deliveries that are ours, until the outbox knows what became of them."""

from collections.abc import Iterable, Sequence, Set as AbstractSet
from itertools import repeat
from operator import attrgetter

from bitewing.model.delivery import Claim, Sent

_identity, _body = attrgetter("delivery.id"), attrgetter("delivery.body")
_identity_of_sent = attrgetter("claim.delivery.id")


class Claimed:
    """Knows every claim from its taking to its end, whoever has it meanwhile.

    A claim that was taken waits in a Line, is under way, has ended, or is left; each of these
    leads to the next. What has ended or was left is handed in; only when that is durable it is
    no longer ours.
    """

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._bytes = 0
        self._ended: list[Sent] = []
        self._left: list[str] = []
        self._recalled: set[str] = set()

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def bytes(self) -> int:
        """How many bytes their bodies have in all."""
        return self._bytes

    @property
    def ended(self) -> int:
        """How many exchanges have ended and are to be settled."""
        return len(self._ended)

    @property
    def has_left(self) -> bool:
        """Whether there is something to give back."""
        return bool(self._left)

    def take(self, claims: Sequence[Claim]) -> list[Claim]:
        """Note what has become ours; give what may be sent.

        A clock that jumps ends claims early: what is ours already is then claimed anew, and must
        not go out a second time beside itself. What was cancelled meanwhile is left.
        """
        ours, recalled, new = self._sizes, self._recalled, list(claims)
        if not ours.keys().isdisjoint(map(_identity, new)):
            new = [claim for claim in new if claim.delivery.id not in ours]
        sizes = dict(zip(map(_identity, new), map(len, map(_body, new)), strict=True))
        self._bytes += sum(sizes.values())
        ours |= sizes
        if recalled:
            self.leave([claim for claim in new if claim.delivery.id in recalled])
            new = [claim for claim in new if claim.delivery.id not in recalled]
        return new

    def recall(self, deliveries: AbstractSet[str]) -> None:
        """Note what was cancelled, which may be on its way to us just now."""
        self._recalled |= deliveries

    def leave(self, claims: Iterable[Claim]) -> None:
        """Note that these are not to be sent now."""
        self._left += [claim.delivery.id for claim in claims]

    def end(self, sent: Iterable[Sent]) -> None:
        """Note what came of exchanges."""
        self._ended += sent

    def hand_in(self) -> tuple[list[Sent], list[str]]:
        """Give what the outbox has to be told: what has ended, and the ids of what was left."""
        handed = self._ended, self._left
        self._ended, self._left = [], []
        return handed

    def put_back(self, ended: Sequence[Sent], left: Sequence[str]) -> None:
        """Keep what could not be told, ahead of what has come since."""
        self._ended[:0] = ended
        self._left[:0] = left

    def let_go(self, ended: Iterable[Sent], left: Iterable[str]) -> None:
        """What was told is durable: these are no longer ours."""
        forget = self._sizes.pop
        self._bytes -= sum(map(forget, map(_identity_of_sent, ended), repeat(0)))
        self._bytes -= sum(map(forget, left, repeat(0)))

    def forget_recalled(self) -> None:
        """Nothing of what was cancelled is on its way to us any longer."""
        self._recalled.clear()
