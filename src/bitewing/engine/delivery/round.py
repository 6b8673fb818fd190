"""A Round: all that the dispatcher asks of the store at one moment, in one transaction."""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from bitewing.engine.delivery.settler import Settled, settle
from bitewing.engine.outbox.reporting import Reporter
from bitewing.model.delivery import Claim, Sent
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint
from bitewing.ports.outbox import Turn, Want
from bitewing.ports.store import Transaction


@dataclass(slots=True)
class Round:
    """What came of exchanges goes first, so that new work never keeps it waiting.

    Attributes:
        now, until: the moment, and until when claims shall last (our clock, UTC).
        ended: exchanges to settle.
        well: Endpoints that are known to fare well; not looked at where all was taken.
        parked: until when Endpoints are parked, as far as that has changed.
        returned: ids of claimed Deliveries that shall wait in the outbox again.
        wants: what to claim.
        endpoints: which Endpoints to look at.
        oldest_of: of which Endpoints the oldest failing Delivery is asked for.
        looks: whether to look whose turn it is.
    """

    now: datetime
    until: datetime
    ended: list[Sent] = field(default_factory=list)
    well: AbstractSet[int] = frozenset()
    parked: Mapping[int, datetime] = field(default_factory=dict)
    returned: list[str] = field(default_factory=list)
    wants: list[Want] = field(default_factory=list)
    endpoints: AbstractSet[int] = frozenset()
    oldest_of: AbstractSet[int] = frozenset()
    looks: bool = False

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing."""
        return not (self.ended or self.returned or self.wants)


@dataclass(slots=True)
class Answer:
    """What came of a Round; see there."""

    settled: Settled = field(default_factory=Settled)
    claimed: list[tuple[Want, list[Claim]]] = field(default_factory=list)
    endpoints: dict[int, Endpoint | None] = field(default_factory=dict)
    oldest: dict[int, datetime | None] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)


def play(
    tx: Transaction,
    asked: Round,
    schedules: Mapping[str, RetrySchedule | None],
    reporter: Reporter | None = None,
) -> Answer:
    """Do it; ``reporter`` tells the operator of Endpoints that turned."""
    answer = Answer()
    if asked.ended:
        answer.settled = settle(
            tx,
            asked.ended,
            schedules=schedules,
            well=asked.well,
            parked=asked.parked,
            reporter=reporter,
        )
    if asked.returned:
        tx.outbox.give_back(asked.returned)
    for want in asked.wants:
        answer.claimed.append((want, tx.outbox.claim(asked.now, asked.until, want)))
    for number in asked.endpoints:
        answer.endpoints[number] = tx.endpoints.get(number)
    for number in asked.oldest_of:
        answer.oldest[number] = tx.outbox.oldest_retry(number)
    if asked.looks:
        answer.turns = tx.outbox.turns()
    return answer
