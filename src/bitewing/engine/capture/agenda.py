"""The agenda: which Watch is swept when, and how closely. Pure but for its own memory."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bitewing.engine.capture.sweeping import Sweep
from bitewing.model.watch import Depth, Watch

STAMPS_SECONDS = 60.0
ROWS_SECONDS = 3600.0
SMALL_SECONDS = 5.0
"""How often a table without a stamp is compared whole while it is small."""

SMALL_ROWS = 1000
SOON_SECONDS = 2.0
"""A suspicion is not followed more often than this."""

LONGEST_BACKOFF_SECONDS = 600.0

SHARE = 0.01
"""The share of the database's time that sweeps of one Watch may take."""

SUSPICIOUS_SHARE = 0.05
"""The share that they may take while something points to a change."""

_Key = tuple[str, Depth]
_NEVER = math.inf


@dataclass(slots=True)
class Agenda:
    """Remembers when each Watch is due, by our monotonic clock."""

    _due: dict[_Key, float] = field(default_factory=dict)
    _begun: dict[_Key, float] = field(default_factory=dict)
    _cost: dict[_Key, float] = field(default_factory=dict)
    _failures: dict[tuple[str, Depth], int] = field(default_factory=dict)
    _accepting: set[str] = field(default_factory=set)

    def suspect(self, watch: Watch, depth: Depth, *, now: float) -> None:
        """Something points to a change that no poll sees: sweep soon."""
        key = (watch.name, depth if watch.stamp_column else Depth.ROWS)
        pause = max(SOON_SECONDS, self._cost.get(key, 0.0) / SUSPICIOUS_SHARE)
        soon = max(now, self._begun.get(key, now - pause) + pause)
        self._due[key] = min(soon, self._due.get(key, _NEVER))

    def request(self, watch: Watch, *, now: float, accepts_all: bool = False) -> None:
        """A person asks: compare whole rows at once, believing all deletions if they say so."""
        self._due[watch.name, Depth.ROWS] = now
        if accepts_all:
            self._accepting.add(watch.name)

    def next(self, watches: Sequence[Watch], *, now: float) -> Sweep | None:
        """Give the sweep that is most overdue, if one is due; these are all Watches there are."""
        self._forget_others(watches)
        for watch in watches:
            for depth in _depths(watch):
                # At first within a minute, so that a restart is followed by a look at everything.
                first = now + (SMALL_SECONDS if depth is Depth.STAMPS else STAMPS_SECONDS)
                self._due.setdefault((watch.name, depth), first)
        due = [  # parents first, as they are told first
            (at, watch, depth)
            for watch in reversed(watches)
            for depth in _depths(watch)
            if (at := self._due[watch.name, depth]) <= now
        ]
        if not due:
            return None
        _, watch, depth = min(due, key=lambda one: one[0])
        self._begun[watch.name, depth] = now
        # What is suspected from now on is for the next sweep: this one may be past that place.
        self._due[watch.name, depth] = _NEVER
        accepts_all = watch.name in self._accepting
        self._accepting.discard(watch.name)
        return Sweep(watch, depth, accepts_all=accepts_all)

    def finished(self, sweep: Sweep, *, now: float, rows: int) -> None:
        """A sweep is over: say when the next one is due."""
        self._failures.pop((sweep.watch.name, sweep.depth), None)
        pause = max(_base_seconds(sweep, rows), sweep.seconds / SHARE)
        key = (sweep.watch.name, sweep.depth)
        self._cost[key] = sweep.seconds
        self._due[key] = min(now + pause, self._due.get(key, _NEVER))

    def failed(self, sweep: Sweep, *, now: float) -> None:
        """A sweep failed: begin it anew, later every time."""
        key = (sweep.watch.name, sweep.depth)
        self._failures[key] = self._failures.get(key, 0) + 1
        self.abandoned(sweep, now=now)
        self._due[key] = now + min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(self._failures[key], 10))

    def abandoned(self, sweep: Sweep, *, now: float) -> None:
        """A sweep makes no sense any more: begin it anew."""
        self._due[sweep.watch.name, sweep.depth] = now
        if sweep.accepts_all:
            self._accepting.add(sweep.watch.name)

    def seconds_between(self, watch: Watch) -> float:
        """Give how long it takes at the most until everything of a Watch has been looked at."""
        return STAMPS_SECONDS if watch.stamp_column is None else ROWS_SECONDS

    def seconds_until_next(self, *, now: float) -> float:
        """Give how long nothing is due."""
        return max(0.0, min([*self._due.values(), now + SMALL_SECONDS]) - now)

    def _forget_others(self, watches: Sequence[Watch]) -> None:
        """Drop what was planned for tables that are no longer there, or now are read otherwise."""
        planned = {(watch.name, depth) for watch in watches for depth in _depths(watch)}
        self._due = {key: at for key, at in self._due.items() if key in planned}


def _depths(watch: Watch) -> tuple[Depth, ...]:
    return (Depth.STAMPS, Depth.ROWS) if watch.stamp_column else (Depth.ROWS,)


def _base_seconds(sweep: Sweep, rows: int) -> float:
    if sweep.watch.stamp_column is None:
        return SMALL_SECONDS if rows <= SMALL_ROWS else STAMPS_SECONDS
    return STAMPS_SECONDS if sweep.depth is Depth.STAMPS else ROWS_SECONDS
