"""Records: what their fingerprint tells apart, and what they never show."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bitewing.model.record import NativeRow, Record, RecordKey, fingerprint

VALUES = st.lists(st.none() | st.binary(max_size=4), max_size=4)


def a_row(*values: bytes | None) -> NativeRow:
    return {f"Column{number}": value for number, value in enumerate(values)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([None], [b""]),
        ([b"a", None], [b"", b"a"]),
        ([b"a", None, b"b"], [b"a", b"b", None]),
        ([b"a#", b"b"], [b"a", b"#b"]),
        ([b"1;a"], [b"1", b"a"]),
        ([b"N;"], [None]),
        ([b"crown"], [b"crown "]),
        ([b"crown"], [b"Crown"]),
        (["é".encode()], [b"e"]),
        ([b"\x00"], [b""]),
    ],
)
def test_rows_that_look_alike_are_told_apart(
    one: list[bytes | None], other: list[bytes | None]
) -> None:
    """NULL is not the empty text, and no value runs over into the next."""
    assert fingerprint(a_row(*one)) != fingerprint(a_row(*other))


@given(one=VALUES, other=VALUES)
def test_fingerprints_are_equal_exactly_where_rows_are(
    one: list[bytes | None], other: list[bytes | None]
) -> None:
    """Equal values give equal fingerprints, others never do."""
    assert (fingerprint(a_row(*one)) == fingerprint(a_row(*other))) == (one == other)
    assert len(fingerprint(a_row(*one))) == 16


@pytest.mark.parametrize("other", [{"a": b"1", "c": b"2"}, {"b": b"2", "a": b"1"}])
def test_a_column_that_was_renamed_or_moved_is_another_content(other: NativeRow) -> None:
    """So that the images of all rows get the new names, before anybody writes that column."""
    assert fingerprint({"a": b"1", "b": b"2"}) != fingerprint(other)


def test_a_record_does_not_show_its_content() -> None:
    """Printed by mistake it tells the key, and no health data."""
    native = a_row(b"Harrison")
    record = Record(
        RecordKey("Patient", 28),
        native,
        {"clinicAbbr": "Southside"},
        datetime(2026, 3, 2, tzinfo=UTC),
        fingerprint(native),
    )

    assert "28" in repr(record)
    assert "Harrison" not in repr(record) and "Southside" not in repr(record)


def test_keys_have_an_order() -> None:
    """By Watch, then by number; negative ones first."""
    keys = [RecordKey("Patient", 1), RecordKey("Appointment", 2), RecordKey("Appointment", -3)]

    assert sorted(keys) == [keys[2], keys[1], keys[0]]
