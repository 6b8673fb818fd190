"""Cells: whatever bytes a column has, a value comes out and nothing is raised."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from bitewing.dialects.nexhealth import cells

UNSET = (None, b"", b"0001-01-01", b"0001-01-01 00:00:00", b"0000-00-00", b"0000-00-00 00:00:00")
IMPOSSIBLE = (b"2020-02-30", b"2020-02-00", b"2020-13-01", b"soon", b"2020-01-01 25:00:00")


@pytest.mark.parametrize("cell", UNSET + IMPOSSIBLE)
def test_what_is_no_date_is_not_set(cell: bytes | None) -> None:
    """Zero dates, the first of January 1 and nonsense are all null."""
    assert cells.day(cell) is None
    assert cells.wall(cell) is None
    assert cells.wall_time(cell) is None
    assert cells.stamp(cell) is None


def test_a_stamp_is_utc_and_gets_milliseconds() -> None:
    """TIMESTAMP columns are read in UTC; a fraction that a server has is left out."""
    assert cells.stamp(b"2020-06-05 20:16:57") == "2020-06-05T20:16:57.000Z"
    assert cells.stamp(b"2020-06-05 20:16:57.007") == "2020-06-05T20:16:57.000Z"


def test_midnight_is_no_time_where_the_client_writes_it_for_nothing() -> None:
    """An arrival at the appointment's day, 00:00:00, is none."""
    assert cells.wall_time(b"2020-06-05 00:00:00") is None
    assert cells.wall_time(b"2020-06-05") is None
    assert str(cells.wall_time(b"2020-06-05 00:00:01")) == "2020-06-05 00:00:01"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (b"62", "62.00"),
        (b"62.5", "62.50"),
        (b"0.005", "0.01"),
        (b"-0.001", "0.00"),
        (b"-12.345", "-12.35"),
        (b"1e3", "1000.00"),
        (None, "0.00"),
        (b"", "0.00"),
        (b"free", "0.00"),
        (b"nan", "0.00"),
        (b"inf", "0.00"),
        (b"1e99", "0.00"),
    ],
)
def test_money_has_two_decimals(cell: bytes | None, written: str) -> None:
    """Half a cent goes up; what is no amount is nothing, and nothing is never negative."""
    assert cells.cents(cells.amount(cell)) == written


def test_a_text_may_hold_anything() -> None:
    """Bytes that are no UTF-8 become a replacement character; line breaks stay."""
    assert cells.text(b"Zo\xc3\xab\r\nX\xff") == "Zo\u00eb\r\nX\ufffd"
    assert cells.text(None) == ""
    assert cells.text_or_none(b"  ") is None


@given(st.none() | st.binary(max_size=30))
def test_nothing_is_ever_raised(cell: bytes | None) -> None:
    """One broken cell keeps no other Event from its receivers."""
    for read in (cells.whole, cells.flag, cells.text, cells.text_or_none, cells.day, cells.wall,
                 cells.wall_time, cells.stamp):  # fmt: skip
        read(cell)
    assert isinstance(cells.amount(cell), Decimal)
    cells.cents(cells.amount(cell))
