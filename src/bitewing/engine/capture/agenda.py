"""The agenda: which Watch is swept when, and how closely. Pure but for its own memory."""

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

SHARE = 0.01
"""The share of the database's time that sweeps of one Watch may take."""


@dataclass(slots=True)
class Agenda:
    """Remembers when each Watch is due, by our monotonic clock."""

    _due: dict[tuple[str, Depth], float] = field(default_factory=dict)
    _begun: dict[tuple[str, Depth], float] = field(default_factory=dict)
    _accepting: set[str] = field(default_factory=set)

    def suspect(self, watch: Watch, depth: Depth, *, now: float, accepts_all: bool = False) -> None:
        """Something points to a change that no poll sees: sweep soon."""
        depth = depth if watch.stamp_column else Depth.ROWS
        key = (watch.name, depth)
        self._due[key] = max(now, self._begun.get(key, now - SOON_SECONDS) + SOON_SECONDS)
        if accepts_all:
            self._due[key] = now
            self._accepting.add(watch.name)

    def next(self, watches: Sequence[Watch], *, now: float) -> Sweep | None:
        """Give the sweep that is most overdue, if one is due."""
        for watch in watches:
            for depth in _depths(watch):
                # At first within a minute, so that a restart is followed by a look at everything.
                first = now + (SMALL_SECONDS if depth is Depth.STAMPS else STAMPS_SECONDS)
                self._due.setdefault((watch.name, depth), first)
        due = [
            (at, watch, depth)
            for watch in watches
            for depth in _depths(watch)
            if (at := self._due[watch.name, depth]) <= now
        ]
        if not due:
            return None
        _, watch, depth = min(due, key=lambda one: one[0])
        self._begun[watch.name, depth] = now
        self._due[watch.name, depth] = now + ROWS_SECONDS
        accepts_all = watch.name in self._accepting
        self._accepting.discard(watch.name)
        return Sweep(watch, depth, accepts_all=accepts_all)

    def finished(self, sweep: Sweep, *, now: float, rows: int) -> None:
        """A sweep is over: say when the next one is due."""
        pause = max(_base_seconds(sweep, rows), sweep.seconds / SHARE)
        self._due[sweep.watch.name, sweep.depth] = now + pause

    def abandoned(self, sweep: Sweep, *, now: float) -> None:
        """A sweep failed: begin it anew, when the database can be read again."""
        self._due[sweep.watch.name, sweep.depth] = now

    def seconds_between(self, watch: Watch) -> float:
        """Give how long it takes at the most until everything of a Watch has been looked at."""
        return STAMPS_SECONDS if watch.stamp_column is None else ROWS_SECONDS

    def seconds_until_next(self, *, now: float) -> float:
        """Give how long nothing is due."""
        return max(0.0, min(self._due.values(), default=now + SMALL_SECONDS) - now)


def _depths(watch: Watch) -> tuple[Depth, ...]:
    return (Depth.STAMPS, Depth.ROWS) if watch.stamp_column else (Depth.ROWS,)


def _base_seconds(sweep: Sweep, rows: int) -> float:
    if sweep.watch.stamp_column is None:
        return SMALL_SECONDS if rows <= SMALL_ROWS else STAMPS_SECONDS
    return STAMPS_SECONDS if sweep.depth is Depth.STAMPS else ROWS_SECONDS
