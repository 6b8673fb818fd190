"""Standing: how a Watch is read, and how late a change may be noticed because of it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bitewing.engine.capture import pace
from bitewing.engine.capture.agenda import Agenda
from bitewing.model.health import WatchHealth
from bitewing.model.watch import Cursor, Reach, Watch

LONG_OVERLAP = timedelta(seconds=60)
"""An overlap as long as this means that open transactions cannot be seen."""


def first_readings_of(watches: Sequence[Watch], cursors: Mapping[str, Cursor]) -> dict[str, bool]:
    """Tell of each Watch whether its first reading is complete."""
    done = {name for name, cursor in cursors.items() if cursor.first_reading_done}
    return {watch.name: watch.name in done for watch in watches}


def standings_of(
    watches: Sequence[Watch], *, reach: Reach | None, hint: str, cost: float, agenda: Agenda
) -> tuple[WatchHealth, ...]:
    """Say how each Watch is read, when a poll costs so many seconds."""
    return tuple(
        _standing(one, reach=reach, hint=hint, cost=cost, agenda=agenda) for one in watches
    )


def _standing(
    watch: Watch, *, reach: Reach | None, hint: str, cost: float, agenda: Agenda
) -> WatchHealth:
    swept = agenda.seconds_between(watch)
    level = level_of(watch, reach)
    if watch.stamp_column is None:
        return WatchHealth(watch.name, level, swept, swept)
    polled = pace.seconds_until_next(cost)
    return WatchHealth(watch.name, f"{level}, hastened by {hint}", polled, swept)


def level_of(watch: Watch, reach: Reach | None) -> str:
    """Say in plain words how the changes of a Watch are noticed."""
    if watch.stamp_column is None:
        return "sweep only"
    is_seeing = reach is not None and reach.overlap < LONG_OVERLAP
    return "horizon poll" if is_seeing else "overlap poll"


def held_detail(source: str, held: Mapping[str, int]) -> str:
    """Say what is held (Watch → rows) and what a person may do; "" if nothing is."""
    rows = ", ".join(f"{count} rows of {watch}" for watch, count in held.items())
    if not rows:
        return ""
    return (
        f"{rows} are gone at once. That is not announced until you say that it is right: "
        f"bitewing sources sweep {source} --accept-deletions"
    )
