"""Making and sending the Messages of the transport's tests."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.fakes.sender import Message

from bitewing.model.delivery import Destination, Headers, Outcome
from bitewing.ports.sender import Posting, Sender

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


async def send(sender: Sender, one: Message) -> Outcome:
    """Post a Message, and wait for what comes of it."""
    ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def end(outcomes: Sequence[tuple[Any, Outcome]]) -> None:
        ((_, outcome),) = outcomes
        ended.set_result(outcome)

    sender.post(*posting(one), end)
    return await ended


def posting(*messages: Message) -> tuple[Destination, list[Posting]]:
    """Give what a sender is given to post Messages to one receiver; the token is their place."""
    first = messages[0]
    destination = Destination(first.url, first.timeout, first.ca_pem)
    return destination, [(place, one.headers, one.body) for place, one in enumerate(messages)]
