"""UI events: a person did something at a workstation, and receivers hear of it at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bitewing.engine.outbox.composer import compose
from bitewing.engine.outbox.owing import owe
from bitewing.engine.signals import Signals
from bitewing.model.delivery import Delivery
from bitewing.model.errors import NotFoundError, SourceUnavailableError
from bitewing.model.inquiry import Condition, Inquiry, Relation
from bitewing.model.record import Record
from bitewing.model.subscription import Subscription
from bitewing.ports.clock import Clock
from bitewing.ports.dialect import Dialect
from bitewing.ports.source import Source
from bitewing.ports.store import Store, Transaction

EVERY_WORKSTATION = "all workstations"
"""What newer clients write instead of a blank Workstation."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Takes the reports of workstations.

    ``event_names`` gives, for a UI event type, the name under which Subscriptions wish for it.
    """

    store: Store
    sources: Mapping[str, Source]
    dialects: Mapping[str, Dialect]
    clock: Clock
    signals: Signals
    event_names: Mapping[str, str]

    async def patient_selected(self, source: str, *, patient: int, workstation: str) -> int:
        """Announce that a patient was selected; give how many Deliveries that makes.

        Selecting the same patient again on the same workstation announces nothing.

        Raises:
            NotFoundError: there is no such patient.
            SourceUnavailableError: the database cannot be asked, and we never saw the patient.
        """
        if await self.store.read(lambda tx: tx.selections.get(source, workstation) == patient):
            return 0
        record = await self._patient(source, patient)
        event_name = self.event_names["PatientSelected"]
        now = self.clock.now()

        def work(tx: Transaction) -> list[Delivery]:
            if tx.selections.get(source, workstation) == patient:
                return []
            tx.selections.put(source, workstation, patient)
            owed = [
                compose(
                    self.dialects[wish.dialect],
                    wish,
                    [record],
                    now=now,
                    workstation=workstation,
                    is_ordered=False,
                )
                for wish in tx.subscriptions.all()
                if _hears(wish, source, event_name, workstation) and _is_running(wish, now)
            ]
            return owe(tx, owed)

        owed = await self.store.write(work)
        self.signals.dispatch.set()
        return len(owed)

    async def _patient(self, source: str, patient: int) -> Record:
        """The database's newest word; while it cannot be asked, the last image we have."""
        inquiry = Inquiry("Patient", (Condition("PatNum", Relation.EQUAL, patient),), limit=1)
        try:
            found = await self.sources[source].find(inquiry)
        except SourceUnavailableError:
            images = await self.store.read(
                lambda tx: tx.records.images(source, "Patient", [patient])
            )
            if patient not in images:
                raise
            return images[patient]
        if not found:
            raise NotFoundError("Patient not found")
        return found[0]


def _is_running(wish: Subscription, now: datetime) -> bool:
    """A start counts only where a person has set one in the future."""
    is_early = wish.bookmark.after is None and wish.starts_at > now
    return not is_early and not (wish.stops_at and wish.stops_at <= now)


def _hears(wish: Subscription, source: str, event_name: str, workstation: str) -> bool:
    """Windows machine names are compared regardless of letter case."""
    place = wish.workstation.casefold()
    return (wish.source, wish.event_name) == (source, event_name) and place in {
        "",
        EVERY_WORKSTATION,
        workstation.casefold(),
    }
