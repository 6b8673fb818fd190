"""A Line: how an Endpoint's answers slow down what goes to it."""

from datetime import timedelta

import pytest
from tests.fakes.sender import answered
from tests.stores.samples import NOON, a_delivery, an_endpoint

from bitewing.engine.delivery.line import FULL_ROOM, Line
from bitewing.model.delivery import Claim, Outcome, OutcomeKind

LONG_AGO = NOON + timedelta(hours=1)


def rest_after(outcome: Outcome, *, parks: bool = True) -> float:
    """Give for how many seconds a Line that has more to send rests after this answer."""
    line = Line(an_endpoint(id=1), parks=parks)
    line.add([Claim(a_delivery(name), LONG_AGO, 1) for name in ("a", "b")], is_retry=False)
    line.take(1, 0.0)
    if outcome.is_acknowledged:
        line.taken(1)
    else:
        line.failed(outcome, now=NOON, monotonic=0.0)
    return line.rests_for(0.0)


@pytest.mark.parametrize("status", [429, 502, 504])
def test_not_so_fast_rests_a_second(status: int) -> None:
    """429, 502 and 504 throttle the whole Endpoint, not only the Delivery that met them."""
    assert rest_after(answered(status)) == 1.0


@pytest.mark.parametrize("status", [200, 301, 400, 404, 410, 500, 503])
def test_other_answers_do_not_rest(status: int) -> None:
    """They are the Delivery's affair; the pace alone is halved by a failure."""
    assert rest_after(answered(status)) == 0.0


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "rests"), [(7, 7.0), (300, 300.0), (86400, 300.0)])
def test_retry_after_rests_as_long_as_asked(status: int, asked: int, rests: float) -> None:
    """At most five minutes: the Delivery itself waits for all of it."""
    wait = timedelta(seconds=asked)

    assert rest_after(Outcome(OutcomeKind.ANSWERED, status, retry_after=wait)) == rests


def test_without_retries_nothing_rests() -> None:
    """A window is composed anew when its Subscription's own pause is over."""
    assert rest_after(answered(429), parks=False) == 0.0


def test_a_fast_receiver_has_more_room_past_the_outbox() -> None:
    """As much more as it took lately: what waits longer than its claim lasts is of no use."""
    line = Line(an_endpoint(id=1, concurrency=500), parks=True)
    spare = [line.spare(10_000, 0.0)]
    line.add([Claim(a_delivery("a"), LONG_AGO, 1)] * 700, is_retry=False)
    line.take(400, 0.0)
    line.taken(400)
    spare.append(line.spare(10_000, 0.0))
    line.look_at = 1.0  # a second has passed, and somebody has looked
    line.overdue(LONG_AGO)
    line.take(100, 0.0)
    line.taken(100)
    spare.append(line.spare(10_000, 1.5))

    assert spare == [FULL_ROOM, FULL_ROOM + 400 - 300, FULL_ROOM + 400 - 200]
    assert line.spare(10_000, 3.5) == FULL_ROOM - 200  # nothing has happened for long


def test_nobody_has_more_room_than_half_of_what_is_left_for_all() -> None:
    """However fast the receiver is, also when nothing waits yet."""
    line = Line(an_endpoint(id=1, concurrency=5000), parks=True)
    line.add([Claim(a_delivery("a"), LONG_AGO, 1)] * 5000, is_retry=False)
    line.take(5000, 0.0)
    line.taken(5000)
    assert [line.spare(free, 0.0) for free in (20_000, 8000, 100)] == [FULL_ROOM + 5000, 4000, 50]

    line.add([Claim(a_delivery("a"), LONG_AGO, 1)] * 1000, is_retry=False)
    assert line.spare(2000, 0.0) == 0
