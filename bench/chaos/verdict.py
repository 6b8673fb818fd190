"""The verdict: every Delivery accounted for, by the store's file, the receivers and the office."""

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.chaos.receiving import HOPELESS, Receivers

_WAITING = ("pending",)
_DELIVERIES = """
SELECT ordinal, delivery.id, delivery.endpoint, event_name, state, attempts, body,
    (SELECT kind || ' ' || coalesce(status, '') || ' ' || detail FROM attempt
     WHERE attempt.delivery = delivery.ordinal ORDER BY place DESC LIMIT 1)
FROM delivery_now AS delivery JOIN content ON content.delivery = delivery.ordinal
WHERE dialect = :dialect ORDER BY ordinal
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """One Delivery as the store's file has it."""

    ordinal: int
    id: str
    endpoint: int
    event_name: str
    state: str
    attempts: int
    body: bytes = field(repr=False)
    last: str | None


@dataclass
class Verdict:
    """The ledger and what is wrong with it.

    Attributes:
        states: path → state → how many Deliveries.
        faults: kind of fault → how often; there must be none.
        examples: one of each kind.
    """

    states: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    _reasons: dict[int, str] = field(default_factory=dict)
    _paths: dict[int, str] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not self.faults

    def total(self, state: str) -> int:
        """Give how many Deliveries are in a state."""
        return sum(counted[state] for counted in self.states.values())

    def judge(self, store: Path, receivers: Receivers, notes: dict[int, str]) -> None:
        """Compare the three."""
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as books:
            for number, url, reason in books.execute("SELECT id, url, reason FROM endpoint"):
                self._paths[number], self._reasons[number] = urlsplit(url).path[1:], reason
            owed = [Owed(*row) for row in books.execute(_DELIVERIES, {"dialect": "nexhealth"})]
            others = [Owed(*row) for row in books.execute(_DELIVERIES, {"dialect": "opendental"})]
        for one in owed:
            self._account(one, receivers)
        self._compare_ids([*owed, *others], receivers)
        self._compare_office(owed, notes)
        self._compare_order(owed, receivers)
        for path, told in receivers.notes.items():
            if path not in HOPELESS:
                self._compare_notes(path, told, notes)

    def _account(self, one: Owed, receivers: Receivers) -> None:
        """Each is delivered, waiting, held or failed; and what is said of it must be so."""
        path = self._paths[one.endpoint]
        self.states[path][one.state] += 1
        is_taken = one.id in receivers.taken[path]
        if one.state == "delivered" and not is_taken:
            self._blame("delivered, says the store, and the receiver never took it", one.id)
        if one.state not in {"delivered", "pending", "held", "exhausted"}:
            self._blame(f"in the state {one.state}", one.id)
        if one.state == "held" and not self._reasons[one.endpoint]:
            self._blame("held without a reason", one.id)
        if one.state in {"exhausted", "pending"} and one.attempts and not (one.last or "").strip():
            self._blame("tried in vain, and nobody knows why", one.id)
        if one.state == "exhausted" and not one.attempts:
            self._blame("failed without ever being tried", one.id)
        if one.state != "delivered" and not one.body:
            self._blame("still owed, and its body is gone", one.id)
        if one.state == "pending" and path not in HOPELESS:
            self._blame("still waiting for a receiver that takes everything", one.id)

    def _compare_ids(self, owed: list[Owed], receivers: Receivers) -> None:
        known = {one.id for one in owed}
        for path, ids in receivers.came.items():
            for unknown in set(ids) - known:
                self._blame("sent, and the store knows nothing of it", f"{path} {unknown}")
        for altered in receivers.altered:
            self._blame("repeated with other bytes", altered)

    def _compare_office(self, owed: list[Owed], notes: dict[int, str]) -> None:
        """What was booked was announced to everybody, once."""
        created: dict[int, Counter[int]] = defaultdict(Counter)
        for one in owed:
            if one.event_name == "appointment_created":
                created[one.endpoint].update(_keys(one.body))
        for endpoint, counted in created.items():
            path = self._paths[endpoint]
            for number in notes:
                if counted[number] != 1:
                    what = "announced twice" if counted[number] else "booked, and never announced"
                    self._blame(what, f"{path} {number}")
        for endpoint, path in self._paths.items():
            if endpoint not in created and "/" not in path:
                self._blame("nothing was announced at all", path)

    def _compare_order(self, owed: list[Owed], receivers: Receivers) -> None:
        """Of one appointment nothing older goes out after something newer."""
        known = {one.id: one for one in owed}
        for path, ids in receivers.came.items():
            newest: Counter[int] = Counter()
            for one in [known[message] for message in ids if message in known]:
                for number in _keys(one.body):
                    if one.ordinal < newest[number]:
                        self._blame("sent after a newer one", f"{path} {number} {one.id}")
                    newest[number] = max(newest[number], one.ordinal)

    def _compare_notes(self, path: str, told: dict[int, str], notes: dict[int, str]) -> None:
        for number, note in notes.items():
            if told.get(number) != note:
                self._blame("the last state never arrived", f"{path} {number}")

    def _blame(self, what: str, which: str) -> None:
        self.faults[what] += 1
        self.examples.setdefault(what, which)


def _keys(body: bytes) -> list[int]:
    told = json.loads(body)["data"]
    appointments = told["appointments"] if "appointments" in told else [told["appointment"]]
    return [int(one["foreign_id"]) for one in appointments]
