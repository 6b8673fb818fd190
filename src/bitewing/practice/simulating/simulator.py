"""The simulator: a practice in which something is done all the time."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from bitewing.model.errors import InvalidRequestError
from bitewing.practice.creating import HOME_ZONE
from bitewing.practice.database import Database, connect
from bitewing.practice.simulating import (
    booking,
    charting,
    coverage,
    forms,
    people,
    rooms,
    visiting,
)
from bitewing.practice.simulating.action import Action
from bitewing.practice.simulating.desk import Desk, present_tables

Deed = Callable[[Desk], Action | None]

DEEDS: Mapping[Deed, int] = {
    booking.book: 14,
    booking.move: 10,
    booking.break_appointment: 4,
    booking.delete: 3,
    visiting.confirm: 14,
    visiting.arrive: 10,
    visiting.seat: 10,
    visiting.complete: 10,
    people.edit: 10,
    people.add: 3,
    people.pay: 5,
    charting.write_field: 5,
    charting.clear_field: 1,
    charting.mark_tooth: 4,
    charting.clear_tooth: 1,
    rooms.add_schedule: 2,
    rooms.change_schedule: 2,
    rooms.remove_schedule: 1,
    rooms.change_rooms: 1,
    rooms.edit_operatory: 1,
    rooms.edit_provider: 1,
    coverage.add: 2,
    coverage.drop: 1,
    coverage.correct: 1,
    forms.fill: 4,
}
"""What may be done and how often, in relation to the others."""
TRIES = 200
"""So many deeds in a row that find nothing to be done to mean that there is nothing at all."""


class Simulator:
    """Does one thing after another in a practice that ``create`` has made.

    Every statement is committed by itself, as Open Dental's client does it: whoever looks on
    may see an appointment's history before the appointment is gone.
    """

    def __init__(
        self,
        database: Database,
        *,
        seed: int,
        clock: Callable[[], datetime],
        zone: ZoneInfo = HOME_ZONE,
    ) -> None:
        self._database = database
        self._desk = Desk(database, present_tables(database), Random(seed), clock, zone)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        seed: int,
        clock: Callable[[], datetime],
        zone: ZoneInfo = HOME_ZONE,
        password: str | None = None,
    ) -> Self:
        """Connect to a practice; see ``database.connect`` for the URL and what is raised.

        Args:
            url: the practice.
            seed: with the same rows and the same clock, the same things are done.
            clock: gives the present moment, aware.
            zone: the office's, in which DATETIME columns are written.
            password: used in place of the URL's.
        """
        database = connect(url, password=password)
        try:
            return cls(database, seed=seed, clock=clock, zone=zone)
        except BaseException:
            database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._database.close()

    def step(self) -> Action:
        """Do one thing, and tell what it was.

        Raises:
            InvalidRequestError: there is nothing that anything could be done to.
            SourceUnavailableError: the server refused.
        """
        deeds, weights = tuple(DEEDS), tuple(DEEDS.values())
        for _ in range(TRIES):
            (deed,) = self._desk.dice.choices(deeds, weights)
            action = deed(self._desk)
            if action is not None:
                return action
        raise InvalidRequestError("Nothing can be done in this practice: it has no patients.")


def simulate(
    url: str,
    *,
    rate: float,
    seconds: float | None,
    seed: int,
    clock: Callable[[], datetime],
    wait: Callable[[float], object],
    zone: ZoneInfo = HOME_ZONE,
    password: str | None = None,
) -> Iterator[Action]:
    """Live in a practice, and tell each Action as it is done.

    Args:
        url: the practice.
        rate: Actions a second; fewer are done if the server cannot keep up.
        seconds: when to stop; None is never.
        seed: see ``Simulator.open``, as for all that follows but ``wait``.
        clock: gives the present moment, aware.
        wait: lets so many seconds pass.
        zone: the office's.
        password: used in place of the URL's.

    Raises:
        InvalidRequestError: the rate is not above zero, or see ``Simulator.step``.
        SourceUnavailableError: the server refused.
    """
    if rate <= 0:
        raise InvalidRequestError("The rate must be above zero.")
    with Simulator.open(url, seed=seed, clock=clock, zone=zone, password=password) as office:
        began_at = clock()
        done = 0
        while seconds is None or done < rate * seconds:
            due_at = began_at + timedelta(seconds=done / rate)
            now = clock()
            if seconds is not None and now - began_at >= timedelta(seconds=seconds):
                return
            if due_at > now:
                wait((due_at - now).total_seconds())
            yield office.step()
            done += 1
