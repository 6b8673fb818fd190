"""Values to remember, plausible where it matters and short where it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bitewing.model.change import Change, ChangeKind
from bitewing.model.delivery import (
    Attempt,
    Claim,
    Delivery,
    DeliveryState,
    Outcome,
    OutcomeKind,
    Sent,
    Settlement,
)
from bitewing.model.record import Record, RecordKey, fingerprint
from bitewing.model.subscription import Bookmark, Endpoint, Subscription
from bitewing.ports.outbox import Want
from bitewing.ports.records import Seen
from bitewing.ports.store import Transaction

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after_noon(seconds: float) -> datetime:
    """Give a moment so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def a_record(number: int, *, watch: str = "Appointment", note: bytes | None = b"crown") -> Record:
    native = {
        "AptNum": b"%d" % number,
        "AptDateTime": b"2026-03-02 12:00:00",
        "Note": note,
        "Blob": b"\x00\xff\xfe",
        "DateTStamp": b"2026-03-02 11:59:00",
    }
    derived = {"confirmed": "Unconfirmed", "provAbbr": "DOC1"}
    return Record(RecordKey(watch, number), native, derived, after_noon(-60), fingerprint(native))


def seen(record: Record, *, change: int = 0, seconds: float = 0) -> Seen:
    """Give a Record for the baseline that changed so many seconds after noon."""
    return Seen(record, change, after_noon(seconds))


def put_some(transaction: Transaction, *some: Seen, source: str = "main") -> None:
    transaction.records.put(source, some)


def a_change(
    number: int, *, source: str = "main", watch: str = "Appointment", seconds: float = 0
) -> Change:
    """Give an update of Record ``100 + number`` that was made so many seconds after noon."""
    before = a_record(100 + number, watch=watch, note=b"before")
    after = a_record(100 + number, watch=watch, note=b"after")
    return Change(
        source=source,
        number=number,
        kind=ChangeKind.UPDATED,
        key=after.key,
        noticed_at=after_noon(seconds + 1),
        changed_at=after_noon(seconds),
        before=before,
        after=after,
    )


def a_subscription(*, owner: str = "owner-1", note: str = "") -> Subscription:
    return Subscription(
        number=0,
        institution="bright-smiles",
        source="main",
        dialect="opendental",
        owner=owner,
        endpoint=1,
        url="https://receiver.example/events",
        event_name="WatchTable: Appointment",
        watch="Appointment",
        every=timedelta(seconds=30),
        workstation="",
        note=note,
        starts_at=NOON,
        stops_at=None,
        bookmark=Bookmark(after=0),
    )


def a_delivery(
    identity: str,
    *,
    lane: int | None = None,
    lanes: Sequence[int] = (),
    endpoint: int = 1,
    due: float = 0,
    subscription: int = 1,
    records: Sequence[int] = (28,),
) -> Delivery:
    """Give a pending Delivery that is due so many seconds after noon."""
    return Delivery(
        id=identity,
        institution="bright-smiles",
        source="main",
        subscription=subscription,
        endpoint=endpoint,
        dialect="opendental",
        owner="owner-1",
        lanes=tuple(lanes) if lane is None else (lane,),
        event_name="WatchTable: Appointment",
        records=tuple(records),
        workstation="BITEWING",
        body=b'[{"AptNum":28}]\x00\xff',
        created_at=NOON,
        due_at=after_noon(due),
    )


def an_attempt(delivery: str, ordinal: int = 1, *, seconds: float = 0) -> Attempt:
    return Attempt(delivery, ordinal, after_noon(seconds), Outcome(OutcomeKind.ANSWERED, 200))


def a_sent(claim: Claim, *, seconds: float = 0, is_taken: bool = True) -> Sent:
    """Give a claim that was sent so many seconds after noon."""
    outcome = Outcome(OutcomeKind.ANSWERED, 200 if is_taken else 500)
    at = after_noon(seconds)
    return Sent(claim, at, outcome, at, is_taken)


def add_deliveries(transaction: Transaction, *deliveries: Delivery) -> None:
    transaction.outbox.add(deliveries)


def claim_at(
    transaction: Transaction, seconds: float, *, limit: int = 100, endpoint: int = 1
) -> list[str]:
    """Claim for a minute what is due so many seconds after noon; give the ids, retries last."""
    now, claimed = after_noon(seconds), list[str]()
    for is_retry in (False, True):
        want = Want(endpoint, is_retry, limit - len(claimed))
        found = transaction.outbox.claim(now, now + timedelta(minutes=1), want)
        claimed += [claim.delivery.id for claim in found]
    return claimed


def settle_as(
    transaction: Transaction, delivery: str, state: DeliveryState, *, due: float = 0
) -> bool:
    """Settle; a pending one is due again so many seconds after noon. Tell whether it moved."""
    due_at = after_noon(due) if state is DeliveryState.PENDING else None
    return bool(transaction.outbox.settle([Settlement(an_attempt(delivery), state, due_at)]))


def an_endpoint(url: str = "https://receiver.example/events", **changes: Any) -> Endpoint:
    """Give an Endpoint that no store knows yet."""
    plain = Endpoint(
        id=0,
        institution="bright-smiles",
        owner="owner-1",
        url=url,
        dialect="nexhealth",
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(plain, **changes)
