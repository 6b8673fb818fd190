"""Reading: the SELECT statements for one Watch, and its rows made into Records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bitewing.model.errors import InvalidRequestError
from bitewing.model.inquiry import Condition, Inquiry, Relation
from bitewing.model.record import Record, RecordKey, fingerprint
from bitewing.model.watch import Depth, Watch
from bitewing.sources.opendental.database import Cells, Value
from bitewing.sources.opendental.digests import Digests
from bitewing.sources.opendental.names import Names
from bitewing.sources.opendental.shapes import TableShape

Statement = tuple[str, list[Value]]

Scan = Callable[[int | None, int | None], Statement]
"""Makes the statement for the keys above the first and up to the second number."""


def utc_text(moment: datetime) -> str:
    """Write a moment the way a UTC session compares TIMESTAMP columns: whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def stamp_of(text: bytes | None) -> datetime | None:
    """Read a TIMESTAMP of a UTC session; None for NULL, zero and partial dates."""
    try:
        return datetime.fromisoformat((text or b"").decode("ascii")).replace(tzinfo=UTC)
    except ValueError:
        return None


def condition_of(watch: Watch) -> str:
    """Write which rows of its table belong to a Watch; values are ours, never a caller's."""
    if watch.only is None:
        return "1=1"
    column, value = watch.only
    if isinstance(value, int):
        return f"`{column}` = {value}"
    texts = ", ".join(f"'{text}'" for text in value)
    return f"`{column}` IN ({texts})"


@dataclass(frozen=True, slots=True)
class Reader:
    """Builds the statements of one Watch over one table's shape."""

    watch: Watch
    shape: TableShape
    mark: str

    @property
    def _columns(self) -> str:
        return ", ".join(f"`{column}`" for column in self.shape.columns)

    @property
    def _only(self) -> str:
        return f" AND {condition_of(self.watch)}" if self.watch.only else ""

    def keys_stamped_since(
        self, low: datetime, after: int | None = None, up_to: int | None = None
    ) -> Statement:
        """No limit and no order: one scan gives an atomic list, of all keys or between two."""
        between, parameters = self._between(after, up_to)
        sql = (
            f"SELECT `{self.watch.key_column}`, `{self.watch.stamp_column}` "
            f"FROM `{self.watch.table}` "
            f"WHERE `{self.watch.stamp_column}` >= {self.mark}{between}{self._only}"
        )
        return sql, [utc_text(low), *parameters]

    def key_after(self, after: int | None, rows: int) -> Statement:
        """The key that so many rows further on ends a piece of the table."""
        between, parameters = self._between(after, None)
        sql = (
            f"SELECT `{self.watch.key_column}` FROM `{self.watch.table}` WHERE 1=1{between} "
            f"ORDER BY `{self.watch.key_column}` LIMIT 1 OFFSET {self.mark}"
        )
        return sql, [*parameters, rows - 1]

    def count(self) -> Statement:
        """How many rows there are; at once on MyISAM, a scan of the shortest index elsewhere."""
        return f"SELECT COUNT(*) FROM `{self.watch.table}` WHERE 1=1{self._only}", []

    def digest_after(
        self, depth: Depth, after: int | None, limit: int, digests: Digests
    ) -> Statement:
        """One chunk along the primary key, digested by the server: one short statement."""
        beyond = "" if after is None else f" AND `{self.watch.key_column}` > {self.mark}"
        chunk = (
            f"SELECT `{self.watch.key_column}` AS k, {self._bits(depth, digests)} AS bits "
            f"FROM `{self.watch.table}` WHERE 1=1{beyond}{self._only} "
            f"ORDER BY `{self.watch.key_column}` LIMIT {self.mark}"
        )
        sql = f"SELECT COUNT(*), MAX(k), {digests.xor('bits')} FROM ({chunk}) AS chunk"
        return sql, ([limit] if after is None else [after, limit])

    def outlines(
        self, depth: Depth, after: int | None, up_to: int | None, digests: Digests
    ) -> Statement:
        """Key and bits of every row between two keys."""
        between, parameters = self._between(after, up_to)
        sql = (
            f"SELECT `{self.watch.key_column}`, {self._bits(depth, digests)} "
            f"FROM `{self.watch.table}` WHERE 1=1{between}{self._only}"
        )
        return sql, parameters

    def digests_stamped_since(
        self,
        low: datetime,
        digests: Digests,
        after: int | None = None,
        up_to: int | None = None,
    ) -> Statement:
        """Key and digest of the rows that a poll would fetch, of all keys or between two."""
        between, parameters = self._between(after, up_to)
        sql = (
            f"SELECT `{self.watch.key_column}`, {self._bits(Depth.ROWS, digests)} "
            f"FROM `{self.watch.table}` "
            f"WHERE `{self.watch.stamp_column}` >= {self.mark}{between}{self._only}"
        )
        return sql, [utc_text(low), *parameters]

    def _between(self, after: int | None, up_to: int | None) -> tuple[str, list[Value]]:
        edges = [(">", after), ("<=", up_to)]
        clauses = [
            f" AND `{self.watch.key_column}` {relation} {self.mark}"
            for relation, edge in edges
            if edge is not None
        ]
        return "".join(clauses), [edge for _, edge in edges if edge is not None]

    def _bits(self, depth: Depth, digests: Digests) -> str:
        if depth is Depth.STAMPS:
            return digests.mark(self.watch.key_column, self.watch.stamp_column)
        return digests.row(self.shape)

    def rows_after(self, after: int | None, limit: int) -> Statement:
        """One chunk along the primary key; keys may be negative, zero or random."""
        beyond = "" if after is None else f" AND `{self.watch.key_column}` > {self.mark}"
        sql = (
            f"SELECT {self._columns} FROM `{self.watch.table}` WHERE 1=1{beyond}{self._only} "
            f"ORDER BY `{self.watch.key_column}` LIMIT {self.mark}"
        )
        return sql, ([limit] if after is None else [after, limit])

    def rows_of(self, numbers: Sequence[int]) -> Statement:
        """The rows with these keys."""
        marks = ",".join([self.mark] * len(numbers))
        sql = (
            f"SELECT {self._columns} FROM `{self.watch.table}` "
            f"WHERE `{self.watch.key_column}` IN ({marks}){self._only}"
        )
        return sql, list(numbers)

    def rows_linked(self, column: str, numbers: Sequence[int]) -> Statement:
        """The rows whose column holds one of these numbers, by their keys."""
        marks = ",".join([self.mark] * len(numbers))
        sql = (
            f"SELECT {self._columns} FROM `{self.watch.table}` "
            f"WHERE `{column}` IN ({marks}){self._only} ORDER BY `{self.watch.key_column}`"
        )
        return sql, list(numbers)

    def rows_for(self, inquiry: Inquiry) -> Statement:
        """The rows that answer an inquiry.

        Raises:
            InvalidRequestError: this database has no such column.
        """
        parameters: list[Value] = []
        clauses = [self._clause(condition, parameters) for condition in inquiry.conditions]
        # The key comes last, so that rows alike in all else keep their place from page to page.
        order = [self._known(name) for name in inquiry.order] + [self.watch.key_column]
        sql = (
            f"SELECT {self._columns} FROM `{self.watch.table}` "
            f"WHERE {' AND '.join(clauses) or '1=1'}{self._only} "
            f"ORDER BY {', '.join(f'`{name}`' for name in order)} "
            f"LIMIT {self.mark} OFFSET {self.mark}"
        )
        return sql, [*parameters, inquiry.limit, inquiry.offset]

    def records(self, rows: Sequence[Cells], names: Names) -> list[Record]:
        """Make Records of rows that were read with ``_columns``."""
        return [self._record(row, names) for row in rows]

    def _record(self, row: Cells, names: Names) -> Record:
        native = dict(zip(self.shape.columns, row, strict=True))
        stamp = self.watch.stamp_column
        return Record(
            key=RecordKey(self.watch.name, int(native[self.watch.key_column] or b"0")),
            native=native,
            derived=names.of(self.watch.name, native),
            stamped_at=stamp_of(native[stamp]) if stamp else None,
            fingerprint=fingerprint(native),
        )

    def _clause(self, condition: Condition, parameters: list[Value]) -> str:
        column = self._known(condition.column)
        if condition.relation is Relation.CONTAINS:
            parameters.append(f"%{_like_escaped(str(condition.value))}%")
            return f"`{column}` LIKE {self.mark} ESCAPE '!'"
        parameters.append(condition.value)
        return f"`{column}` {condition.relation.value} {self.mark}"

    def _known(self, column: str) -> str:
        if column not in self.shape.columns:
            raise InvalidRequestError(
                f"This practice's database has no {self.shape.name}.{column}; it may be older "
                "than the parameter."
            )
        return column


def _like_escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
