"""Turns: nobody who may send waits for ever, and nobody sends more than his share."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.fakes.clock import FakeClock
from tests.fakes.dialect import FakeDialect
from tests.fakes.sender import FakeSender, answered
from tests.stores.samples import NOON, a_delivery, an_endpoint

from bitewing.engine.delivery.breaker import TRIP
from bitewing.engine.delivery.claimed import Claimed
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.line import Line
from bitewing.engine.delivery.rotation import Rotation
from bitewing.engine.delivery.traffic import Traffic
from bitewing.model.delivery import Claim, Outcome, OutcomeKind
from bitewing.signing.standard import StandardSigner


def a_line(number: int, institution: str, **changes: Any) -> Line:
    """Give a Line of one Endpoint."""
    endpoint = an_endpoint(id=number, institution=institution, **changes)
    return Line(endpoint, parks=True)


def claims(name: str, count: int) -> list[Claim]:
    """Give so many, claimed for two minutes."""
    until = NOON + timedelta(minutes=2)
    return [Claim(a_delivery(f"{name}-{number}"), until, number) for number in range(count)]


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8))
def test_institutions_send_by_turns_however_many_endpoints_they_have(owners: list[str]) -> None:
    """While all of them have something to send, their shares differ by one at the most."""
    rotation = Rotation()
    for number, institution in enumerate(owners):
        rotation.add(a_line(number, institution))
    turns: Counter[str] = Counter()
    for _ in range(31):
        line, share = rotation.next(1)
        rotation.spend(share)
        turns[line.endpoint.institution] += share
        rotation.add(line)

    assert max(turns.values()) - min(turns[name] for name in set(owners)) <= 1


@given(st.integers(1, 9))
def test_the_endpoints_of_an_institution_send_by_turns(count: int) -> None:
    """A line that is added twice stands there once."""
    rotation = Rotation()
    for number in range(count):
        line = a_line(number, "a")
        rotation.add(line)
        rotation.add(line)
    order = []
    for _ in range(2 * count):
        line, share = rotation.next(1)
        rotation.spend(share)
        order.append(line.endpoint.id)
        rotation.add(line)

    assert order == [*range(count), *range(count)]


@given(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8),
    st.lists(st.integers(1, 40), min_size=40, max_size=40),
)
def test_whatever_is_free_institutions_have_as_much_as_each_other(
    owners: list[str], free: list[int]
) -> None:
    """In every round; in a turn its Endpoints have as much as each other, too."""
    rotation = Rotation()
    for number, institution in enumerate(owners):
        rotation.add(a_line(number, institution))
    had: Counter[str] = Counter()
    most = 1
    for now_free in free:
        line, share = rotation.next(now_free)
        assert share >= 1
        number = min(share, now_free)
        rotation.spend(number)
        had[line.endpoint.institution] += number
        most = max(most, now_free)
        rotation.add(line)

    turn = max(1, most // len(set(owners)))
    assert max(had.values()) - min(had[name] for name in set(owners)) <= turn


def test_all_who_stand_could_have_their_share() -> None:
    """Institutions alike, and in each of them its Endpoints alike."""
    rotation = Rotation()
    for number, institution in enumerate("abbb"):
        rotation.add(a_line(number, institution))
    shares = []
    for _ in range(4):
        line, share = rotation.next(12)
        rotation.spend(share)
        shares.append((line.endpoint.id, share))

    assert shares == [(0, 6), (1, 2), (2, 2), (3, 2)]


@pytest.mark.parametrize("failing", [0, 1, 9])
async def test_endpoints_that_must_wait_do_not_use_up_their_institutions_turns(
    failing: int,
) -> None:
    """Half of the capacity hangs; however many of one institution have failed, it has its share."""
    sender, dialect = FakeSender(), FakeDialect()
    courier = Courier(sender, {dialect.name: dialect}, StandardSigner())
    traffic = Traffic(courier, Claimed(), FakeClock(NOON), capacity=4, wake=lambda: None)
    hanging = [a_line(number, "x", failing_since=NOON) for number in (1, 2)]
    healthy = [a_line(11, "a"), a_line(12, "b"), a_line(13, "c")]
    doubtful = [a_line(21 + number, "a", failing_since=NOON) for number in range(failing)]
    for line in (*hanging, *doubtful, *healthy):
        url = f"https://receiver.example/{line.endpoint.institution}"
        line.endpoint = replace(line.endpoint, url=url)
        line.add(claims(str(line.endpoint.id), 1 if line in hanging else 40), is_retry=False)
        traffic.offer(line)
        traffic.pump()
    turns: Counter[str] = Counter()
    for _ in range(30):
        place = next(i for i, (one, _) in enumerate(sender.posted) if one.url[-1] != "x")
        message, on_end = sender.posted.pop(place)
        turns[message.url[-1]] += 1
        on_end(answered(200))

    assert max(turns.values()) - min(turns[name] for name in "abc") <= 3  # "a" was first


def test_retries_and_first_tries_go_by_turns() -> None:
    """However many retries wait, every second one to go is new."""
    line = a_line(1, "a")
    line.add(claims("old", 9), is_retry=True)
    line.add(claims("new", 3), is_retry=False)
    taken = [line.take(1, 0.0)[0].delivery.id for _ in range(8)]

    assert taken[:6] == ["new-0", "old-0", "new-1", "old-1", "new-2", "old-2"]
    assert taken[6:] == ["old-3", "old-4"]


def test_the_pace_grows_with_success_and_shrinks_with_failure() -> None:
    """Never above the Endpoint's concurrency, never below one."""
    line = a_line(1, "a", concurrency=3)
    line.add(claims("d", 50), is_retry=False)

    def at_once() -> int:
        line.take(line.sendable(0.0), 0.0)
        return line.under_way

    paces = [at_once()]
    for _ in range(3):
        line.taken(1)
    paces.append(at_once())
    for _ in range(TRIP):
        line.failed(answered(500), now=NOON, monotonic=0.0) if line.under_way else line.take(1, 0.0)
    paces.append(at_once())

    assert paces == [2, 3, 1]


@pytest.mark.parametrize("concurrency", [3, 100])
def test_many_that_are_taken_at_once_count_each(concurrency: int) -> None:
    """As if they had been taken one behind the other."""
    one, many = a_line(1, "a", concurrency=concurrency), a_line(1, "a", concurrency=concurrency)
    for line in (one, many):
        line.add(claims("d", 50), is_retry=False)
        line.take(10, 0.0)
        line.failed(answered(500), now=NOON, monotonic=0.0)
    for _ in range(7):
        one.taken(1)
    many.taken(7)
    many.taken(0)

    assert one.under_way == many.under_way == 2
    assert one.sendable(0.0) == many.sendable(0.0)
    assert one.is_trusted is many.is_trusted is True


def test_the_pace_is_never_above_an_uneven_concurrency() -> None:
    """Three, halved, and twice one more: that is three again, and not three and a half."""
    line = a_line(1, "a", concurrency=3)
    line.add(claims("d", 50), is_retry=False)
    for status in (200, 500, 200, 200, 200):
        line.take(1, 0.0)
        if status == 200:
            line.taken(1)
        else:
            line.failed(answered(status), now=NOON, monotonic=0.0)
    line.take(line.sendable(0.0), 0.0)

    assert line.under_way == 3


def test_an_endpoint_that_asks_for_it_rests() -> None:
    """429 without a wish is a second."""
    line = a_line(1, "a")
    line.add(claims("d", 9), is_retry=False)
    line.take(1, 10.0)
    line.failed(Outcome(OutcomeKind.ANSWERED, 429), now=NOON, monotonic=10.0)

    assert not line.sendable(10.9)
    assert line.sendable(11.0)


def test_a_rate_is_kept() -> None:
    """Two a second: the next one may go after half a second."""
    line = a_line(1, "a", per_second=2.0)
    line.add(claims("d", 9), is_retry=False)
    line.take(1, 10.0)

    assert not line.sendable(10.49)
    assert line.rests_for(10.0) == 0.5
    assert line.sendable(10.5)
