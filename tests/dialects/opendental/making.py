"""Values that the tests of this dialect begin with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.model.delivery import Delivery
from bitewing.model.record import Record, RecordKey
from bitewing.model.subscription import Bookmark, Endpoint, Subscription

NEW_YORK = ZoneInfo("America/New_York")
TOKYO = ZoneInfo("Asia/Tokyo")
OWNER = "owner-fingerprint"
CUSTOMER_KEY = "VzkmZEaUWOjnQX2z"


def a_dialect(**changes: Any) -> OpenDental:
    settings: dict[str, Any] = {
        "zones": {"main-office": NEW_YORK},
        "customer_keys": {OWNER: CUSTOMER_KEY},
    }
    return OpenDental(**settings | changes)


def a_record(watch: str = "Appointment", **columns: bytes | None) -> Record:
    return Record(RecordKey(watch, 1), columns, {}, None, b"")


def a_subscription(**changes: Any) -> Subscription:
    return replace(
        Subscription(
            number=5,
            institution="bright-smiles",
            source="main-office",
            dialect="opendental",
            owner=OWNER,
            endpoint=1,
            url="https://myserver/apievents/appointmentevent",
            event_name="WatchTable: Appointment",
            watch="Appointment",
            every=timedelta(seconds=10),
            workstation="MOLLYR",
            note="front desk",
            starts_at=datetime(2022, 1, 31, 5, tzinfo=UTC),
            stops_at=None,
            bookmark=Bookmark(after=0),
        ),
        **changes,
    )


def an_endpoint(url: str = "https://myserver/apievents/appointmentevent") -> Endpoint:
    at = datetime(2022, 4, 21, 15, 46, 20, tzinfo=UTC)
    return Endpoint(1, "bright-smiles", OWNER, url, "opendental", at, at)


def a_delivery(**changes: Any) -> Delivery:
    at = datetime(2022, 4, 21, 15, 46, 20, tzinfo=UTC)
    return Delivery(
        id="dlv_01HQ7Z3N5V8K2T4W6Y9A1C3E5G",
        institution="bright-smiles",
        source="main-office",
        subscription=5,
        endpoint=1,
        dialect="opendental",
        owner=OWNER,
        lanes=(5,),
        event_name="WatchTable: Appointment",
        records=(18,),
        workstation="MOLLYR",
        body=b"[]",
        created_at=at,
        due_at=at,
    )._replace(
        **changes,
    )
