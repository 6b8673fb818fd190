"""Values that the tests of this dialect begin with."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.picture import Columns, FakePicture, record_of

from bitewing.dialects.nexhealth.customs import Customs, Office
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.model.change import Change, ChangeKind
from bitewing.model.delivery import Delivery
from bitewing.model.record import Record
from bitewing.model.subscription import Bookmark, Endpoint, Subscription

NEW_YORK = ZoneInfo("America/New_York")
SENT_AT = datetime(2024, 3, 21, 17, 52, 47, 824000, tzinfo=UTC)

KEYS = {
    "Appointment": "AptNum",
    "AppointmentType": "AppointmentTypeNum",
    "Clinic": "ClinicNum",
    "Definition": "DefNum",
    "EForm": "EFormNum",
    "HistAppointment": "HistApptNum",
    "InsPlan": "PlanNum",
    "InsSub": "InsSubNum",
    "Operatory": "OperatoryNum",
    "PatPlan": "PatPlanNum",
    "Patient": "PatNum",
    "Preference": "PrefNum",
    "Procedure": "ProcNum",
    "ProcedureCode": "CodeNum",
    "Provider": "ProvNum",
    "Sheet": "SheetNum",
}
"""Watch → primary key."""


def some_customs(**changes: Any) -> Customs:
    return replace(Customs(offices={"main-office": Office(NEW_YORK)}), **changes)


def a_dialect(**changes: Any) -> NexHealth:
    return NexHealth(some_customs(**changes), institutions={"bright-smiles": 7})


def a_record(watch: str, number: int, **columns: str | int | None) -> Record:
    return record_of(watch, number, {KEYS[watch]: number, **columns})


def a_picture(*records: Record) -> FakePicture:
    return FakePicture(records)


def a_scene(*records: Record, **changes: Any) -> Scene:
    return Scene(a_picture(*records), some_customs(**changes))


def native(columns: Columns) -> dict[str, bytes | None]:
    return dict(record_of("Appointment", 1, columns).native)


def a_change(before: Record | None, after: Record | None) -> Change:
    present = after or before
    assert present is not None
    kind = ChangeKind.UPDATED
    if before is None or after is None:
        kind = ChangeKind.CREATED if before is None else ChangeKind.DELETED
    return Change("main-office", 1, kind, present.key, SENT_AT, SENT_AT, before, after)


def a_subscription(**changes: Any) -> Subscription:
    return replace(
        Subscription(
            number=2,
            institution="bright-smiles",
            source="",
            dialect="nexhealth",
            owner="owner-fingerprint",
            endpoint=1,
            url="https://receiver.example/hook",
            event_name="appointment_created",
            watch=None,
            every=None,
            workstation="",
            note="",
            starts_at=SENT_AT,
            stops_at=None,
            bookmark=Bookmark(after=0),
        ),
        **changes,
    )


def an_endpoint(**changes: Any) -> Endpoint:
    return replace(
        Endpoint(
            id=1,
            institution="",
            owner="owner-fingerprint",
            url="https://receiver.example/hook",
            dialect="nexhealth",
            created_at=SENT_AT,
            updated_at=SENT_AT,
            secret="NArWk7gdI96Bdn",
        ),
        **changes,
    )


def a_delivery(**changes: Any) -> Delivery:
    return Delivery(
        id="msg_1",
        institution="bright-smiles",
        source="main-office",
        subscription=2,
        endpoint=1,
        dialect="nexhealth",
        owner="owner-fingerprint",
        lanes=(),
        event_name="appointment_created",
        records=(18,),
        workstation="",
        body=b"{}",
        created_at=SENT_AT,
        due_at=SENT_AT,
    )._replace(
        **changes,
    )
