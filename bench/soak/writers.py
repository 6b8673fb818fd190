"""The writers: nine ways in which an office writes to its database, all at once."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymysql

from bench.soak.history import PREFIX, Anything, History
from bench.soak.office import TABLES, Table, dial

APPOINTMENT, PATFIELD, SCHEDULE, PATIENT = TABLES
BULK_ROWS = 3000
LONGEST_TRANSACTION_SECONDS = 9.0
ROLLED_BACK = 0.15
_CONFLICTS = {1205, 1213}
"""A lock was waited for too long, a deadlock: the server has undone the statement or more."""


@dataclass
class Pen:
    """One writer's connection, and what it notes in the history."""

    name: str
    connection: Any
    history: History
    dice: random.Random
    stop: threading.Event
    undoes: bool
    keys: dict[str, list[int]]
    columns: dict[str, list[str]]
    _count: int = 0
    _open: list[str] = field(default_factory=list)

    def mark(self, table: Table, keys: Any = None) -> str:
        """Make a mark that no other statement writes."""
        self._count += 1
        mark = f"{PREFIX}{self.name}:{self._count}"
        self.history.note(mark, table.name, Anything() if keys is None else keys)
        self._open.append(mark)
        return mark

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement; give the key that the server gave to a new row."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.lastrowid or 0)

    @contextmanager
    def deed(self, *, rolls_back: bool = False) -> Iterator[None]:
        """Commit what is done inside, or undo it: on purpose, or for a conflict."""
        self._open.clear()
        try:
            yield
        except pymysql.OperationalError as error:
            if error.args[0] not in _CONFLICTS:
                raise
            rolls_back = True
        if rolls_back:
            self.connection.rollback()
            self.history.undo(self._open if self.undoes else ())
        else:
            self.connection.commit()

    def pause(self, least: float, most: float) -> None:
        """Wait a while, or until the end."""
        self.stop.wait(self.dice.uniform(least, most))

    def key(self, table: Table) -> int:
        return self.dice.choice(self.keys[table.name])

    def update(self, table: Table, key: int, also: str = "") -> None:
        """Write a mark to one row."""
        mark = self.mark(table, (key,))
        self.run(f"UPDATE {table.name} SET {_set(table)}{also} WHERE {table.key} = %s",
                 *[mark] * len(table.marked), key)  # fmt: skip

    def copy(self, table: Table, key: int, *, verb: str, into: str, stamp: str) -> int:
        """Write a copy of a row, with a mark, in its own place or in a new one."""
        mark = self.mark(table, None if into == "NULL" else (key,))
        fresh = {**dict.fromkeys(table.marked, "%s"), table.key: into, table.stamp: stamp}
        columns = self.columns[table.name]
        chosen = ", ".join(fresh.get(name, f"`{name}`") for name in columns)
        listed = ", ".join(f"`{name}`" for name in columns)
        return self.run(
            f"{verb} INTO {table.name} ({listed}) SELECT {chosen} FROM {table.name} "
            f"WHERE {table.key} = %s",
            *[mark] * len(table.marked),
            key,
        )


def _set(table: Table) -> str:
    return ", ".join(f"{name} = %s" for name in table.marked)


def single(pen: Pen) -> None:
    """Somebody saves one form after another."""
    with pen.deed():
        table = pen.dice.choice(TABLES)
        pen.update(table, pen.key(table))
    pen.pause(0.01, 0.06)


def burst(pen: Pen) -> None:
    """A program writes a hundred rows within a second, each for itself, some twice."""
    table = pen.dice.choice(TABLES)
    hot = [pen.key(table) for _ in range(40)]
    for _ in range(100):
        with pen.deed():
            pen.update(table, pen.dice.choice(hot))
    pen.pause(1.0, 3.0)


def slow_transaction(pen: Pen) -> None:
    """A transaction that shows its stamps seconds later, or never."""
    with pen.deed(rolls_back=pen.dice.random() < ROLLED_BACK):
        pen.run("BEGIN")
        statements = pen.dice.randint(1, 4)
        for _ in range(statements):
            table = pen.dice.choice(TABLES)
            pen.update(table, pen.key(table))
            pen.pause(0.0, LONGEST_TRANSACTION_SECONDS / statements)
    pen.pause(0.0, 0.5)


def come_and_go(pen: Pen) -> None:
    """Rows are added and removed, and a schedule's operatories change without a stamp."""
    table = pen.dice.choice((APPOINTMENT, PATFIELD, SCHEDULE))
    new = None  # a deed that meets a deadlock is undone
    with pen.deed():
        new = pen.copy(table, pen.key(table), verb="INSERT", into="NULL", stamp="NOW()")
    if new:
        pen.keys[table.name].append(new)
    with pen.deed():
        schedule = pen.key(SCHEDULE)
        pen.run("INSERT INTO scheduleop (ScheduleNum, OperatoryNum) VALUES (%s, %s)", schedule,
                pen.dice.randint(1, 4))  # fmt: skip
        pen.run("DELETE FROM scheduleop WHERE ScheduleNum = %s LIMIT 1", pen.key(SCHEDULE))
    with pen.deed():
        pen.run(f"DELETE FROM {table.name} WHERE {table.key} = %s", pen.key(table))
    pen.pause(0.5, 1.5)


def old_stamps(pen: Pen) -> None:
    """Rows are imported, replaced and restored, with the stamps that they once had."""
    table = pen.dice.choice((APPOINTMENT, PATFIELD, SCHEDULE))
    old = f"'2024-03-{pen.dice.randint(1, 28):02} 12:00:{pen.dice.randint(0, 59):02}'"
    key = pen.key(table)
    with pen.deed():
        pen.copy(table, key, verb="REPLACE", into=f"`{table.key}`", stamp=old)
    with pen.deed():
        new = pen.copy(table, key, verb="INSERT", into="NULL", stamp=old)
    if new:
        pen.keys[table.name].append(new)
    pen.pause(0.2, 0.8)
    again = pen.key(table)
    with pen.deed():
        pen.run("CREATE TEMPORARY TABLE saved SELECT * FROM "
                f"{table.name} WHERE {table.key} = %s", again)  # fmt: skip
        pen.run(f"DELETE FROM {table.name} WHERE {table.key} = %s", again)
        pen.pause(0.0, 0.6)
        pen.run(f"INSERT IGNORE INTO {table.name} SELECT * FROM saved")
    pen.run("DROP TEMPORARY TABLE IF EXISTS saved")
    pen.pause(0.2, 0.8)


def kept_stamp(pen: Pen) -> None:
    """A row changes and its stamp does not."""
    table = pen.dice.choice(TABLES)
    with pen.deed():
        pen.update(table, pen.key(table), also=f", {table.stamp} = {table.stamp}")
    pen.pause(0.1, 0.4)


def bulk(pen: Pen) -> None:
    """One statement writes thousands of rows with one stamp."""
    table = pen.dice.choice((APPOINTMENT, PATFIELD))
    low = pen.dice.randint(1, 3000)
    high = low + BULK_ROWS - 1
    with pen.deed():
        mark = pen.mark(table, range(low, high + 1))
        pen.run(f"UPDATE {table.name} SET {_set(table)} WHERE {table.key} BETWEEN %s AND %s",
                *[mark] * len(table.marked), low, high)  # fmt: skip
    pen.pause(4.0, 8.0)


def read_lock(pen: Pen) -> None:
    """A backup locks a table; those who write to it wait, with the stamps of when they began."""
    table = pen.dice.choice(TABLES)
    with pen.deed():
        pen.run(f"LOCK TABLES {table.name} READ")
        pen.pause(0.2, 2.0)
    pen.run("UNLOCK TABLES")
    pen.pause(1.0, 3.0)


KINDS: tuple[Callable[[Pen], None], ...] = (
    single,
    burst,
    slow_transaction,
    slow_transaction,
    come_and_go,
    old_stamps,
    kept_stamp,
    bulk,
    read_lock,
)


@dataclass
class Crew:
    """All writers, each on a thread and a connection of its own."""

    url: str
    undoes: bool
    seed: int
    history: History = field(default_factory=History)
    failures: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to write."""
        keys, columns = _look(self.url)
        for number, kind in enumerate(KINDS, start=1):
            pen = Pen(
                f"{number}",
                dial(self.url),
                self.history,
                random.Random(self.seed * 100 + number),
                self._stop,
                self.undoes,
                keys,
                columns,
            )
            thread = threading.Thread(target=self._work, args=(pen, kind), name=kind.__name__)
            self._threads.append(thread)
            thread.start()

    def finish(self) -> None:
        """Stop writing; what was begun is done."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, pen: Pen, kind: Callable[[Pen], None]) -> None:
        try:
            while not self._stop.is_set():
                kind(pen)
        except pymysql.MySQLError as error:
            self.failures.append(f"{kind.__name__}: error {error.args[0]}")
        finally:
            pen.connection.close()


def _look(url: str) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    keys, columns = {}, {}
    with dial(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT {table.key} FROM {table.name}")
            keys[table.name] = [int(key) for (key,) in cursor.fetchall()]
            cursor.execute(f"SHOW COLUMNS FROM {table.name}")
            columns[table.name] = [name for name, *_ in cursor.fetchall()]
    return keys, columns
