"""The history: which marks were ever written to which rows, as the writers know it."""

import threading
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

PREFIX = "soak:"


@dataclass
class History:
    """Shared by all writers.

    A mark is noted before its statement runs, so that nothing is ever read that is not noted.
    """

    _written: dict[str, tuple[str, Container[int]]] = field(default_factory=dict)
    _undone: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, mark: str, table: str, keys: Container[int]) -> None:
        """Say that a statement is about to write this mark to these rows, or to some of them."""
        with self._lock:
            self._written[mark] = (table, keys)

    def undo(self, marks: Iterable[str]) -> None:
        """Say that these were rolled back."""
        with self._lock:
            self._undone |= set(marks)

    def knows(self, mark: str, table: str, key: int) -> bool:
        """Tell whether the mark can ever have been seen in that row."""
        where, keys = self._written.get(mark, ("", ()))
        return where == table and key in keys and mark not in self._undone

    @property
    def summary(self) -> str:
        return f"{len(self._written)} statements, {len(self._undone)} rolled back"


class Anything:
    """Keys that are not known beforehand: those of rows that are being inserted."""

    def __contains__(self, key: object) -> bool:
        return True
