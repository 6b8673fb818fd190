"""Rig: a filled practice on a real database, the real Source, store and Poller, and a judge.

The judge replays every recorded Change from the first reading on. What comes out must be what
the tables hold, byte for byte; every image ``before`` must be what was known; and no Change may
say what was known already.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pymysql
from pymysql.converters import encoders
from tests.fakes.clock import FakeClock
from tests.sources.opendental.office import source_at

from bitewing.engine.capture.agenda import SOON_SECONDS
from bitewing.engine.capture.poller import Poller
from bitewing.engine.signals import Signals
from bitewing.model.change import Change, ChangeKind
from bitewing.model.health import Light
from bitewing.model.record import Record, RecordKey
from bitewing.model.watch import Depth, Watch
from bitewing.ports.store import Store, Transaction
from bitewing.practice.database import Database, Value
from bitewing.sources.opendental import OpenDental
from bitewing.sources.opendental.digests import as_mysql_writes
from bitewing.sources.opendental.reading import condition_of

Images = dict[RecordKey, Record]
Row = dict[str, bytes | None]


@dataclass
class Rig:
    """One practice that is captured, step by step.

    Attributes:
        url: the practice, as its owner reaches it.
        reader: the same, as the account that may only read reaches it.
        writer: writes in a UTC session without a strict mode; every statement is committed.
        known: what the Changes have told so far, from the first reading on.
        told: the Changes that ``replay`` has seen.
        ahead: seconds by which the database's clock has been set ahead of the machine's.
    """

    url: str
    reader: str
    writer: Database
    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    signals: Signals = field(default_factory=Signals)
    known: Images = field(default_factory=dict)
    told: list[Change] = field(default_factory=list)
    ahead: float = 0.0

    def __post_init__(self) -> None:
        self.read_from(source_at(self.reader))

    async def start(self) -> None:
        """Read everything for the first time; the judge replays from here."""
        while not self.poller.health.is_ready:
            await self.poller.poll()
            assert self.poller.health.light is not Light.RED, self.poller.health.detail
        assert await self._changes(0) == []
        self.known = await self.images()

    async def restart(self) -> None:
        """Let a new process go on: new Source, new Poller, same store."""
        await self.source.close()
        self.read_from(source_at(self.reader))
        if self.ahead:
            await self.set_clock(self.ahead)

    def read_from(self, source: OpenDental) -> None:
        """Go on with this Source and a new Poller."""
        self.source = source
        self.poller = Poller(source, self.store, clock=self.clock, signals=self.signals)

    async def poll(self) -> None:
        """Poll once. A failure shows in ``poller.health``."""
        await self.poller.poll()

    async def sweep(self, depth: Depth = Depth.ROWS) -> None:
        """Compare everything, to the end; sweeps that were due anyway take part."""
        self.clock.advance(SOON_SECONDS)
        now = self.clock.monotonic()
        for watch in self.source.watches:
            self.poller.agenda.suspect(watch, depth, now=now)
        await self.finish_sweeps()

    async def finish_sweeps(self) -> None:
        """Run the sweeps that are due now to their end, or until the Source cannot be read."""
        now = self.clock.monotonic()
        while self.poller._is_open and (
            self.poller._sweep or self.poller.agenda.seconds_until_next(now=now) <= 0
        ):
            await self.poller.sweep()

    async def settle(self) -> None:
        """Poll, and compare everything as deeply as can be."""
        await self.poll()
        await self.sweep()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, here and in the practice."""
        self.clock.advance(seconds)
        await self.set_clock(self.ahead + seconds)

    async def set_clock(self, ahead: float) -> None:
        """Set the database's clock that far ahead of the machine's, and stop it there.

        The clock of two sessions, that is: the Source's, and the writer's, whose stamps it makes
        (but on SQLite, where stamps always come from the machine's).
        """
        self.ahead = ahead
        if self.writer.is_sqlite:
            self.source.polling.clock = f"strftime('%s', 'now', '{ahead:+} seconds')"
            return
        moved = f"SET timestamp = UNIX_TIMESTAMP() + {ahead}"
        # Whatever session our account opens from now on.
        self.writer.run(f"SET GLOBAL init_connect = '{moved if ahead else ''}'")
        for statement in ("SET timestamp = DEFAULT", moved):
            await self.source.polling.query(statement)
            self.writer.run(statement)

    async def replay(self) -> list[Change]:
        """Apply what was recorded since the last call, judging every Change; give these."""
        fresh = await self._changes(len(self.told))
        for number, change in enumerate(fresh, start=len(self.told) + 1):
            assert change.number == number, "numbers are dense"
            self._judge(change)
        self.told += fresh
        return fresh

    async def judge_from_here(self) -> None:
        """Take what the store knows now for granted: columns came or went, which tells nothing."""
        await self.replay()
        self.known = await self.images()

    async def verify(self) -> list[Change]:
        """Settle, replay, and compare with the tables; give all Changes since the start."""
        await self.settle()
        await self.replay()
        images = await self.images()
        for watch in self.source.watches:
            rows = self.rows(watch)
            assert _natives(images, watch.name) == rows, f"images of {watch.name}"
            if watch.part_of is None:
                told = _natives(self.known, watch.name)
                if watch.is_log:  # old rows are purged as a matter of course
                    told = {number: row for number, row in told.items() if number in rows}
                assert told == rows, f"replay of {watch.name}"
        return self.told

    async def images(self) -> Images:
        """Give all images that the store has now."""
        name, watches = self.source.name, self.source.watches

        def work(tx: Transaction) -> Images:
            found: Images = {}
            for watch in watches:
                numbers = list(tx.records.outlines(name, watch.name, after=None, up_to=None))
                images = tx.records.images(name, watch.name, numbers)
                found |= {record.key: record for record in images.values()}
            return found

        return await self.store.read(work)

    def watch(self, name: str) -> Watch:
        """Give a Watch of the opened Source."""
        return next(watch for watch in self.source.watches if watch.name == name)

    def run(self, statement: str, *values: Value) -> None:
        """Write; marks for values are ``?``."""
        self.writer.run(statement, values)

    def keep(self, table: str, assignments: str, *values: Value, where: str) -> None:
        """Change rows of an old stamp without moving it, as an import or a repair does."""
        stamp = next(watch.stamp_column for watch in self.source.watches if watch.table == table)
        if not self.writer.is_sqlite:
            self.run(f"UPDATE `{table}` SET {assignments}, `{stamp}` = `{stamp}` {where}", *values)
            return
        rows = self.writer.rows(f"SELECT rowid, `{stamp}` FROM `{table}` {where}")
        self.run(f"UPDATE `{table}` SET {assignments} {where}", *values)
        for number, kept in rows:
            self.run(f"UPDATE `{table}` SET `{stamp}` = ? WHERE rowid = ?", kept, number)

    def cell(self, statement: str, *values: Value) -> Any:
        """Give the first column of the first row."""
        return self.writer.rows(statement, values)[0][0]

    def keys(self, table: str, key: str) -> list[int]:
        """Give the primary keys of a table, the smallest first."""
        return [
            int(row[0]) for row in self.writer.rows(f"SELECT `{key}` FROM `{table}` ORDER BY 1")
        ]

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """Give a PyMySQL connection of its own (root, autocommit, UTC), for locks and threads."""
        connection = _dial(self.url)
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, watch: Watch) -> dict[int, Row]:
        """Read a Watch's rows beside the Source, as the server writes them."""
        names, rows = self._select(f"SELECT * FROM `{watch.table}` WHERE {condition_of(watch)}")
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return {int(row[watch.key_column] or b"0"): row for row in found}

    def _select(self, statement: str) -> tuple[list[str], Sequence[Sequence[bytes | None]]]:
        if self.writer.is_sqlite:
            file = sqlite3.connect(urlsplit(self.url).path[1:])
            try:
                file.text_factory = bytes
                cursor = file.execute(statement)
                names = [column[0] for column in cursor.description]
                return names, [[as_mysql_writes(one) for one in row] for row in cursor]
            finally:
                file.close()
        with _dial(self.url, use_unicode=False, conv=encoders) as server, server.cursor() as raw:
            raw.execute(statement)
            return [column[0] for column in raw.description], raw.fetchall()

    async def _changes(self, after: int) -> list[Change]:
        name = self.source.name
        return await self.store.read(
            lambda tx: tx.changes.between(name, after + 1, tx.changes.latest(name), 10_000_000)
        )

    def _judge(self, change: Change) -> None:
        known = self.known.get(change.key)
        if change.kind is ChangeKind.CREATED:
            assert change.before is None and known is None, "created once"
        else:
            assert change.before is not None and known is not None, "known before"
            assert dict(change.before.native) == dict(known.native), "the image before is exact"
            assert change.before.fingerprint == known.fingerprint, "the image before is exact"
        if change.kind is ChangeKind.DELETED:
            assert change.after is None
            del self.known[change.key]
            return
        assert change.after is not None
        if known is not None:
            assert change.after.fingerprint != known.fingerprint, "no Change without one"
        self.known[change.key] = change.after


def _natives(images: Images, watch: str) -> dict[int, Row]:
    return {key.number: dict(record.native) for key, record in images.items() if key.watch == watch}


def _dial(url: str, **options: Any) -> Any:
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.path[1:],
        charset="utf8mb4",
        autocommit=True,
        init_command="SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'",
        **options,
    )
