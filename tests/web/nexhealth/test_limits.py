"""Limits: so much in a second, so much in a minute, each key by itself."""

import pytest
from tests.fakes.clock import FakeClock

from bitewing.web.nexhealth.limits import Limit, Limits, Rate, TooManyRequestsError, limits_of

RATES = {
    Limit.ALL: Rate(5, 1.0),
    Limit.LISTS: Rate(2, 1.0),
    Limit.RECORDS: Rate(8, 60.0),
    Limit.OTHERS: Rate(20, 60.0),
}


def taken(limits: Limits, *counted: Limit, owner: str = "one") -> int:
    """Ask until it is refused; give how often it was not."""
    for times in range(1000):
        try:
            limits.take(owner, counted)
        except TooManyRequestsError:
            return times
    return 1000


def test_a_second_holds_so_many() -> None:
    """And the next one as many again."""
    clock = FakeClock()
    limits = Limits(RATES, clock)

    first = taken(limits, Limit.ALL)
    clock.advance(1)

    assert (first, taken(limits, Limit.ALL)) == (5, 5)


def test_a_long_silence_saves_nothing_up() -> None:
    """A burst is never larger than the rate."""
    clock = FakeClock()
    limits = Limits(RATES, clock)
    taken(limits, Limit.ALL)

    clock.advance(3600)

    assert taken(limits, Limit.ALL) == 5


def test_each_key_has_its_own() -> None:
    """One greedy client takes nothing from another."""
    limits = Limits(RATES, FakeClock())
    taken(limits, Limit.ALL)

    assert taken(limits, Limit.ALL, owner="two") == 5


def test_the_smallest_limit_decides_and_a_refusal_counts_for_none() -> None:
    """Ten refused lists leave the other requests of that second to be had."""
    limits = Limits(RATES, FakeClock())

    lists = taken(limits, Limit.ALL, Limit.LISTS)
    for _ in range(10):
        taken(limits, Limit.ALL, Limit.LISTS)

    assert (lists, taken(limits, Limit.ALL)) == (2, 3)


def test_a_refusal_says_when_to_come_again() -> None:
    """In seconds: one of eight in a minute comes back after 7.5."""
    limits = Limits(RATES, FakeClock())
    taken(limits, Limit.RECORDS)

    with pytest.raises(TooManyRequestsError, match="Rate limit exceeded") as refused:
        limits.take("one", [Limit.RECORDS])

    assert refused.value.seconds == pytest.approx(7.5)


@pytest.mark.parametrize(
    ("method", "path", "counted"),
    [
        ("GET", "/appointments", {Limit.ALL, Limit.RECORDS, Limit.LISTS}),
        ("GET", "/appointment_slots", {Limit.ALL, Limit.OTHERS, Limit.LISTS}),
        ("POST", "/appointments", {Limit.ALL, Limit.RECORDS}),
        ("GET", "/appointments/7", {Limit.ALL, Limit.RECORDS}),
        ("GET", "/patients/7/insurance_coverages", {Limit.ALL, Limit.RECORDS}),
        ("GET", "/webhook_endpoints", {Limit.ALL, Limit.OTHERS}),
        ("POST", "/authenticates", {Limit.ALL, Limit.OTHERS}),
    ],
)
def test_what_counts_for_what(method: str, path: str, counted: set[Limit]) -> None:
    """NexHealth's documentation, "Rate limits"."""
    assert set(limits_of(method, path)) == counted
