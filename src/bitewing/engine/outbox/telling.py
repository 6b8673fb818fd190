"""Telling: Events become Deliveries to everybody who wishes for them, in the same transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bitewing.engine.outbox.naming import new_id
from bitewing.engine.outbox.owing import owe
from bitewing.model.delivery import Delivery
from bitewing.model.event import Event
from bitewing.model.lanes import lane_of
from bitewing.model.subscription import Subscription
from bitewing.ports.dialect import Announcer
from bitewing.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of the Events of one Source in one Dialect.

    Attributes:
        announcer: composes the Messages.
        source, institution: whose Events.
    """

    announcer: Announcer
    source: str
    institution: str

    def wishes(self, tx: Transaction) -> list[Subscription]:
        """Give the Subscriptions that may wish for something.

        A credential that was withdrawn, or sees less than it did, is told nothing more.
        """
        active = tx.subscriptions.active(self.institution, self.announcer.name)
        return [
            one
            for one in active
            if one.source in {"", self.source}
            and self.announcer.serves(one.owner, self.institution)
        ]

    def tell(
        self, tx: Transaction, wishes: Sequence[Subscription], events: Sequence[Event], at: datetime
    ) -> list[Delivery]:
        """Owe a Message about each Event to all who wish for it, in the order of the Events.

        Events that may share a Message do, up to ``announcer.most_together``; it stands where
        its first Event does.
        """
        composed = [
            (place, self._compose(wish, together, at))
            for wish in wishes
            for place, together in self._together(wish, events)
        ]
        composed.sort(key=lambda one: one[0])  # stable: by Subscription where the place is one
        return owe(tx, [delivery for _, delivery in composed])

    def _together(
        self, wish: Subscription, events: Sequence[Event]
    ) -> Iterator[tuple[int, list[Event]]]:
        """Give the Events that a Subscription wishes for, Message by Message, with their places."""
        shared: list[Event] = []
        first = 0
        for place, event in enumerate(events):
            if not _is_wished(wish, event):
                continue
            if not self.announcer.shares(event):
                yield place, [event]
                continue
            if not shared:
                first = place
            shared.append(event)
            if len(shared) == self.announcer.most_together:
                yield first, shared
                shared = []
        if shared:
            yield first, shared

    def _compose(self, wish: Subscription, events: Sequence[Event], at: datetime) -> Delivery:
        names = [event.name + (f".{event.suffix}" if event.suffix else "") for event in events]
        return Delivery(
            id=new_id(at),
            institution=self.institution,
            source=self.source,
            subscription=wish.number,
            endpoint=wish.endpoint,
            dialect=self.announcer.name,
            owner=wish.owner,
            lanes=tuple(self._lane(wish.endpoint, event) for event in events),
            event_name=names[0],
            records=tuple(event.subject.number for event in events),
            workstation="",
            body=self.announcer.compose_events(wish, events, at=at),
            created_at=at,
            due_at=at,
        )

    def _lane(self, endpoint: int, event: Event) -> int:
        """Give the lane that keeps the order of what one Endpoint is told of one Subject."""
        return lane_of(endpoint, self.source, event.subject.resource, event.subject.number)


def _is_wished(wish: Subscription, event: Event) -> bool:
    if wish.event_name != event.name:
        return False
    return not (wish.locations and event.locations) or bool(event.locations & {*wish.locations})
