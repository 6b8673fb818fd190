"""Lookup: people read from the practice itself, with its clock."""

import pytest
from tests.engine.flow import Flow

from bitewing.engine.operations.lookup import Lookup
from bitewing.model.errors import SourceUnavailableError
from bitewing.model.inquiry import Inquiry


def a_lookup(flow: Flow) -> Lookup:
    return Lookup({"main": flow.source}, flow.clock)


async def test_the_clock_is_read_before_the_rows(watching: Flow) -> None:
    """Who asks again "since then" must not miss what was written in between."""
    watching.source.calls.clear()
    found = await a_lookup(watching).find("main", Inquiry("Appointment"))

    assert watching.source.calls == ["read_clock", "find"]
    assert found.read_at == watching.source.now
    assert [record.key.number for record in found.records] == [1, 2, 3]


async def test_a_practice_that_is_away_is_said(watching: Flow) -> None:
    """People get no old rows in place of the answer."""
    watching.source.break_down()

    with pytest.raises(SourceUnavailableError):
        await a_lookup(watching).find("main", Inquiry("Appointment"))


async def test_today_is_the_offices(watching: Flow) -> None:
    """At 03:00 UTC it is still yesterday in New York."""
    watching.clock.set_wall_clock(watching.clock.now().replace(day=3, hour=3))
    lookup = a_lookup(watching)

    assert (lookup.today("main").day, lookup.zone_of("main").key) == (2, "America/New_York")
