"""The breaker: when an Endpoint is parked, and what frees it."""

from datetime import timedelta

from hypothesis import given, strategies as st
from tests.stores.samples import NOON, after_noon

from bitewing.engine.delivery.breaker import PROBE_EVERY, TRIP, Breaker


def failed(times: int) -> Breaker:
    """Give a breaker after so many failures in a row."""
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(NOON)
    return breaker


def test_failures_in_a_row_park() -> None:
    """One less does not."""
    assert not failed(TRIP - 1).is_parked
    assert failed(TRIP).parked_until == NOON + PROBE_EVERY


def test_a_success_frees_at_once() -> None:
    """And the count begins anew."""
    assert failed(TRIP).taken() == Breaker()


def test_a_first_try_goes_out_now_and_then() -> None:
    """Not before the interval is over; a clock that was set back does not lengthen it."""
    parked = failed(TRIP)

    assert not parked.may_probe(after_noon(29))
    assert parked.may_probe(after_noon(30))
    assert parked.may_probe(NOON - timedelta(days=1))


@given(st.lists(st.booleans(), max_size=60))
def test_it_is_parked_exactly_after_enough_failures(taken: list[bool]) -> None:
    """Whatever the order: the last Outcomes decide."""
    breaker = Breaker()
    for is_taken in taken:
        breaker = breaker.taken() if is_taken else breaker.failed(NOON)
    last_ones = taken[-TRIP:]

    assert breaker.is_parked == (len(last_ones) == TRIP and not any(last_ones))
