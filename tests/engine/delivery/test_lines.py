"""What is to be claimed, and for whom."""

from datetime import timedelta

from tests.stores.samples import NOON, a_delivery, an_endpoint

from bitewing.engine.delivery.line import FIRST_ROOM
from bitewing.engine.delivery.lines import (
    FRESH_SECONDS,
    MOST_BYTES,
    MOST_CLAIMED,
    MOST_LOOKED_AT,
    Lines,
)
from bitewing.model.delivery import Claim
from bitewing.model.subscription import EndpointState
from bitewing.ports.outbox import Turn, Want

AMPLE = (MOST_CLAIMED, MOST_BYTES)
PROBE = Want(1, is_retry=True, limit=1, is_oldest=True)


def test_a_probe_that_is_no_longer_there_is_not_asked_for_again() -> None:
    """It was cancelled or is held; another retry is due, but is not the oldest."""
    endpoint = an_endpoint(id=1, parked_until=NOON + timedelta(seconds=30), failing_since=NOON)
    lines = Lines({endpoint.dialect})
    lines.learn({1: endpoint}, 0.0)
    lines.note_oldest({1: NOON})
    turns = [Turn(1, is_retry=True, due_at=NOON)]
    lines.look(turns, NOON)
    before = lines.wants(NOON, AMPLE)
    lines.take_in(PROBE, [], most=False)
    lines.look(turns, NOON)
    after, asked = lines.wants(NOON, AMPLE), lines.asking()
    lines.note_oldest({1: NOON + timedelta(seconds=60)})

    assert before == [PROBE]
    assert after == []
    assert asked == {1}
    assert lines.wants(NOON, AMPLE) == []
    assert lines.wants(NOON + timedelta(seconds=60), AMPLE) == [PROBE]


def a_hungry(*numbers: int) -> Lines:
    """Give Lines of Endpoints to which more is owed than can be claimed."""
    lines = Lines(set())
    lines.learn({number: an_endpoint(id=number) for number in numbers}, 0.0)
    lines.look([Turn(number, is_retry=False, due_at=NOON) for number in numbers], NOON)
    return lines


def claims(want: Want, size: int = 10) -> list[Claim]:
    delivery = a_delivery("a", endpoint=want.endpoint)._replace(body=b"x" * size)
    return [Claim(delivery, NOON + timedelta(minutes=1), place) for place in range(want.limit)]


def test_asking_what_is_wanted_changes_nothing() -> None:
    """At first few are claimed ahead; twice as many each time these have not lasted."""
    lines = a_hungry(1)
    first = [lines.wants(NOON, AMPLE) for _ in range(3)]
    for want in first[0]:
        lines.take_in(want, claims(want), most=True)
    while lines.known[1].waiting:
        lines.known[1].take(1, 0.0)
    second = [lines.wants(NOON, AMPLE) for _ in range(2)]

    assert first == [[Want(1, is_retry=False, limit=FIRST_ROOM)]] * 3
    assert second == [[Want(1, is_retry=False, limit=2 * FIRST_ROOM)]] * 2


def test_long_bodies_are_claimed_as_far_as_there_is_memory() -> None:
    """In all Lines together, not for each of them."""
    lines = a_hungry(*range(1, 41))
    for number in range(1, 41):
        line = lines.known[number]
        line.average_bytes = 2.0**20
        for _ in range(4):
            line.widen()
    limits = [want.limit for want in lines.wants(NOON, AMPLE)]

    assert 64 <= sum(limits) <= 64 + max(limits)
    assert lines.wants(NOON, (MOST_CLAIMED, 0)) == []
    assert lines.wants(NOON, (0, MOST_BYTES)) == []


def test_what_a_removed_endpoint_was_owed_goes_to_its_end() -> None:
    """Also if it was paused before, or parked: nothing stays pending for ever."""
    lines = Lines({an_endpoint().dialect})
    paused = an_endpoint(id=1, state=EndpointState.PAUSED)
    parked = an_endpoint(id=2, parked_until=NOON + timedelta(hours=1), failing_since=NOON)
    lines.learn({1: paused, 2: parked}, 0.0)
    lines.learn({1: None, 2: None}, 1.0)
    lines.look([Turn(number, is_retry=False, due_at=NOON) for number in (1, 2)], NOON)

    assert [want.endpoint for want in lines.wants(NOON, AMPLE)] == [1, 2]


def test_endpoints_are_looked_at_some_at_a_time() -> None:
    """Those that are not known go first; all have been looked at in the end."""
    known = range(1, MOST_LOOKED_AT + 11)
    lines = a_hungry(*known)
    lines.look([Turn(number, is_retry=False, due_at=NOON) for number in (*known, 901, 902)], NOON)
    looked_at: list[set[int]] = []
    while now := lines.stale(FRESH_SECONDS):
        looked_at.append(now)
        lines.learn({number: an_endpoint(id=number) for number in now}, FRESH_SECONDS)

    assert [len(now) for now in looked_at] == [MOST_LOOKED_AT, 12]
    assert {901, 902} <= looked_at[0]
    assert set().union(*looked_at) == {*known, 901, 902}
