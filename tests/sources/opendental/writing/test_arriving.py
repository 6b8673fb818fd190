"""The time at which a patient came in is written as the clinic's clock shows it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.practice.looking import copy
from tests.sources.conformance.writing.practices import served

from bitewing.model.writing import Booking, Written

AT = datetime(2026, 3, 8, 15, tzinfo=UTC)
DENVER = ZoneInfo("America/Denver")


async def test_a_clinic_elsewhere_has_its_own_clock(tmp_path: Path) -> None:
    """Booking and arrival show the same time; without a zone it is the practice's."""
    url = f"sqlite:///{tmp_path / 'practice.db'}"
    copy(url)
    query = "SELECT AptDateTime, DateTimeArrived FROM appointment WHERE AptNum = ?"
    async with served(url) as practice:
        booked = await practice.writer.book(Booking(3, 1, 1, AT, 30, zone=DENVER))
        assert isinstance(booked, Written)
        await practice.writer.arrive(booked.native, AT, DENVER)
        there = practice.rows(query, booked.native)
        await practice.writer.arrive(booked.native, AT)
        at_home = practice.rows(query, booked.native)

    assert there == [("2026-03-08 09:00:00", "2026-03-08 09:00:00")]
    assert at_home == [("2026-03-08 09:00:00", "2026-03-08 11:00:00")]
