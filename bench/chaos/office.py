"""The office: books appointments and changes them, all the time, until it is told to stop."""

import random
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

PAUSE_SECONDS = 0.1
_BUSY_SECONDS = 30


@dataclass
class Office:
    """Writes to a practice's SQLite file in a thread of its own.

    Attributes:
        notes: AptNum of what it has booked → the note that was last committed.
    """

    practice: Path
    dice: random.Random
    notes: dict[int, str] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def stop(self) -> None:
        """Return when nothing more is written."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _write(self) -> None:
        with closing(sqlite3.connect(self.practice, _BUSY_SECONDS, isolation_level=None)) as table:
            (number,) = table.execute("SELECT max(AptNum) FROM appointment").fetchone()
            turn = 0
            while not self._stop.wait(self.dice.uniform(0, 2 * PAUSE_SECONDS)):
                turn += 1
                number += 1
                self._book(table, number, f"booked {turn}")
                changed = self.dice.choice(list(self.notes))
                self._change(table, changed, f"changed {turn}")

    def _book(self, table: sqlite3.Connection, number: int, note: str) -> None:
        """Copy an appointment that is scheduled."""
        columns = [row[1] for row in table.execute("PRAGMA table_info(appointment)")]
        fresh = {"AptNum": str(number), "Note": f"'{note}'", "DateTStamp": "DATETIME('now')"}
        chosen = ", ".join(fresh.get(name, f'"{name}"') for name in columns)
        table.execute(
            f"INSERT INTO appointment SELECT {chosen} FROM appointment WHERE AptStatus = 1 LIMIT 1"
        )
        self.notes[number] = note

    def _change(self, table: sqlite3.Connection, number: int, note: str) -> None:
        table.execute(
            "UPDATE appointment SET Note = ?, DateTStamp = DATETIME('now') WHERE AptNum = ?",
            (note, number),
        )
        self.notes[number] = note
