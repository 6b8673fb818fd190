"""FakeAnnouncer: the least that a Dialect which announces at once can say; easy to read back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from tests.fakes.source import NOTES

from bitewing.model.change import Change
from bitewing.model.event import Event, Portrait, Subject
from bitewing.model.lights import Aspect, Lights
from bitewing.model.subscription import Subscription
from bitewing.ports.picture import Picture


class FakeAnnouncer:
    """Implements the port ``Announcer``: every Record with a note is a resource.

    Attributes:
        asked: how often something was to be portrayed.
        indigestible: keys of Records that cannot be portrayed.
        withdrawn: fingerprints of credentials that are no longer configured.
    """

    name = "nexhealth"
    most_together = 100
    page_size = 1
    timeout = timedelta(seconds=15)

    def __init__(self) -> None:
        self.asked = 0
        self.indigestible: set[int] = set()
        self.withdrawn: set[str] = set()

    def serves(self, owner: str, institution: str) -> bool:
        """All but the withdrawn."""
        return owner not in self.withdrawn

    def subjects(self, change: Change, picture: Picture) -> set[Subject]:
        """The Record itself."""
        return {Subject(change.key.watch, change.key.number)}

    def portray(self, subject: Subject, picture: Picture) -> Portrait | None:
        """Key, note and our id."""
        self.asked += 1
        if subject.number in self.indigestible:
            raise ValueError("quotes the Record: a canary")
        record = picture.record(subject.resource, subject.number)
        if record is None:
            return None
        note = record.native[NOTES[subject.resource]]
        return {
            "id": picture.identity(subject.resource, str(subject.number)),
            "foreign_id": str(subject.number),
            "note": None if note is None else note.decode(errors="replace"),
        }

    def announce(
        self, subject: Subject, before: Portrait | None, after: Portrait | None
    ) -> Event | None:
        """created, updated, or updated with ``deleted``."""
        resource = subject.resource.lower()
        if before is None:
            if after is None:
                return None
            return Event(f"{resource}_created", subject, msgspec.json.encode(after))
        now = after if after is not None else {**before, "deleted": True}
        previous = {key: before.get(key) for key in now if before.get(key) != now[key]}
        if not previous:
            return None
        content, changed = msgspec.json.encode(now), msgspec.json.encode(previous)
        return Event(f"{resource}_updated", subject, content, changed)

    def light_changed(self, aspect: Aspect, lights: Lights, picture: Picture) -> Event:
        """Say which light it is."""
        light = lights.read if aspect is Aspect.READ else lights.write
        subject = Subject("SyncStatus", picture.identity("DataSource", picture.source))
        content = msgspec.json.encode({"read": lights.read, "write": lights.write})
        return Event(f"sync_status_{aspect}_change", subject, content, suffix=light.value)

    def shares(self, event: Event) -> bool:
        """Created ones do."""
        return event.name.endswith("_created")

    def compose_events(
        self, subscription: Subscription, events: Sequence[Event], *, at: datetime
    ) -> bytes:
        """Write name, contents and what was before."""
        return msgspec.json.encode(
            {
                "event": events[0].name,
                "subscription": subscription.number,
                "at": at,
                "content": [msgspec.Raw(event.content) for event in events],
                "previous": [msgspec.Raw(event.previous or b"null") for event in events],
            }
        )
