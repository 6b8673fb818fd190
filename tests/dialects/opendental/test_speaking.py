"""The Dialect: bodies and headers."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.dialects.opendental.making import (
    CUSTOMER_KEY,
    NEW_YORK,
    TOKYO,
    a_delivery,
    a_dialect,
    a_record,
    an_endpoint,
)

from bitewing.model.errors import NotFoundError, SettingsError
from bitewing.ports.dialect import Dialect

AT = datetime(2022, 4, 21, 15, 46, 20, 999999, tzinfo=UTC)


def test_it_is_a_dialect() -> None:
    """It keeps the port's promises: a thousand Records a Message, one minute for the answer."""
    dialect: Dialect = a_dialect()

    assert (dialect.name, dialect.page_size) == ("opendental", 1000)
    assert dialect.timeout == timedelta(minutes=1)


def test_a_database_event_is_an_array_in_the_order_given() -> None:
    """Even one Record comes in an array; none is an empty one."""
    dialect, event = a_dialect(), "WatchTable: Operatory"
    two = [a_record("Operatory", OperatoryNum=b"7"), a_record("Operatory", OperatoryNum=b"3")]

    numbers = [
        one["OperatoryNum"] for one in json.loads(dialect.compose(event, "main-office", two))
    ]

    assert numbers == [7, 3]
    assert dialect.compose(event, "main-office", []) == b"[]"


def test_a_body_is_compact_utf8() -> None:
    """Nothing is escaped that need not be, and no blank is sent."""
    record = a_record("PatField", FieldName="Größe 🦷".encode())

    body = a_dialect().compose("WatchTable: PatField", "main-office", [record]).decode()

    assert '"FieldName":"Größe 🦷","FieldValue":""' in body


@pytest.mark.parametrize("count", [0, 2])
def test_a_ui_event_is_about_exactly_one_record(count: int) -> None:
    """Anything else is our own mistake and is said loudly."""
    records = [a_record("Patient")] * count

    with pytest.raises(ValueError, match="unpack"):
        a_dialect().compose("UiEventType: PatientSelected", "main-office", records)


def test_each_source_speaks_in_its_own_zone() -> None:
    """Two offices stamp the same instant differently."""
    dialect = a_dialect(zones={"main-office": NEW_YORK, "tokyo-office": TOKYO})
    record = a_record(DateTStamp=b"2021-05-03 12:30:12")

    stamps = [
        json.loads(dialect.compose("WatchTable: Appointment", source, [record]))[0]["DateTStamp"]
        for source in ("main-office", "tokyo-office")
    ]

    assert stamps == ["2021-05-03 08:30:12", "2021-05-03 21:30:12"]


@pytest.mark.parametrize(
    ("event_name", "source"),
    [("WatchTable: Nonsense", "main-office"), ("WatchTable: Patient", "closed-office")],
)
def test_an_unknown_event_or_source_is_not_found(event_name: str, source: str) -> None:
    """The error names what is missing."""
    with pytest.raises(NotFoundError, match=r"Nonsense|closed-office"):
        a_dialect().compose(event_name, source, [])


def test_the_headers_come_in_the_vendors_order_with_the_bare_key() -> None:
    """The Authorization has no ODFHIR before the key; ours come last."""
    headers = a_dialect().headers(a_delivery(id="dlv_1"), an_endpoint(), AT)

    assert headers == (
        ("Authorization", CUSTOMER_KEY),
        ("Workstation", "MOLLYR"),
        ("Event-Type", "WatchTable: Appointment"),
        ("Content-Type", "application/json"),
        ("webhook-id", "dlv_1"),
        ("webhook-timestamp", "1650555980"),
    )


def test_a_key_that_is_gone_is_said_with_what_to_do() -> None:
    """The sentence names the Source and the setting, and no key."""
    with pytest.raises(NotFoundError) as gone:
        a_dialect(customer_keys={"somebody": "SECRETSECRETSECR"}).headers(
            a_delivery(), an_endpoint(), AT
        )

    assert "customer_keys" in str(gone.value)
    assert "main-office" in str(gone.value)
    assert "SECRET" not in str(gone.value)


def test_a_version_that_is_none_is_refused_at_the_start() -> None:
    """A wrong setting does not wait for the first Event."""
    with pytest.raises(SettingsError):
        a_dialect(version="newest")


def test_the_http_face_renders_with_the_same_fields() -> None:
    """An element of a GET is the element of the Event."""
    dialect, record = a_dialect(), a_record("Operatory", OperatoryNum=b"3")

    shown = dialect.render_resource("Operatory", record, zone=NEW_YORK, read_at=None)

    assert shown == dialect.render("Operatory", record, NEW_YORK)
