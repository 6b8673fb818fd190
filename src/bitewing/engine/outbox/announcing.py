"""Announcing: Changes become Events at once, by comparing Portraits before and after them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bitewing.engine import journal
from bitewing.engine.outbox.picture import StoredPicture
from bitewing.engine.outbox.recognising import recognise
from bitewing.engine.outbox.telling import Teller
from bitewing.model.change import Change
from bitewing.model.delivery import Delivery
from bitewing.model.errors import BitewingError
from bitewing.model.event import Event, Portrait, Subject
from bitewing.model.pending import PendingWrite
from bitewing.model.subscription import Subscription
from bitewing.model.writing import Written
from bitewing.ports.clock import Clock
from bitewing.ports.dialect import Announcer
from bitewing.ports.store import Transaction

_OF_THE_DIALECT = (
    ArithmeticError,
    AttributeError,
    BitewingError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a pure function may stumble over; the store's failures are other ones, and pass."""


@dataclass(frozen=True, slots=True)
class Announcing:
    """Announces the Changes of one Source, in every Dialect that announces at once.

    Attributes:
        tell: tells of a write that is seen to be done, before its row is announced.
    """

    announcers: Sequence[Announcer]
    source: str
    institution: str
    clock: Clock
    tell: Callable[[Transaction, PendingWrite], None] | None = None

    def is_wished(self, tx: Transaction) -> bool:
        """Tell whether anybody wishes for Events of this Source."""
        return any(self._teller(one).wishes(tx) for one in self.announcers)

    def begin(self, tx: Transaction, changes: Sequence[Change]) -> "Announcement":
        """Portray what these Changes may alter; they are not recorded yet."""
        for write, number in recognise(tx, self.source, changes):
            self._settle(tx, write.after(Written(number), self.clock.now()))
        picture = StoredPicture(tx, source=self.source, institution=self.institution)
        announcement = Announcement(tx, picture, self.clock)
        for announcer in self.announcers:
            teller = self._teller(announcer)
            wishes = teller.wishes(tx)
            if wishes:
                announcement.look(teller, wishes, changes)
        return announcement

    def _settle(self, tx: Transaction, write: PendingWrite) -> None:
        """End a write whose row is there; if it cannot be told of, the scribe will end it."""
        if self.tell is None:
            return
        try:
            self.tell(tx, write)
        except _OF_THE_DIALECT as error:
            journal.announcing_failed(
                source=self.source,
                what=write.kind.value,
                number=write.subject,
                error=journal.named(error),
            )
        else:
            tx.writes.put(write.without_content())

    def _teller(self, announcer: Announcer) -> Teller:
        return Teller(announcer, self.source, self.institution)


@dataclass(slots=True)
class _Look:
    """What one Dialect has seen before the Changes.

    Attributes:
        portraits: by Subject, in the order in which they are told: parents first.
    """

    teller: Teller
    wishes: Sequence[Subscription]
    portraits: dict[Subject, Portrait | None] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Announcement:
    """What is announced by one transaction; ``finish`` it once the Changes are recorded."""

    tx: Transaction
    picture: StoredPicture
    clock: Clock
    _looks: list[_Look] = field(default_factory=list)

    def look(
        self, teller: Teller, wishes: Sequence[Subscription], changes: Iterable[Change]
    ) -> None:
        """Portray the Subjects of these Changes as they are before them."""
        seen = _Look(teller, wishes)
        for change in changes:
            for subject in self._subjects(teller.announcer, change):
                if subject not in seen.portraits:
                    self._portray(seen, subject)
        if seen.portraits:
            self._looks.append(seen)

    def finish(self, changes: Iterable[Change]) -> list[Delivery]:
        """Portray them again, and owe what differs to all who wish for it."""
        if not self._looks:
            return []
        self.picture.forget(change.key for change in changes)
        owed: list[Delivery] = []
        for seen in self._looks:
            events = [
                event
                for subject, before in seen.portraits.items()
                if (event := self._compare(seen.teller.announcer, subject, before)) is not None
            ]
            if events:
                owed += seen.teller.tell(self.tx, seen.wishes, events, self.clock.now())
        return owed

    def _subjects(self, announcer: Announcer, change: Change) -> list[Subject]:
        try:
            return sorted(announcer.subjects(change, self.picture))
        except _OF_THE_DIALECT as error:
            self._give_up(change.key.watch, change.key.number, error)
            return []

    def _portray(self, seen: _Look, subject: Subject) -> None:
        """A Subject that cannot be portrayed is not announced; it must not stop the others."""
        try:
            seen.portraits[subject] = seen.teller.announcer.portray(subject, self.picture)
        except _OF_THE_DIALECT as error:
            self._give_up(subject.resource, subject.number, error)

    def _compare(
        self, announcer: Announcer, subject: Subject, before: Portrait | None
    ) -> Event | None:
        try:
            return announcer.announce(subject, before, announcer.portray(subject, self.picture))
        except _OF_THE_DIALECT as error:
            self._give_up(subject.resource, subject.number, error)
            return None

    def _give_up(self, what: str, number: int, error: Exception) -> None:
        source = self.picture.source
        journal.announcing_failed(
            source=source, what=what, number=number, error=journal.named(error)
        )
