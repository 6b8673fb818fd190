"""OpenDental: the Source port over one Open Dental database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bitewing.model.errors import InvalidRequestError, SourceUnavailableError
from bitewing.model.health import Finding
from bitewing.model.inquiry import Inquiry
from bitewing.model.origin import Origin
from bitewing.model.record import Record
from bitewing.model.watch import Depth, Digest, Reach, Watch
from bitewing.sources.opendental.composing import compose
from bitewing.sources.opendental.database import Cells, Database
from bitewing.sources.opendental.examining import examine
from bitewing.sources.opendental.horizon import (
    SEEING_OVERLAP,
    may_see_transactions,
    read_clock,
    read_reach,
)
from bitewing.sources.opendental.names import AllNames, read_all_names, read_names
from bitewing.sources.opendental.origins import read_identity, read_origin
from bitewing.sources.opendental.reading import Reader, Scan, Statement
from bitewing.sources.opendental.shapes import TableShape
from bitewing.sources.opendental.watches import (
    ALL_TABLES,
    FURTHER,
    JOURNALS,
    TABLES,
    WATCHED,
    watches_of,
)

_KEYS_A_STATEMENT = 1000
"""Rows fetched by one statement, so that it stays short even on MyISAM."""

_PIECES_AT_ONCE = 5
"""A table that is no larger than so many pieces is scanned whole."""


@dataclass(slots=True)
class OpenDental:
    """Reads one practice through two connections: one polls, one answers people.

    So a person's question never waits for a poll, nor a poll for it.

    Attributes:
        reads_further: whether to follow what a Dialect needs that composes resources of many
            tables, and not only what Open Dental's API Events watch.
        scan_rows: so many rows are scanned by one statement where a scan keeps writers waiting.
    """

    name: str
    institution: str
    zone: ZoneInfo
    polling: Database
    asking: Database
    watches: Sequence[Watch] = ()
    reads_further: bool = False
    scan_rows: int = 5_000
    _shapes: Mapping[str, TableShape] = field(default_factory=dict)
    _identity: str = ""
    _sees_transactions: bool = False

    @property
    def wanted(self) -> frozenset[str]:
        """Give the Watches that are read where their tables are there; see Source."""
        return frozenset(FURTHER if self.reads_further else WATCHED)

    async def open(self) -> None:
        """Connect, secure the session and discover; see Source."""
        shapes = await self.polling.discover(ALL_TABLES if self.reads_further else TABLES)
        place = self.polling.place
        self.watches = watches_of(shapes, place, reads_further=self.reads_further)
        self._shapes = shapes
        self._identity = await read_identity(self.polling, shapes)
        server = any(shape.engine != "SQLite" for shape in shapes.values())
        self._sees_transactions = server and await may_see_transactions(self.polling)

    async def close(self) -> None:
        """Close both connections."""
        await self.polling.close()
        await self.asking.close()

    async def reach(self) -> Reach:
        """Give the database's clock and the horizon; see Source."""
        reach = await read_reach(self.polling, sees_transactions=self._sees_transactions)
        self._sees_transactions = reach.overlap == SEEING_OVERLAP
        return reach

    async def read_clock(self) -> datetime:
        """Give the database's clock, asked beside the polls; see Source."""
        return await read_clock(self.asking)

    async def keys_stamped_since(self, watch: Watch, low: datetime) -> list[int]:
        """Give the keys stamped at or after ``low``; see Source."""
        found = await self._in_pieces(watch, partial(self._reader(watch).keys_stamped_since, low))
        # Sorted here: the server must not hold its table while it sorts.
        stamped = sorted((stamp or b"", int(key or b"0")) for key, stamp in found)
        return [key for _, key in stamped]

    async def read_after(self, watch: Watch, after: int | None, limit: int) -> list[Record]:
        """Give one chunk in key order; see Source."""
        rows = await self.polling.query(*self._reader(watch).rows_after(after, limit))
        records = await self._records(self.polling, watch, rows)
        await self._see_unchanged(watch)
        return records

    async def fetch(self, watch: Watch, numbers: Sequence[int]) -> list[Record]:
        """Give the Records with these keys; see Source."""
        reader = self._reader(watch)
        rows: list[Cells] = []
        for start in range(0, len(numbers), _KEYS_A_STATEMENT):
            page = numbers[start : start + _KEYS_A_STATEMENT]
            rows += await self.polling.query(*reader.rows_of(page))
        records = await self._records(self.polling, watch, rows)
        await self._see_unchanged(watch)
        return records

    async def count(self, watch: Watch) -> int:
        """Give how many rows there are; see Source."""
        [(rows,)] = await self.polling.query(*self._reader(watch).count())
        return int(rows or b"0")

    async def digest_after(
        self, watch: Watch, depth: Depth, *, after: int | None, limit: int
    ) -> Digest:
        """Give the digest of the next rows; see Source."""
        statement = self._reader(watch).digest_after(depth, after, limit, self.polling.digests)
        [(rows, last, bits)] = await self.polling.query(*statement)
        return Digest(int(rows or b"0"), None if last is None else int(last), int(bits or b"0"))

    async def outlines(
        self, watch: Watch, depth: Depth, *, after: int | None, up_to: int | None
    ) -> dict[int, int]:
        """Give key → bits of the rows between two keys; see Source."""
        statement = self._reader(watch).outlines(depth, after, up_to, self.polling.digests)
        return _as_numbers(await self.polling.query(*statement))

    async def digests_stamped_since(self, watch: Watch, low: datetime) -> dict[int, int]:
        """Give key → digest of the rows stamped at or after ``low``; see Source."""
        scan = partial(self._reader(watch).digests_stamped_since, low, self.polling.digests)
        return _as_numbers(await self._in_pieces(watch, scan))

    async def origin(self) -> Origin:
        """Say which database this is; see Source."""
        return await read_origin(self.polling, self._shapes, self.watches)

    async def pulse(self) -> str:
        """Ask beside the polls, so that a hint never waits for one; see Source."""
        journals = {table: key for table, key in JOURNALS.items() if table in self._shapes}
        return await self.asking.pulse([watch.table for watch in self.watches], journals)

    async def wait_for_write(self) -> bool:
        """Listen to the server's log; see Source."""
        return await self.asking.wait_for_write()

    async def find(self, inquiry: Inquiry) -> list[Record]:
        """Give the Records that answer the inquiry; see Source.

        Raises:
            InvalidRequestError: this database has no such table or column.
        """
        if not self.watches:
            await self.open()
        watch = next((one for one in self.watches if one.name == inquiry.watch), None)
        if watch is None:
            raise InvalidRequestError(f"This practice's database holds no {inquiry.watch}.")
        # Everything in the history is asked for there, not only what the Watch follows.
        reader = replace(self._reader(watch), watch=replace(watch, only=None))
        rows = await self.asking.query(*reader.rows_for(inquiry))
        return await self._records(self.asking, watch, rows)

    async def naming(self) -> AllNames:
        """Read what things are called now; see Source."""
        return await read_all_names(self.polling, self._shapes)

    async def examine(self) -> list[Finding]:
        """Look at everything that can be wrong; see Source."""
        return await examine(self.polling, self.zone)

    async def _see_unchanged(self, watch: Watch) -> None:
        """See that what was just read is of the table and of the practice that were opened.

        An upgrade or a restore may come at any moment, between two statements, and fail neither.
        """
        shapes = await self.polling.discover([watch.table])
        shape, opened = shapes.get(watch.table), self._shapes[watch.table]
        identity = await read_identity(self.polling, self._shapes)
        if (
            shape is None
            or replace(shape, rows=opened.rows) != opened
            or identity != self._identity
        ):
            raise SourceUnavailableError(
                f"In {self.polling.place} the table {watch.table} has been changed, made anew or "
                "replaced meanwhile; it is discovered anew at the next try."
            )

    async def _in_pieces(self, watch: Watch, scan: Scan) -> list[Cells]:
        """Give what a scan of the whole table finds, piece by piece where that is kinder."""
        found = list[Cells]()
        after, up_to = None, await self._end_of_piece(watch, None)
        while up_to is not None:
            found += await self.polling.query(*scan(after, up_to))
            after, up_to = up_to, await self._end_of_piece(watch, up_to)
        return found + await self.polling.query(*scan(after, None))

    async def _end_of_piece(self, watch: Watch, after: int | None) -> int | None:
        """Give the key up to which the next scan goes; None if that is the end of the table.

        On MyISAM a scan without an index keeps all writers waiting, so a large table is scanned
        in pieces between which they pass. A row that changes behind a scan is the next poll's.
        """
        shape = self._shapes[watch.table]
        is_light = shape.engine != "MyISAM" or shape.stamp_is_indexed
        if is_light or shape.rows <= self.scan_rows * _PIECES_AT_ONCE:
            return None
        found = await self._keys(self._reader(watch).key_after(after, self.scan_rows))
        return found[0] if found else None

    async def _keys(self, statement: Statement) -> list[int]:
        return [int(key or b"0") for (key,) in await self.polling.query(*statement)]

    def _reader(self, watch: Watch) -> Reader:
        return Reader(watch, self._shapes[watch.table], self.polling.mark)

    async def _records(
        self, database: Database, watch: Watch, rows: Sequence[Cells]
    ) -> list[Record]:
        if not rows:
            return []
        names = await read_names(database, self._shapes, watch.name)
        records = self._reader(watch).records(rows, names)
        part = next(
            (one for one in self.watches if one.part_of and one.part_of[0] == watch.name), None
        )
        if part is None:
            return records
        return await compose(records, database=database, part=part, reader=self._reader(part))


def _as_numbers(rows: Sequence[Cells]) -> dict[int, int]:
    # A row too large for the server to digest has no bits: it differs from all, and is fetched.
    return {int(key or b"0"): int(bits or b"0") for key, bits in rows}
