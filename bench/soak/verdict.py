"""The verdict: what was lost and what was invented, by the tables and by the writers' history."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from bench.soak.hearing import Ear
from bench.soak.history import PREFIX, History
from bench.soak.office import TABLES, Cells, Picture, Shown, Table, shown
from bitewing.model.change import Change, ChangeKind

Place = tuple[str, int]
"""Watch and key."""


@dataclass
class Verdict:
    """Replays the Changes, then compares with the tables and with what the receiver has.

    Attributes:
        lost, invented: kind of fault → how often.
        examples: one of each kind, by table and key.
        changes: how many have been replayed.
    """

    baseline: Picture
    history: History
    lost: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    changes: int = 0
    _images: dict[Place, Cells] = field(default_factory=dict)
    _shown: dict[Place, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    _gone: dict[Place, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    _last: dict[Place, ChangeKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._images = {
            (table.watch, key): row
            for table in TABLES
            for key, row in self.baseline[table.watch].items()
        }

    def replay(self, change: Change) -> None:
        """Take the next Change of the log."""
        self.changes += 1
        if change.number != self.changes:
            self._invents("number out of turn", change.key.watch, change.key.number)
        table = next((one for one in TABLES if one.watch == change.key.watch), None)
        if table is None:
            return  # a table that the soak does not write to, of which parts may have changed
        place = (change.key.watch, change.key.number)
        before = dict(change.before.native) if change.before else None
        if before != self._images.pop(place, None):
            self._invents("before-image is not what was there", *place)
        if change.before and change.after and change.before.fingerprint == change.after.fingerprint:
            self._invents("the same content twice", *place)
        self._last[place] = change.kind
        if change.after is not None:
            self._images[place] = dict(change.after.native)
            operatories = change.after.derived.get("operatories", "")
            self._shown[place].append(shown(table, change.after.native, operatories))
            self._check_marks(table, change.key.number, change.after.native[table.marked[0]])
        elif change.before is not None:
            operatories = change.before.derived.get("operatories", "")
            self._gone[place].append(shown(table, change.before.native, operatories))

    def compare(self, final: Picture, operatories: dict[int, str], ear: Ear) -> None:
        """Compare what was replayed and what was heard with the tables as they are now."""
        for table in TABLES:
            self._compare_images(table, final[table.watch])
            for key, row in final[table.watch].items():
                rooms = operatories.get(key, "") if table.watch == "Schedule" else ""
                self._compare_heard(table, key, shown(table, row, rooms), ear)
            self._compare_deletions(table, ear)
            self._compare_told(table, ear)

    def _compare_images(self, table: Table, rows: dict[int, Cells] | object) -> None:
        final = dict(rows) if isinstance(rows, dict) else {}
        for key, row in final.items():
            image = self._images.get((table.watch, key))
            if image != row:
                self._loses("row never noticed" if image is None else "row not up to date",
                            table.watch, key)  # fmt: skip
        for watch, key in self._images:
            if watch == table.watch and key not in final:
                self._loses("deletion not noticed", watch, key)

    def _compare_heard(self, table: Table, key: int, now: Shown, ear: Ear) -> None:
        place = (table.watch, key)
        if place in self._last and ear.taken[table.watch].get(key) != now:
            self._loses("last state not delivered", *place)

    def _compare_deletions(self, table: Table, ear: Ear) -> None:
        if not table.deletions:
            return
        for (watch, key), kind in self._last.items():
            if watch != table.watch or kind is not ChangeKind.DELETED:
                continue
            if ear.taken[table.deletions].get(key) != self._gone[watch, key][-1]:
                self._loses("deletion not delivered", watch, key)
        for key, told in ear.told[table.deletions].items():
            if not set(told) <= set(self._gone[table.watch, key]):
                self._invents("deletion delivered that never was", table.watch, key)

    def _compare_told(self, table: Table, ear: Ear) -> None:
        for key, told in ear.told[table.watch].items():
            states = self._shown[table.watch, key]
            if not set(told) <= set(states):
                self._invents("state delivered that never was", table.watch, key)
            elif _goes_back(told, states):
                self._invents("older state delivered after a newer one", table.watch, key)

    def _check_marks(self, table: Table, key: int, first: bytes | None) -> None:
        mark = (first or b"").decode()
        if mark.startswith(PREFIX) and not self.history.knows(mark, table.name, key):
            self._invents("state that was never committed", table.watch, key)

    def _loses(self, what: str, watch: str, key: int) -> None:
        self.lost[what] += 1
        self.examples.setdefault(what, f"{watch} {key}")

    def _invents(self, what: str, watch: str, key: int) -> None:
        self.invented[what] += 1
        self.examples.setdefault(what, f"{watch} {key}")


def _goes_back(told: list[Shown], states: list[Shown]) -> bool:
    """Tell whether the states cannot have been told in the order in which they were noticed."""
    place = 0
    for image in told:
        later = [at for at in range(place, len(states)) if states[at] == image]
        if not later:
            return True
        place = later[0]
    return False
