"""Digests: what the server calculates of a row is what we calculate of its Record."""

import operator
from functools import reduce

import pytest
from tests.sources.opendental.office import DentalOffice

from bitewing.model.record import Outline, outline_of
from bitewing.model.watch import Depth

ODD_COLUMNS = (
    "ADD COLUMN Latin VARCHAR(50) CHARACTER SET latin1",
    "ADD COLUMN Ucs VARCHAR(50) CHARACTER SET ucs2",
    "ADD COLUMN Dbl DOUBLE",
    "ADD COLUMN Flt FLOAT",
    "ADD COLUMN Amount DECIMAL(20,6)",
    "ADD COLUMN Raw BLOB",
    "ADD COLUMN Tiny TINYINT(4)",
    "ADD COLUMN Wide BIGINT UNSIGNED",
    "ADD COLUMN Span TIME",
    "ADD COLUMN Span6 TIME(6)",
    "ADD COLUMN Wall DATETIME",
    "ADD COLUMN Wall6 DATETIME(6)",
    "ADD COLUMN Day DATE",
    "ADD COLUMN Yr YEAR",
    "ADD COLUMN Kind ENUM('a','b''c') CHARACTER SET latin1",
    "ADD COLUMN Bits BIT(12)",
)
ODD_VALUES = [
    ("Latin", "'Zoë ½'"),
    ("Latin", "''"),
    ("Ucs", "'Zoë'"),
    ("Dbl", "0.1 + 0.2"),
    ("Dbl", "-0e0"),
    ("Dbl", "1e300"),
    ("Dbl", "1e15"),
    ("Dbl", "123456789012345678"),
    ("Dbl", "1e-7"),
    ("Dbl", "1/3"),
    ("Flt", "0.1"),
    ("Flt", "16777217"),
    ("Flt", "1e-9"),
    ("Amount", "12.5"),
    ("Amount", "-0.000001"),
    ("Raw", "0x00ff80fe27"),
    ("Raw", "''"),
    ("Tiny", "-3"),
    ("Wide", "18446744073709551615"),
    ("Span", "'838:59:59'"),
    ("Span", "'-01:00:00'"),
    ("Span6", "'00:00:00.5'"),
    ("Wall", "'0000-00-00 00:00:00'"),
    ("Wall", "'2024-00-00 00:00:00'"),
    ("Wall6", "'2026-03-02 12:00:00.25'"),
    ("Day", "'0000-00-00'"),
    ("Day", "'0001-01-01'"),
    ("Yr", "0"),
    ("Kind", "'b''c'"),
    ("Bits", "b'101'"),
    ("Note", "'4 bytes: \U0001f9b7'"),
    ("Note", "'8:N;,''\\\\'"),
    ("Note", "REPEAT('crown ', 10000)"),
    ("DateTStamp", "'0000-00-00 00:00:00'"),
    ("DateTStamp", "'2026-03-02 12:00:00'"),
]


async def outlines_of(office: DentalOffice, name: str) -> dict[int, Outline]:
    """Ask for both depths."""
    watch = office.watch(name)
    marks, digests = [
        await office.source.outlines(watch, depth, after=None, up_to=None)
        for depth in (Depth.STAMPS, Depth.ROWS)
    ]
    return {key: Outline(mark, digests[key]) for key, mark in marks.items()}


async def agree(office: DentalOffice, name: str) -> int:
    """See that everything the server says of a table is what we say; give its rows."""
    await office.source.open()
    ours = {one.key.number: outline_of(one) for one in await office.records(name)}
    watch = office.watch(name)
    assert await outlines_of(office, name) == ours
    for depth, position in ((Depth.STAMPS, 0), (Depth.ROWS, 1)):
        digest = await office.source.digest_after(watch, depth, after=None, limit=1000)
        assert digest.bits == reduce(operator.xor, (one[position] for one in ours.values()), 0)
    return len(ours)


async def test_odd_values_are_digested_as_they_are_read(own_office: DentalOffice) -> None:
    """Whatever their type: the text that is sent is the text that is digested."""
    run = own_office.writer.run
    run("SET sql_mode = ''")
    run(f"ALTER TABLE appointment {', '.join(ODD_COLUMNS)}")
    for number in range(1, len(ODD_VALUES) + 1):
        own_office.add("Appointment", number)
    for number, (column, value) in enumerate(ODD_VALUES, start=1):
        run(f"UPDATE appointment SET {column} = {value} WHERE AptNum = {number}")
    run("INSERT INTO appointment (AptNum) VALUES (1000)")

    assert await agree(own_office, "Appointment") == len(ODD_VALUES) + 1


async def test_a_row_that_is_too_large_to_be_digested_differs_from_all(
    own_office: DentalOffice,
) -> None:
    """Ten megabytes can be; the row is read and compared all the same."""
    own_office.add("Appointment", 1)
    own_office.writer.run("ALTER TABLE appointment MODIFY Note LONGTEXT")
    own_office.writer.run("UPDATE appointment SET Note = REPEAT('x', 10 * 1024 * 1024)")

    assert await agree(own_office, "Appointment") == 1


@pytest.mark.parametrize(
    "note", [None, "", "a", "4 bytes: \U0001f9b7", "N;", "1:a", "\x00", " trailing "]
)
@pytest.mark.parametrize("fee", [0, 12.5, -0.0, 0.1 + 0.2, 1e300, 1e15, 123456789.123])
async def test_a_files_rows_are_digested_as_they_are_read(
    file_office: DentalOffice, note: str | None, fee: float
) -> None:
    """SQLite has no such digest of its own; ours must be taught the same."""
    file_office.add("Patient", 1, {"AddrNote": note, "EstBalance": fee})

    assert await agree(file_office, "Patient") == 1


async def test_what_has_no_stamp_is_marked_by_its_key(office: DentalOffice) -> None:
    """A table of parts."""
    for number in (-5, 0, 7):
        office.writer.insert(
            "scheduleop", {"ScheduleOpNum": number, "ScheduleNum": 1, "OperatoryNum": 2}
        )

    assert await agree(office, "ScheduleOp") == 3


async def test_a_log_is_digested_as_far_as_it_is_followed(office: DentalOffice) -> None:
    """Rows of other actions are none of its Records."""
    for number, action in ((1, 4), (2, 0), (3, 4)):
        office.writer.insert("histappointment", {"HistApptNum": number, "HistApptAction": action})

    assert await agree(office, "AppointmentDeleted") == 2


async def test_what_other_tables_compose_is_not_digested(office: DentalOffice) -> None:
    """The server sees a schedule's own columns; its parts are swept by themselves."""
    office.add("Schedule", 1)
    before = await outlines_before(office)
    office.writer.insert("scheduleop", {"ScheduleOpNum": 1, "ScheduleNum": 1, "OperatoryNum": 5})

    assert await outlines_of(office, "Schedule") == before
    assert await agree(office, "Schedule") == 1


async def outlines_before(office: DentalOffice) -> dict[int, Outline]:
    await office.source.open()
    return await outlines_of(office, "Schedule")
