"""Values come out as the server wrote them, and every difference shows in the fingerprint."""

from itertools import pairwise

import pytest
from tests.sources.opendental.office import DentalOffice

from bitewing.model.record import Record
from bitewing.practice.database import Value

TEN_MEGABYTES = "n" * 10_000_000

ON_ANY_DATABASE: list[tuple[str, str, list[tuple[Value, bytes | None]]]] = [
    ("Appointment", "Note", [(None, None), ("", b""), ("x", b"x"), ("x ", b"x "), ("X", b"X")]),
    ("Appointment", "Note", [("e", b"e"), ("é", b"\xc3\xa9"), ("e\u0301", b"e\xcc\x81")]),
    ("Appointment", "AptDateTime", [("0001-01-01 00:00:00", b"0001-01-01 00:00:00")]),
    (
        "Patient",
        "Birthdate",
        [
            ("0000-00-00", b"0000-00-00"),
            ("2024-00-00", b"2024-00-00"),
            ("2024-02-00", b"2024-02-00"),
            ("0001-01-01", b"0001-01-01"),
        ],
    ),
    (
        "Patient",
        "EstBalance",
        [(0, b"0"), (0.1, b"0.1"), (0.30000000000000004, None), (-12.5, b"-12.5")],
    ),
    ("Appointment", "Pattern", [("//XX//", b"//XX//"), ("a#\0b", b"a#\0b"), ("\\", b"\\")]),
]


async def written(office: DentalOffice, watch: str, column: str, value: Value) -> Record:
    office.change(watch, 1, {column: value})
    [record] = await office.source.fetch(office.watch(watch), [1])
    return record


@pytest.mark.parametrize(("watch", "column", "values"), ON_ANY_DATABASE)
async def test_values_come_out_as_written(
    office: DentalOffice, watch: str, column: str, values: list[tuple[Value, bytes | None]]
) -> None:
    """Dates that are none, NULL, blanks, letters and numbers keep their bytes."""
    office.add(watch, 1)
    await office.source.open()
    records = [await written(office, watch, column, value) for value, _ in values]
    seen = [record.native[column] for record in records]

    assert [a for a, (_, b) in zip(seen, values, strict=True) if b is not None or a is None] == [
        b for a, (_, b) in zip(seen, values, strict=True) if b is not None or a is None
    ]
    assert len(set(seen)) == len(values)
    assert len({record.fingerprint for record in records}) == len(values)


ON_A_SERVER: list[tuple[str, list[tuple[str, bytes | None]]]] = [
    ("time NULL", [("'838:59:59'", b"838:59:59"), ("'-838:59:59'", b"-838:59:59")]),
    ("time NULL", [("'00:00:00'", b"00:00:00"), ("'-00:00:01'", b"-00:00:01"), ("NULL", None)]),
    ("double NULL", [("0", b"0"), ("-0.1", b"-0.1"), ("1e300", b"1e300"), ("0.1", b"0.1")]),
    ("decimal(10,3) NULL", [("1.5", b"1.500"), ("1.501", b"1.501")]),
    ("datetime NULL", [("'0000-00-00'", b"0000-00-00 00:00:00"), ("NULL", None)]),
    ("date NULL", [("'0000-00-00'", b"0000-00-00"), ("'2024-00-00'", b"2024-00-00")]),
    ("longblob NULL", [("''", b""), ("NULL", None), ("x'00ff'", b"\x00\xff")]),
    ("varbinary(20) NULL", [("x'c328'", b"\xc3\x28"), ("x'c3'", b"\xc3"), ("x'80'", b"\x80")]),
    (
        "varchar(20) CHARACTER SET utf8mb4 NULL",
        [("'\U0001f600'", "\U0001f600".encode()), ("'\U0001f601'", "\U0001f601".encode())],
    ),
    (
        "varchar(20) CHARACTER SET latin1 NULL",
        [("x'81'", b"\xc2\x81"), ("x'80'", "€".encode()), ("x'e9'", "é".encode())],
    ),
    ("bigint unsigned NULL", [("18446744073709551615", b"18446744073709551615"), ("0", b"0")]),
    ("bit(8) NULL", [("b'0'", b"\x00"), ("b'11111111'", b"\xff")]),
]


@pytest.mark.parametrize(("kind", "values"), ON_A_SERVER)
async def test_every_kind_of_column_keeps_its_bytes(
    own_office: DentalOffice, kind: str, values: list[tuple[str, bytes | None]]
) -> None:
    """A column of any kind that a practice may have added comes out as MySQL prints it."""
    office = own_office
    office.writer.run(f"ALTER TABLE patient ADD COLUMN Extra {kind}")
    office.add("Patient", 1)
    await office.source.open()
    records = []
    for literal, _ in values:
        office.writer.run(f"UPDATE patient SET Extra = {literal} WHERE PatNum = 1")
        records += await office.source.fetch(office.watch("Patient"), [1])

    assert [record.native["Extra"] for record in records] == [expected for _, expected in values]
    assert len({record.fingerprint for record in records}) == len(values)


async def test_what_moves_between_columns_shows(office: DentalOffice) -> None:
    """('a#', 'b') and ('a', '#b'), ('x', NULL) and (NULL, 'x'): neighbours do not run together."""
    office.add("Patient", 1)
    await office.source.open()
    fingerprints = []
    for last, first in (("a#", "b"), ("a", "#b"), ("x", None), (None, "x"), ("x", ""), ("", "x")):
        office.change("Patient", 1, {"LName": last, "FName": first})
        office.stamp("Patient", 1, (await office.source.reach()).now)
        [record] = await office.source.fetch(office.watch("Patient"), [1])
        fingerprints.append((record.native["LName"], record.native["FName"], record.fingerprint))

    assert len({one[2] for one in fingerprints}) == len(fingerprints)


async def test_a_moved_stamp_alone_shows(office: DentalOffice) -> None:
    """The stamp belongs to the content: Open Dental announces a touch."""
    office.add("Patient", 1)
    reach_before = await office.source.reach()
    office.stamp("Patient", 1, reach_before.now.replace(year=2025))
    before = await office.record("Patient")
    office.stamp("Patient", 1, reach_before.now.replace(year=2024))
    after = await office.record("Patient")

    assert before.fingerprint != after.fingerprint


async def test_the_same_row_has_the_same_fingerprint(office: DentalOffice) -> None:
    """Reading changes nothing, by whichever way a row is read."""
    office.add("Patient", 1, {"LName": "Smith", "EstBalance": 0.1})
    read = await office.record("Patient")
    [fetched] = await office.source.fetch(office.watch("Patient"), [1])

    assert fetched == read


async def test_a_note_of_ten_megabytes_comes_whole(own_office: DentalOffice) -> None:
    """A note longer than most packets is read to its end; its last letter shows."""
    office = own_office
    office.writer.run("ALTER TABLE patient MODIFY AddrNote longtext")
    office.add("Patient", 1)
    await office.source.open()
    long = await written(office, "Patient", "AddrNote", TEN_MEGABYTES)
    other = await written(office, "Patient", "AddrNote", TEN_MEGABYTES[:-1] + "m")

    assert long.native["AddrNote"] == TEN_MEGABYTES.encode()
    assert long.fingerprint != other.fingerprint


@pytest.mark.parametrize("stamp", ["'0000-00-00 00:00:00'", "NULL"])
async def test_a_stamp_that_is_no_moment_is_none(own_office: DentalOffice, stamp: str) -> None:
    """Rows of ancient versions may have a zero stamp or none; they are read all the same."""
    office = own_office
    office.writer.run(
        "ALTER TABLE patient MODIFY DateTStamp timestamp NULL ON UPDATE current_timestamp()"
    )
    office.add("Patient", 1)
    office.writer.run(f"UPDATE patient SET DateTStamp = {stamp}")
    record = await office.record("Patient")

    assert record.stamped_at is None


async def test_records_never_show_their_values(office: DentalOffice) -> None:
    """A Record that is printed by mistake shows its key alone."""
    office.add("Patient", 1, {"LName": "Canarypatient"})
    records = await office.records("Patient")

    assert "Canary" not in f"{records!r}{records}"
    assert all(first.key <= second.key for first, second in pairwise(records))
