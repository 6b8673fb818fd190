"""What becomes of one column's bytes."""

import pytest
from tests.dialects.opendental.making import NEW_YORK, TOKYO

from bitewing.dialects.opendental.rendering import values
from bitewing.dialects.opendental.rendering.values import Cell, Convert, Value

NO_DATE = "0001-01-01"
NEVER = "0001-01-01 00:00:00"
status = values.named(("Active", "Deleted"))
stamp = values.stamp(NEW_YORK)


@pytest.mark.parametrize(
    ("convert", "cell", "expected"),
    [
        (values.integer, b"18", 18),
        (values.integer, b"-9223372036854775808", -(2**63)),
        (values.integer, b"12.0", 12),
        (values.integer, b"x", 0),
        (values.integer, None, 0),
        (values.integer_text, b"7", "7"),
        (values.integer_text, None, "0"),
        (values.number, b"0", 0),
        (values.number, b"-0", 0),
        (values.number, b"12.5", 12.5),
        (values.number, b"150.00", 150),
        (values.number, b"1e300", 1e300),
        (values.number, b"nan", 0),
        (values.number, b"", 0),
        (values.number, None, 0),
        (values.number_text, b"-20", "-20"),
        (values.number_text, b"1.5", "1.5"),
        (values.number_text, None, "0"),
        (values.text, b"Gr\xc3\xb6\xc3\x9fe", "Größe"),
        (values.text, b"a\r\nb\nc\rd", "a b c d"),
        (values.text, b"\xffok", "\ufffdok"),
        (values.text, None, ""),
        (values.yes_no, b"1", "true"),
        (values.yes_no, b"0", "false"),
        (values.yes_no, b"2", "true"),
        (values.yes_no, None, "false"),
        (status, b"1", "Deleted"),
        (status, b"7", "7"),
        (status, b"-1", "-1"),
        (status, None, "Active"),
        (values.color, b"0", "0,0,0"),
        (values.color, b"-1", "255,255,255"),
        (values.color, b"-16744448", "0,128,0"),
        (values.color, None, "0,0,0"),
        (values.date, b"1986-11-06", "1986-11-06"),
        (values.date, b"1986-11-06 00:00:00", "1986-11-06"),
        (values.date, b"0000-00-00", NO_DATE),
        (values.date, b"1986-00-00", NO_DATE),
        (values.date, b"1986-02-30", NO_DATE),
        (values.date, None, NO_DATE),
        (values.moment, b"2020-07-31 08:30:00", "2020-07-31 08:30:00"),
        (values.moment, b"2020-07-31 08:30:00.500000", "2020-07-31 08:30:00"),
        (values.moment, b"2020-07-31", "2020-07-31 00:00:00"),
        (values.moment, b"0000-00-00 00:00:00", NEVER),
        (values.moment, b"2020-07-31 25:00:00", NEVER),
        (values.moment, b"soon", NEVER),
        (values.moment, None, NEVER),
        (values.time_of_day, b"08:00:00", "08:00:00"),
        (values.time_of_day, b"08:00:00.000000", "08:00:00"),
        (values.time_of_day, b"-01:00:00", "00:00:00"),
        (values.time_of_day, b"838:59:59", "00:00:00"),
        (values.time_of_day, None, "00:00:00"),
        (stamp, b"2021-05-03 12:30:12", "2021-05-03 08:30:12"),
        (stamp, b"2021-01-03 12:30:12", "2021-01-03 07:30:12"),
        (stamp, b"0000-00-00 00:00:00", NEVER),
        (stamp, b"0001-01-01 00:00:00", NEVER),
        (stamp, None, NEVER),
    ],
)
def test_a_cell_is_written_as_the_api_writes_it(
    convert: Convert, cell: Cell, expected: Value
) -> None:
    """Also where it is missing, NULL, zero, partial or broken."""
    written = convert(cell)

    assert (written, type(written)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        (b"2022-03-13 06:59:59", "2022-03-13 01:59:59"),
        (b"2022-03-13 07:00:00", "2022-03-13 03:00:00"),
        (b"2022-11-06 05:59:59", "2022-11-06 01:59:59"),
        (b"2022-11-06 06:00:00", "2022-11-06 01:00:00"),
    ],
)
def test_a_stamp_follows_the_offices_clock_through_both_changes(utc: bytes, shown: str) -> None:
    """In spring an hour is left out, in autumn one is shown twice."""
    assert stamp(utc) == shown


def test_a_stamp_at_the_end_of_the_calendar_is_shown_all_the_same() -> None:
    """East of Greenwich it would belong to the year 10000."""
    assert values.stamp(TOKYO)(b"9999-12-31 23:59:59") == "9999-12-31 23:59:59"


def test_an_enums_label_has_no_blanks() -> None:
    """A definition's name is written like the name of an enum."""
    assert values.without_blanks(" Standard  Account ") == "StandardAccount"
