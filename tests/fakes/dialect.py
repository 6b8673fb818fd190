"""FakeDialect: the least that a webhook format can say; its bodies are easy to read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from tests.fakes.source import NOTES

from bitewing.model.change import watch_behind
from bitewing.model.delivery import Delivery, Headers
from bitewing.model.errors import NotFoundError
from bitewing.model.record import Record
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint


@dataclass(frozen=True, slots=True, order=True)
class Image:
    """One Record as it is written into a body."""

    key: int
    note: str | None
    stamp: str


class FakeDialect:
    """Implements the port ``Dialect``.

    Attributes:
        indigestible: keys of Records that cannot be composed.
        unknown_owners: owners whose credential is no longer configured.
    """

    name = "opendental"
    page_size = 1000
    timeout = timedelta(seconds=60)
    retries: RetrySchedule | None = None

    def __init__(self) -> None:
        self.indigestible: set[int] = set()
        self.unknown_owners: set[str] = set()

    def compose(self, event_name: str, source: str, records: Sequence[Record]) -> bytes:
        """Write key, note and stamp of each Record."""
        if any(record.key.number in self.indigestible for record in records):
            raise ValueError("quotes the Record: a canary")
        return msgspec.json.encode([_image(record) for record in records])

    def headers(self, delivery: Delivery, endpoint: Endpoint, at: datetime) -> Headers:
        """Name owner, workstation, Event and Delivery."""
        if delivery.owner in self.unknown_owners:
            raise NotFoundError("The credential is no longer configured.")
        return (
            ("Authorization", delivery.owner),
            ("Workstation", delivery.workstation),
            ("Event-Type", delivery.event_name),
            ("webhook-id", delivery.message_id),
            ("webhook-timestamp", str(int(at.timestamp()))),
        )


def read_body(body: bytes) -> list[Image]:
    """Read back what ``compose`` has written."""
    return msgspec.json.decode(body, type=list[Image])


def _image(record: Record) -> Image:
    note = record.native[NOTES[watch_behind(record.key.watch)]]
    stamp = record.native.get("DateTStamp") or b""
    return Image(record.key.number, None if note is None else note.decode(), stamp.decode())
