"""Changing: what may be asked of an appointment, and by whose clock."""

from datetime import datetime
from typing import Any

import pytest

from bitewing.dialects.nexhealth.writing.changing import want_changes
from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import WriteKind
from bitewing.model.wishing import arrival_of

IN_DENVER = {"start_time": "2026-03-03T05:30:00.000Z", "timezone": "America/Denver"}
"""Half past ten in the evening of 2 March."""


def arrive(at: str, shown: dict[str, Any]) -> Any:
    moment = datetime.fromisoformat(at)
    (wanted,) = want_changes("main", 7, shown, confirmed=None, cancelled=None, checkin_at=moment)
    assert wanted.kind is WriteKind.ARRIVE
    return wanted.wish


@pytest.mark.parametrize("at", ["2026-03-02T07:00:00+00:00", "2026-03-03T06:59:59+00:00"])
def test_an_arrival_keeps_the_clock_that_hangs_there(at: str) -> None:
    """Both ends of the day in Denver; in UTC they are two days."""
    when, zone = arrival_of(arrive(at, IN_DENVER))

    assert when == datetime.fromisoformat(at)
    assert zone is not None
    assert zone.key == "America/Denver"


@pytest.mark.parametrize("at", ["2026-03-02T06:59:59+00:00", "2026-03-03T07:00:00+00:00"])
def test_an_arrival_on_another_day_is_refused(at: str) -> None:
    """It would be written on the appointment's."""
    with pytest.raises(InvalidRequestError, match="on the day of the appointment in America/Den"):
        arrive(at, IN_DENVER)


def test_nobody_arrives_for_what_has_no_time() -> None:
    """Nor is that a mistake of ours."""
    with pytest.raises(InvalidRequestError, match="on the day"):
        arrive("2026-03-02T12:00:00+00:00", IN_DENVER | {"start_time": None})


def test_what_was_kept_without_a_zone_is_the_practices() -> None:
    """As earlier versions kept it."""
    assert arrival_of({"at": "2026-03-02T12:00:00+00:00"})[1] is None
