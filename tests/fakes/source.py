"""FakeSource: a practice database in memory, with a clock of its own and failures on demand."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from tests.fakes.clock import A_MONDAY_MORNING

from bitewing.model.errors import InvalidRequestError, SourceUnavailableError
from bitewing.model.health import Finding
from bitewing.model.inquiry import Condition, Inquiry, Relation
from bitewing.model.origin import Origin
from bitewing.model.record import Parts, Record, RecordKey, fingerprint, outline_of, with_composed
from bitewing.model.watch import Depth, Digest, Reach, Watch

APPOINTMENT = Watch("Appointment", "appointment", "AptNum", "DateTStamp")
PATIENT = Watch("Patient", "patient", "PatNum", "DateTStamp")
SCHEDULE = Watch("Schedule", "schedule", "ScheduleNum", "DateTStamp")
SCHEDULE_OP = Watch(
    "ScheduleOp",
    "scheduleop",
    "ScheduleOpNum",
    None,
    part_of=("Schedule", "ScheduleNum"),
    handles=("ScheduleNum",),
)
HISTORY = Watch("AppointmentDeleted", "histappointment", "HistApptNum", "DateTStamp", is_log=True)
NOTES: Mapping[str, str] = {
    "Appointment": "Note",
    "AppointmentDeleted": "Note",
    "Patient": "AddrNote",
    "Schedule": "Note",
    "ScheduleOp": "OperatoryNum",
}

Row = dict[str, bytes | None]


@dataclass(frozen=True, slots=True)
class _Written:
    """A row that its transaction has not yet committed."""

    watch: str
    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class FakeNaming:
    """Implements the port ``Naming``."""

    titles: Mapping[str, str]

    @property
    def mark(self) -> str:
        """See the port."""
        return repr(sorted(self.titles.items()))

    @property
    def watches(self) -> frozenset[str]:
        """See the port."""
        return frozenset(self.titles)

    def of(self, record: Record) -> Mapping[str, str]:
        """See the port."""
        title = self.titles.get(record.key.watch)
        return {} if title is None else {"title": title}


class FakeSource:
    """Implements the port ``Source`` as a strict database would: stamps in whole seconds.

    What a table's columns are it learns when it is opened; that one of them is gone it notices
    when it reads, that one was added it does not.

    Attributes:
        now: the database's own clock; a test sets it as it likes.
        overlap, lag: what ``reach`` says: the overlap, and how far ``complete_up_to`` is behind.
        identity: which database it says it is.
        beat: what ``pulse`` gives.
        titles: Watch → the name that another table lends to its Records.
        calls: the names of the calls so far.
        before_call: called with the name before each call is answered; it may change rows.
    """

    name = "main"
    institution = "bright-smiles"
    zone = ZoneInfo("America/New_York")

    def __init__(self, *watches: Watch) -> None:
        self.now = A_MONDAY_MORNING
        self.overlap = timedelta(seconds=10)
        self.lag = timedelta(0)
        self.calls: list[str] = []
        self.identity = "the office"
        self.beat = ""
        self.titles: dict[str, str] = {}
        self.before_call: Callable[[str], None] | None = None
        self._held = list(watches or (APPOINTMENT, PATIENT))
        self._is_open = False
        self._fails_at: set[int] = set()
        self._is_down = False
        self._tables: dict[str, dict[int, Row]] = {watch.name: {} for watch in self._held}
        self._uncommitted: list[_Written] = []
        self._types = {
            watch.name: dict.fromkeys(self._columns(watch), "text") for watch in self._held
        }
        self._defaults: dict[str, Row] = {watch.name: {} for watch in self._held}
        self._seen: dict[str, dict[str, str]] = {}

    # What a test does to the practice.

    def insert(self, watch: str, number: int, *, note: str | None = "") -> None:
        """Add a row with this primary key, stamped now."""
        if number in self._tables[watch]:
            raise ValueError(f"{watch} {number} is there already")
        self._tables[watch][number] = self._row(watch, number, note)

    def update(self, watch: str, number: int, *, note: str | None) -> None:
        """Write the note; if it is the same, the stamp does not move either."""
        row = self._row(watch, number, note)
        before = self._tables[watch][number]
        if before[NOTES[watch]] != row[NOTES[watch]]:
            written = {NOTES[watch], self._watch(watch).stamp_column}
            self._tables[watch][number] = before | {
                name: value for name, value in row.items() if name in written
            }

    def touch(self, watch: str, number: int) -> None:
        """Stamp a row now without changing anything else."""
        self.stamp(watch, number, self.now)

    def delete(self, watch: str, number: int) -> None:
        """Remove the row."""
        del self._tables[watch][number]

    def put_part(self, number: int, *, of: int, operatory: int = 1) -> None:
        """Let a schedule have an operatory, by a row of another table; this stamps nothing."""
        row = self._row("ScheduleOp", number, str(operatory))
        self._tables["ScheduleOp"][number] = row | {"ScheduleNum": b"%d" % of}

    def keep_stamp(self, watch: str, number: int, *, note: str) -> None:
        """Write the note without moving the stamp."""
        self._tables[watch][number] |= {NOTES[watch]: note.encode()}

    def add_column(self, watch: str, column: str, value: str, *, kind: str = "text") -> None:
        """Upgrade a table: all rows, and those to come, have this value in a new column."""
        self._types[watch][column] = kind
        self._defaults[watch][column] = value.encode()
        for row in self._tables[watch].values():
            row[column] = value.encode()

    def set_column(self, watch: str, number: int, column: str, value: str) -> None:
        """Write one column, and stamp the row."""
        row = self._tables[watch][number] | {column: value.encode()}
        self._tables[watch][number] = row | {_stamp_of(self._watch(watch)): _text(self.now)}

    def drop_column(self, watch: str, column: str) -> None:
        """Upgrade a table: a column is gone."""
        del self._types[watch][column], self._defaults[watch][column]
        for row in self._tables[watch].values():
            del row[column]

    def retype_column(self, watch: str, column: str, kind: str, suffix: str) -> None:
        """Upgrade a table: a column has another type, in which all values are longer."""
        self._types[watch][column] = kind
        for row in (*self._tables[watch].values(), self._defaults[watch]):
            row[column] = (row[column] or b"") + suffix.encode()

    def stamp(self, watch: str, number: int, at: datetime) -> None:
        """Set the row's stamp itself, as an import or a restore does."""
        row = self._tables[watch][number]
        self._tables[watch][number] = row | {_stamp_of(self._watch(watch)): _text(at)}

    def write_uncommitted(self, watch: str, number: int, *, note: str) -> None:
        """Insert or update in an open transaction: stamped now, seen only after ``commit``."""
        self._uncommitted.append(_Written(watch, number, self._row(watch, number, note)))

    def commit(self) -> None:
        """Let everybody see what the open transactions have written."""
        for written in self._uncommitted:
            self._tables[written.watch][written.number] = written.row
        self._uncommitted.clear()

    def notes(self, watch: str) -> dict[int, str | None]:
        """Give key → note of every row that can be seen."""
        found = {number: row[NOTES[watch]] for number, row in self._tables[watch].items()}
        return {number: None if note is None else note.decode() for number, note in found.items()}

    def stamps(self, watch: str) -> dict[int, str]:
        """Give key → stamp, as text."""
        column = _stamp_of(self._watch(watch))
        return {
            number: (row[column] or b"").decode() for number, row in self._tables[watch].items()
        }

    def fail_on(self, *calls: int) -> None:
        """Let these of the following calls fail, counted from 1; 0 is the one under way."""
        self._fails_at = {len(self.calls) + call for call in calls}

    def break_down(self) -> None:
        """Let every call fail until ``mend``."""
        self._is_down = True

    def mend(self) -> None:
        """Answer again."""
        self._is_down = False

    # The port.

    @property
    def wanted(self) -> frozenset[str]:
        """See the port."""
        return frozenset(self._types)

    @property
    def watches(self) -> Sequence[Watch]:
        """What it holds; empty until opened."""
        return self._held if self._is_open else []

    async def open(self) -> None:
        """See the port."""
        self._answer("open")
        self._is_open = True
        self._seen = {watch: dict(types) for watch, types in self._types.items()}

    async def close(self) -> None:
        """See the port."""
        self._is_open = False

    async def reach(self) -> Reach:
        """See the port."""
        self._answer("reach")
        now = self.now.replace(microsecond=0)
        return Reach(now, now - self.lag, self.overlap)

    async def read_clock(self) -> datetime:
        """See the port."""
        self._answer("read_clock")
        return self.now.replace(microsecond=0)

    async def keys_stamped_since(self, watch: Watch, low: datetime) -> list[int]:
        """See the port; in no particular order."""
        self._answer("keys_stamped_since")
        column = _stamp_of(watch)
        return [
            number
            for number, row in self._tables[watch.name].items()
            if (row[column] or b"") >= _text(low)
        ]

    async def read_after(self, watch: Watch, after: int | None, limit: int) -> list[Record]:
        """See the port."""
        self._answer("read_after")
        numbers = sorted(
            number for number in self._tables[watch.name] if after is None or number > after
        )
        return [self._record(watch, number) for number in numbers[:limit]]

    async def fetch(self, watch: Watch, numbers: Sequence[int]) -> list[Record]:
        """See the port."""
        self._answer("fetch")
        return [
            self._record(watch, number)
            for number in dict.fromkeys(numbers)
            if number in self._tables[watch.name]
        ]

    async def count(self, watch: Watch) -> int:
        """See the port."""
        self._answer("count")
        return len(self._tables[watch.name])

    async def digest_after(
        self, watch: Watch, depth: Depth, *, after: int | None, limit: int
    ) -> Digest:
        """See the port."""
        self._answer("digest_after")
        keys = sorted(key for key in self._tables[watch.name] if after is None or key > after)
        bits = self._bits(watch, depth)
        chunk = keys[:limit]
        xor = reduce(operator.xor, (bits[key] for key in chunk), 0)
        return Digest(len(chunk), chunk[-1] if chunk else None, xor)

    async def outlines(
        self, watch: Watch, depth: Depth, *, after: int | None, up_to: int | None
    ) -> dict[int, int]:
        """See the port."""
        self._answer("outlines")
        return {
            key: bits
            for key, bits in self._bits(watch, depth).items()
            if (after is None or key > after) and (up_to is None or key <= up_to)
        }

    async def digests_stamped_since(self, watch: Watch, low: datetime) -> dict[int, int]:
        """See the port."""
        self._answer("digests_stamped_since")
        column = _stamp_of(watch)
        return {
            key: bits
            for key, bits in self._bits(watch, Depth.ROWS).items()
            if (self._tables[watch.name][key][column] or b"") >= _text(low)
        }

    async def pulse(self) -> str:
        """See the port; a test sets it."""
        self._answer("pulse")
        return self.beat

    async def wait_for_write(self) -> bool:
        """See the port: it does not tell."""
        self._answer("wait_for_write")
        return False

    async def origin(self) -> Origin:
        """See the port."""
        self._answer("origin")
        return Origin(self.identity, self._seen, {})

    async def naming(self) -> FakeNaming:
        """See the port."""
        self._answer("naming")
        return FakeNaming(dict(self.titles))

    def naming_of(self, watch: str) -> dict[str, str]:
        """Give what Records of a Watch are called now."""
        return {"title": self.titles[watch]} if watch in self.titles else {}

    def _bits(self, watch: Watch, depth: Depth) -> dict[int, int]:
        outlines = {key: outline_of(self._record(watch, key)) for key in self._tables[watch.name]}
        return {
            key: one.mark if depth is Depth.STAMPS else one.digest for key, one in outlines.items()
        }

    async def find(self, inquiry: Inquiry) -> list[Record]:
        """See the port; text is compared as bytes, numbers as numbers."""
        self._answer("find")
        watch = self._watch(inquiry.watch)
        order = [*inquiry.order, watch.key_column]
        for column in order:
            _require(column, self._row(watch.name, 0, None))
        found = [
            self._record(watch, number)
            for number, row in self._tables[watch.name].items()
            if all(_holds(condition, row) for condition in inquiry.conditions)
        ]
        found.sort(key=lambda record: [_comparable(record.native[column]) for column in order])
        return found[inquiry.offset : inquiry.offset + inquiry.limit]

    async def examine(self) -> list[Finding]:
        """See the port."""
        self._answer("examine")
        return []

    def _answer(self, name: str) -> None:
        self.calls.append(name)
        if self.before_call is not None:
            self.before_call(name)
        if self._is_down or len(self.calls) in self._fails_at:
            raise SourceUnavailableError("Cannot read main: the test has pulled the plug.")

    def _watch(self, name: str) -> Watch:
        for watch in self._held:
            if watch.name == name:
                return watch
        raise InvalidRequestError(f"This practice's database holds no {name}.")

    def _row(self, name: str, number: int, note: str | None) -> Row:
        watch = self._watch(name)
        row: Row = self._defaults[name] | {
            watch.key_column: b"%d" % number,
            NOTES[name]: None if note is None else note.encode(),
        }
        return row | {watch.stamp_column: _text(self.now)} if watch.stamp_column else row

    def _record(self, watch: Watch, number: int) -> Record:
        there = self._tables[watch.name][number]
        columns = self._seen.get(watch.name) or self._types[watch.name]
        if not columns.keys() <= there.keys():
            raise SourceUnavailableError(f"{watch.table} has been changed.")
        row = {column: there[column] for column in columns}
        stamp = row[watch.stamp_column] if watch.stamp_column else None
        parts = self._parts(watch, number)
        composed = None if parts is None else _operatories(parts)
        own = fingerprint(row)
        return Record(
            key=RecordKey(watch.name, number),
            native=row,
            derived=self.naming_of(watch.name)
            | ({} if composed is None else {"operatories": composed}),
            stamped_at=_moment(stamp),
            fingerprint=own if composed is None else with_composed(own, composed),
            parts=parts,
        )

    def _parts(self, watch: Watch, number: int) -> Parts | None:
        """Give the rows of another table that a row consists of, if there is such a table."""
        for part in self._held:
            if part.part_of is not None and part.part_of[0] == watch.name:
                column = part.part_of[1]
                mine = [
                    key
                    for key, row in sorted(self._tables[part.name].items())
                    if row[column] == b"%d" % number
                ]
                return Parts(part.name, column, tuple(self._record(part, key) for key in mine))
        return None

    @staticmethod
    def _columns(watch: Watch) -> list[str]:
        owner = [watch.part_of[1]] if watch.part_of else []
        stamp = [watch.stamp_column] if watch.stamp_column else []
        return [watch.key_column, NOTES[watch.name], *owner, *stamp]


def _operatories(parts: Parts) -> str:
    column = NOTES[parts.watch]
    return ",".join(sorted((one.native[column] or b"").decode() for one in parts.records))


def _stamp_of(watch: Watch) -> str:
    if watch.stamp_column is None:
        raise ValueError(f"{watch.table} has no stamp")
    return watch.stamp_column


def _text(at: datetime) -> bytes:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S").encode()


def _moment(text: bytes | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text.decode()).replace(tzinfo=UTC)


def _comparable(value: bytes | None) -> tuple[int, int, bytes]:
    """NULL before numbers before text."""
    if value is None:
        return (0, 0, b"")
    is_number = value.lstrip(b"-").isdigit()
    return (1, int(value), b"") if is_number else (2, 0, value)


def _require(column: str, row: Row) -> None:
    if column not in row:
        raise InvalidRequestError(f"This practice's database has no {column}.")


def _holds(condition: Condition, row: Row) -> bool:
    _require(condition.column, row)
    value = row[condition.column]
    if value is None:
        return False
    wished = str(condition.value).encode()
    left, right = _comparable(value), _comparable(wished)
    answers: dict[Relation, bool] = {
        Relation.EQUAL: left == right,
        Relation.NOT_EQUAL: left != right,
        Relation.AT_LEAST: left >= right,
        Relation.BELOW: left < right,
        Relation.CONTAINS: wished.lower() in value.lower(),
    }
    return answers[condition.relation]
