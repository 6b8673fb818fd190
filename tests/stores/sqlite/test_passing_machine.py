"""Whatever happens, and is undone: what is remembered of those that pass is what the tables say."""

from pathlib import Path

import pytest
from hypothesis.stateful import invariant, rule
from tests.stores.conformance.test_outbox_machine import OutboxMachine, run_machine
from tests.stores.laying import laid
from tests.stores.samples import a_delivery
from tests.stores.sqlite.connections import connection_of, fail_to_commit

from bitewing.model.errors import StoreUnavailableError
from bitewing.ports.outbox import Reception
from bitewing.ports.store import Store, Transaction
from bitewing.stores.rows import microseconds_at
from bitewing.stores.sqlite import SqliteStore
from bitewing.stores.sqlite.passing import Passing, _Memory
from bitewing.stores.sqlite.transaction import SqliteTransaction


class PassingMachine(OutboxMachine):
    """The same events, also in commits that fail; what is remembered is what the tables say."""

    @rule()
    def fail_the_commit(self) -> None:
        """All that a piece of work did is undone after it had ended."""
        self._reception.endpoints = frozenset({1, 2})

        def work(tx: Transaction) -> None:
            tx.outbox.add([a_delivery("lost", lanes=(1, 2, 3)), a_delivery("lost too")])
            tx.outbox.settle_taken(self._everything_taken(0))
            fail_to_commit(tx)

        with pytest.raises(StoreUnavailableError):
            self._write(work)

        assert self._reception.arrived == []

    @invariant()
    def what_is_remembered_is_so(self) -> None:
        """Which pass, until when, in which lanes; and that somebody is behind them, if so."""
        self._write(_compare)

    @invariant()
    def who_is_blocked_waits_for_somebody(self) -> None:
        """In so many lanes as there are in which others come first."""
        self._read(_count_blocked)


def _compare(tx: Transaction) -> None:
    assert isinstance(tx, SqliteTransaction)
    remembered = tx.passing._remembered
    fresh = Passing(tx.connection)
    fresh.first_in([])
    assert fresh._remembered is not None
    assert _read_as_claimed(tx) == fresh._remembered.stretches.keys()
    if remembered is None:
        return
    occupied = {number for (number,) in tx.connection.execute("SELECT number FROM lane")}
    followed = {number for number, is_followed in remembered.lanes.items() if is_followed}
    assert _stretches(remembered) == _stretches(fresh._remembered)
    rows = tx.connection.execute("SELECT first, until, remaining FROM passing").fetchall()
    assert set(_stretches(remembered).values()) == set(rows)
    assert remembered.lanes.keys() == fresh._remembered.lanes.keys()
    assert remembered.subscriptions == fresh._remembered.subscriptions
    assert followed >= remembered.lanes.keys() & occupied


def _stretches(remembered: _Memory) -> dict[int, tuple[int, int, int]]:
    return {
        ordinal: (one.first, microseconds_at(one.until), one.remaining)
        for ordinal, one in remembered.stretches.items()
    }


def _read_as_claimed(tx: Transaction) -> set[int]:
    """Give those that are written as delivered and read as claimed."""
    rows = connection_of(tx).execute(
        """
        SELECT ordinal FROM delivery JOIN delivery_now USING (ordinal)
        WHERE delivery.state = 'delivered' AND delivery_now.state = 'claimed'
        """
    )
    return {ordinal for (ordinal,) in rows}


def _count_blocked(tx: Transaction) -> None:
    rows = connection_of(tx).execute(
        """
        WITH standing AS (
            SELECT number, delivery FROM lane
            UNION ALL
            SELECT value, ordinal
            FROM delivery_now, json_each(lanes)
            WHERE state = 'claimed' AND ordinal NOT IN (
                SELECT ordinal FROM delivery WHERE state = 'claimed'
            )
        )
        SELECT ordinal, blocked, (
            SELECT count(*) FROM standing AS mine
            WHERE mine.delivery = ordinal AND EXISTS (
                SELECT 1 FROM standing AS other
                WHERE other.number = mine.number AND other.delivery < mine.delivery
            )
        ) AS counted
        FROM delivery
        WHERE state IN ('pending', 'claimed')
        """
    )
    assert [row for row in rows if row[1] != row[2]] == []


def test_the_memory_says_what_the_tables_say() -> None:
    """After any sequence of events, also of those that were undone."""

    def make(directory: Path, reception: Reception | None) -> Store:
        return SqliteStore(laid(directory / "store.db"), reception=reception)

    run_machine(PassingMachine, make, examples=30, steps=30)
