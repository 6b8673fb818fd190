"""Making the Messages that the transport's tests send."""

from datetime import timedelta

from bitewing.model.delivery import Headers, Message

HEADERS: Headers = (
    ("Authorization", "VzkmZEaUWOjnQX2z"),
    ("Workstation", "MOLLYR"),
    ("Event-Type", "WatchTable: Appointment"),
)


def message(
    url: str, *, headers: Headers = HEADERS, body: bytes = b'[{"AptNum":1}]', seconds: float = 5.0
) -> Message:
    """Compose a small Message for this URL."""
    return Message(url=url, headers=headers, body=body, timeout=timedelta(seconds=seconds))
