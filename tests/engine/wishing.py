"""Wishing: Subscriptions to Events that are announced at once, and what they were owed."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from tests.fakes.clock import A_MONDAY_MORNING

from bitewing.model.delivery import Delivery
from bitewing.model.subscription import Bookmark, Endpoint, Subscription
from bitewing.ports.store import Store, Transaction

URL = "https://receiver.example/hook"
A_WISH = Subscription(
    number=0,
    institution="bright-smiles",
    source="",
    dialect="nexhealth",
    owner="owner-1",
    endpoint=0,
    url=URL,
    event_name="appointment_updated",
    watch=None,
    every=None,
    workstation="",
    note="",
    starts_at=A_MONDAY_MORNING,
    stops_at=None,
    bookmark=Bookmark(after=None),
)


@dataclass(frozen=True, slots=True)
class Message:
    """A body of FakeAnnouncer's, read back."""

    event: str
    subscription: int
    content: list[dict[str, Any]]
    previous: list[dict[str, Any] | None]


async def wish(store: Store, event: str, **more: Any) -> int:
    """Subscribe at an Endpoint that all these Subscriptions share; give the number."""

    def work(tx: Transaction) -> int:
        endpoint = tx.endpoints.obtain(
            Endpoint(
                id=0,
                institution="",
                owner="owner-1",
                url=URL,
                dialect="nexhealth",
                created_at=A_MONDAY_MORNING,
                updated_at=A_MONDAY_MORNING,
            )
        )
        made = replace(A_WISH, event_name=event, endpoint=endpoint.id, **more)
        return tx.subscriptions.add(made).number

    return await store.write(work)


async def owed(store: Store) -> list[Delivery]:
    """Give everything that was ever owed, in its order."""
    newest = await store.read(lambda tx: tx.outbox.recent(1_000_000))
    return newest[::-1]


async def messages(store: Store) -> list[Message]:
    """Give what was owed, read back."""
    return [msgspec.json.decode(one.body, type=Message) for one in await owed(store)]
