"""Settling: Attempts are remembered, and claimed Deliveries moved on."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import compress
from operator import not_
from typing import NamedTuple

from bitewing.model.delivery import TRANSITIONS, Claim, DeliveryState, Sent, Settlement
from bitewing.stores.delivery_rows import (
    Alike,
    alike_attempts,
    alike_claims,
    alike_sent,
    alike_settlements,
    attempt_values,
    sent_columns,
    state_from,
)
from bitewing.stores.rows import Row, getters, json_list, microseconds_at, numbers_from
from bitewing.stores.sqlite.lanes import Lanes, Standing
from bitewing.stores.sqlite.many import parted, run_alike
from bitewing.stores.sqlite.named import queries
from bitewing.stores.sqlite.passing import NotPassingError, Passing
from bitewing.stores.sqlite.tally import EndTally

SQL = queries("settling")

_PENDING, _CLAIMED = DeliveryState.PENDING, DeliveryState.CLAIMED
_DELIVERED = DeliveryState.DELIVERED
_LEGAL = TRANSITIONS[_CLAIMED] - {DeliveryState.CANCELLED}
_GOES_OUT_AGAIN = frozenset({DeliveryState.PENDING, DeliveryState.HELD})
(_claim,) = getters(Sent._fields, "claim")


class _NotClaimedError(Exception):
    """Not all of these are claimed as they were."""


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


class Settling:
    """The part of the outbox that settles."""

    def __init__(
        self, connection: sqlite3.Connection, passing: Passing, lanes: Lanes, tally: EndTally
    ) -> None:
        self._connection = connection
        self._passing = passing
        self._lanes = lanes
        self._tally = tally

    def settle(self, settlements: Sequence[Settlement]) -> set[str]:
        """See ``SqliteOutbox``."""
        for one in settlements:
            _require_legal(one)
        return self._settle_known(settlements)

    def settle_taken(self, taken: Sequence[Sent]) -> int:
        """See ``SqliteOutbox``."""
        passing, claimed = _split(taken, self._passing.which(list(map(_claim, taken))))
        moved = 0
        for some, move in ((passing, self._move_passing), (claimed, self._move_claimed)):
            if some and self._settle_unseen(some, move):
                moved += len(some)
            elif some:
                moved += len(self._settle_known([Settlement(o.attempt, _DELIVERED) for o in some]))
        return moved

    def _settle_unseen(
        self, taken: Sequence[Sent], move: Callable[[Sequence[Claim]], None]
    ) -> bool:
        """Do it if all of these are claimed as they were; do nothing if not.

        None of them is looked at first: what happened meanwhile shows in how many rows were
        moved, and in Attempts that are there already.
        """
        connection, mark = self._connection, self._passing.mark()
        claims = list(map(_claim, taken))
        attempts = sent_columns(taken, claims)
        connection.execute("SAVEPOINT taken")
        try:
            run_alike(connection, SQL["add_attempt"], *attempts, alike_sent)
            move(claims)
        except (sqlite3.IntegrityError, NotPassingError, _NotClaimedError):
            connection.execute("ROLLBACK TO taken")
            connection.execute("RELEASE taken")
            self._passing.undo(mark)
            return False
        connection.execute("RELEASE taken")
        self._tally.count({_DELIVERED: len(taken)})
        return True

    def _move_passing(self, claims: Sequence[Claim]) -> None:
        """Let these go; they are written as they now stand."""
        self._lanes.move_up(self._passing.leave(claims))

    def _move_claimed(self, claims: Sequence[Claim]) -> None:
        """Move these, whose Attempts are there already."""
        before = self._connection.total_changes
        rows = [((claim.until,), (claim.place,)) for claim in claims]
        run_alike(self._connection, SQL["settle_taken"], *parted(rows), alike_claims)
        if self._connection.total_changes - before != len(claims):
            raise _NotClaimedError
        self._lanes.leave([Standing(claim.place, claim.delivery.lanes) for claim in claims])

    def _settle_known(self, settlements: Sequence[Settlement]) -> set[str]:
        """See first what each of these has become meanwhile."""
        ids = [one.attempt.delivery for one in settlements]
        self._lanes.demote(self._passing.among(ids))
        known = self._known(ids)
        attempts, moved = [], {}
        for one in settlements:
            found = known.get(one.attempt.delivery)
            if found is None:
                continue
            attempts.append(attempt_values(one.attempt, found.ordinal))
            if _moves(found, one) and one.attempt.delivery not in moved:
                moved[one.attempt.delivery] = (found, _unless_revoked(one, found))
        self._add_attempts(attempts)
        self._move(list(moved.values()))
        return set(moved)

    def _known(self, deliveries: Sequence[str]) -> dict[str, Known]:
        rows = self._connection.execute(SQL["standing"], {"ids": json_list(deliveries)})
        return {
            identity: Known(ordinal, state_from(state), bool(revoked), numbers_from(lanes))
            for identity, ordinal, state, revoked, lanes in rows
        }

    def _add_attempts(self, attempts: Sequence[tuple[Alike, Row]]) -> None:
        """Remember these; two of one Delivery that began at the same microsecond have places."""
        self._connection.execute("SAVEPOINT attempts")
        try:
            self._write_attempts(attempts)
        except sqlite3.IntegrityError:
            self._connection.execute("ROLLBACK TO attempts")
            late = [own + alike_attempts(alike) for alike, own in attempts]
            self._connection.executemany(SQL["add_late_attempt"], late)
        self._connection.execute("RELEASE attempts")

    def _write_attempts(self, attempts: Sequence[tuple[Alike, Row]]) -> None:
        run_alike(self._connection, SQL["add_attempt"], *parted(attempts), alike_attempts)

    def _move(self, moved: Sequence[tuple[Known, Settlement]]) -> None:
        rows = [
            (
                (one.state, one.due_at, one.delay),
                (known.ordinal, microseconds_at(one.attempt.started_at)),
            )
            for known, one in moved
        ]
        run_alike(self._connection, SQL["settle"], *parted(rows), alike_settlements)
        self._drop_bodies([known.ordinal for known, one in moved if not one.keeps_body])
        gone = [known for known, one in moved if one.state is not DeliveryState.PENDING]
        self._lanes.leave([known.standing for known in gone if known.is_claimed])
        self._lanes.withdraw([known.standing for known in gone if not known.is_claimed])
        self._tally.count(Counter([one.state for _, one in moved]))

    def _drop_bodies(self, ordinals: Sequence[int]) -> None:
        if ordinals:
            rows = [{"ordinal": ordinal} for ordinal in ordinals]
            self._connection.executemany(SQL["drop_body"], rows)


def _split(sent: Sequence[Sent], is_first: Sequence[bool]) -> tuple[list[Sent], list[Sent]]:
    return list(compress(sent, is_first)), list(compress(sent, map(not_, is_first)))


def _moves(known: Known, settlement: Settlement) -> bool:
    """Tell whether it has a say: what was taken need not be sent again by whoever is next."""
    return known.state is _CLAIMED or (settlement.state is _DELIVERED and known.state is _PENDING)


def _unless_revoked(settlement: Settlement, known: Known) -> Settlement:
    """What was cancelled while it was under way is not sent again, nor held."""
    if known.is_revoked and settlement.state in _GOES_OUT_AGAIN:
        return settlement._replace(state=DeliveryState.CANCELLED, due_at=None)
    return settlement


def _require_legal(settlement: Settlement) -> None:
    """Raise ValueError for what no claimed Delivery may become."""
    state = settlement.state
    if state not in _LEGAL:
        raise ValueError(f"A claimed Delivery cannot become {state}")
    if (settlement.due_at is None) == (state is _PENDING):
        raise ValueError("A pending Delivery is due at some time, a settled one is not")
