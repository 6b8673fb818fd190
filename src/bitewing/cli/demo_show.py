"""The show: what the demo prints, one readable line for each Record that a receiver was told of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from bitewing.engine.operations.enquiries import Ledger
from bitewing.ports.clock import Clock
from bitewing.practice.simulating.action import Action
from bitewing.receive import Received

SUBJECTS = {
    "WatchTable: Appointment": ("appointment", "AptNum", "appointment"),
    "WatchTable: AppointmentDeleted": ("appointment", "AptNum", "appointment"),
    "WatchTable: Operatory": ("operatory", "OperatoryNum", "operatory"),
    "WatchTable: PatField": ("patfield", "PatFieldNum", "patient field"),
    "WatchTable: Patient": ("patient", "PatNum", "patient"),
    "WatchTable: Provider": ("provider", "ProvNum", "provider"),
    "WatchTable: Schedule": ("schedule", "ScheduleNum", "schedule"),
    "WatchTable: ToothInitial": ("toothinitial", "ToothInitialNum", "tooth"),
    "UiEventType: PatientSelected": ("selection", "PatNum", "patient"),
}
"""Event → the table of the Action that caused it, the key in the element, what people call it."""


@dataclass(slots=True)
class Show:
    """Puts together what the office did and what the receiver heard of it."""

    clock: Clock
    zone: ZoneInfo
    say: Callable[[str], None] = click.echo
    messages: set[str] = field(default_factory=set)
    told: int = 0
    repeated: int = 0
    _done: dict[tuple[str, int], tuple[datetime, str]] = field(default_factory=dict)

    def acted(self, action: Action) -> None:
        """The office has done something."""
        self._done[action.table, action.number] = (action.at, action.summary)

    def selected(self, patient: int, workstation: str) -> None:
        """A person is about to select a patient; no row changes by that."""
        summary = f"selected patient {patient} at {workstation}"
        self._done["selection", patient] = (self.clock.now(), summary)

    async def receive(self, received: Received) -> int:
        """Print a line for each Record, and acknowledge."""
        if received.id in self.messages:
            self.repeated += 1
        self.messages.add(received.id)
        for element in received.elements:
            self.told += 1
            self.say(self._line(received.event_name, element))
        return 200

    def _line(self, event_name: str, element: dict[str, object]) -> str:
        table, key, noun = SUBJECTS[event_name]
        number = int(str(element[key]))
        now = self.clock.now()
        done_at, what = self._done.get(
            (table, number), (None, f"{noun} {number}: changed along with something else")
        )
        took = f"{(now - done_at).total_seconds() * 1000:6.0f} ms" if done_at else " " * 9
        at = now.astimezone(self.zone).strftime("%H:%M:%S")
        event = event_name.partition(": ")[2]
        return f"{at}  {took}  {event:<18} {what}"

    def sum_up(self, ledger: Ledger, *, acknowledged: int) -> bool:
        """Print the ledger; tell whether the books and the receiver agree."""
        agree = acknowledged == len(self.messages)
        self.say("")
        self.say(
            f"changes seen {ledger.seen} = delivered {ledger.delivered} + waiting "
            f"{ledger.waiting} + backing off {ledger.backing_off} + failed {ledger.failed} "
            f"+ not subscribed {ledger.not_subscribed}"
            f"{'' if ledger.adds_up else '   DOES NOT ADD UP'}"
        )
        self.say(
            f"messages acknowledged {acknowledged}, received {len(self.messages)} "
            f"({self.repeated} repeated), with {self.told} records"
            f"{'' if agree else '   THE RECEIVER COUNTED OTHERWISE'}"
        )
        return ledger.adds_up and agree
