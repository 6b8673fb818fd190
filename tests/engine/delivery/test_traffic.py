"""Exchanges that begin and end without the store."""

from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.dialect import FakeDialect
from tests.fakes.sender import FakeSender, answered
from tests.stores.samples import NOON, a_delivery, an_endpoint

from bitewing.engine.delivery.claimed import Claimed
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.line import Line
from bitewing.engine.delivery.traffic import BUSY, Traffic
from bitewing.model.delivery import Claim
from bitewing.model.subscription import Endpoint
from bitewing.signing.standard import StandardSigner


class Watched(Line):
    """A Line that tells the road when somebody asks whether it may send."""

    __slots__ = ("_road",)

    def __init__(self, endpoint: Endpoint, road: "Road", *, parks: bool) -> None:
        super().__init__(endpoint, parks=parks)
        self._road = road

    def sendable(self, monotonic: float) -> int:
        self._road.looks += self._road.watched is not None and self is not self._road.watched
        return super().sendable(monotonic)


class Road:
    """Traffic to Endpoints of a kind, whose exchanges end when a test says so."""

    def __init__(self, *, capacity: int = 768, parks: bool = True) -> None:
        self.sender, self.claimed, self.woken = FakeSender(), Claimed(), 0
        self._parks = parks
        dialect = FakeDialect()
        courier = Courier(self.sender, {dialect.name: dialect}, StandardSigner())
        self.clock = FakeClock(NOON)
        self.traffic = Traffic(
            courier, self.claimed, self.clock, capacity=capacity, wake=self._wake
        )
        self._number = 0
        self.watched: Line | None = None
        self.looks = 0
        self.lines: list[Line] = []

    def end(self, url: str, status: int) -> None:
        """End the exchange with a receiver that began first."""
        place = next(i for i, (one, _) in enumerate(self.sender.posted) if url in one.url)
        message, on_end = self.sender.posted.pop(place)
        self.sender.end(message)
        on_end(answered(status))

    def _wake(self) -> None:
        self.woken += 1

    def line(self, number: int, waiting: int, **changes: Any) -> Line:
        """Give a Line to an Endpoint of its own, in which so many wait."""
        url = f"https://r{number}.example/"
        endpoint = an_endpoint(id=number, url=url, **changes)
        line = Watched(endpoint, self, parks=self._parks)
        claims = []
        for _ in range(waiting):
            self._number += 1
            delivery = a_delivery(f"d{self._number}", endpoint=number)
            claims.append(Claim(delivery, NOON + timedelta(seconds=90), self._number))
        line.add(self.claimed.take(claims), is_retry=False)
        self.traffic.offer(line)
        self.lines.append(line)
        return line


def test_the_first_result_is_told_at_once_however_many_hang() -> None:
    """The next of its lane waits for it; those that follow are settled together with it."""
    road = Road(parks=False)
    for number in range(1, BUSY // 8 + 2):
        road.line(number, waiting=8)
    road.traffic.pump()
    road.woken = 0
    for _ in range(3):
        message, on_end = road.sender.posted.pop()
        road.sender.end(message)
        on_end(answered(200))

    assert road.traffic.under_way >= BUSY
    assert road.woken == 1
    assert road.claimed.ended == 3


@pytest.mark.parametrize("parks", [True, False])
def test_what_fails_has_half_of_the_capacity(parks: bool) -> None:  # noqa: FBT001
    """Also where nothing is repeated; those that answer have the other half."""
    road = Road(capacity=16, parks=parks)
    lines = [road.line(number, waiting=4, concurrency=4) for number in range(1, 9)]
    road.traffic.pump()
    for line in lines:
        road.sender.standing[line.endpoint.url] = answered(500)
    for _ in range(4):
        road.sender.answer_all()
    assert road.traffic.under_way <= 8

    for number, line in enumerate(lines):
        more = [
            Claim(a_delivery(f"m{number}-{n}", endpoint=number + 1), NOON + timedelta(hours=1), n)
            for n in range(4)
        ]
        line.add(more, is_retry=False)
        road.traffic.offer(line)
    healthy = road.line(99, waiting=8)
    road.traffic.pump()

    assert healthy.under_way > 0
    assert sum(line.under_way for line in lines) <= 8


def test_an_exchange_that_cannot_begin_stops_no_others() -> None:
    """Whatever broke, the next one can be sent."""
    road = Road()
    road.line(1, waiting=2)
    begin = road.sender.begin

    def broken(_: object) -> None:
        road.sender.begin = begin  # type: ignore[method-assign]
        raise RuntimeError

    road.sender.begin = broken  # type: ignore[assignment, method-assign]
    with pytest.raises(RuntimeError):
        road.traffic.pump()
    road.line(2, waiting=1)
    road.traffic.pump()

    assert [message.url for message, _ in road.sender.posted] == ["https://r2.example/"]


@pytest.mark.parametrize(
    ("statuses", "failures"),
    [((200, 200), 0), ((200, 500), 1), ((500, 200), 0), ((500, 500), 2), ((500, 200, 500), 1)],
)
def test_answers_that_come_together_count_one_behind_the_other(
    statuses: tuple[int, ...], failures: int
) -> None:
    """The last of them says how the receiver is; failures in a row are counted."""
    road = Road()
    line = road.line(1, waiting=50, concurrency=8)
    road.traffic.pump()
    road.sender.answer_all()
    assert len(road.sender.posted) == 4
    road.sender.standing[line.endpoint.url] = answered(200)
    road.sender.posted = road.sender.posted[: len(statuses)]
    road.sender.script.extend([answered(status) for status in statuses])
    road.sender.answer_all()

    assert (line.breaker.failures, line.is_trusted) == (failures, not failures)


def crowded() -> tuple[Road, Line]:
    """Give a road with one healthy Endpoint and twenty that have failed, where two may send."""
    road = Road(capacity=4)
    for number in range(1, 21):
        road.line(number, waiting=3, failing_since=NOON)
    healthy = road.line(99, waiting=90)
    road.traffic.pump()
    return road, healthy


def test_those_that_must_wait_cost_the_others_nothing() -> None:
    """However many have failed: nobody looks at them while none of them may send."""
    road, healthy = crowded()
    begun = [message.url for message, _ in road.sender.posted]
    road.watched = healthy
    for _ in range(20):
        road.end("r99", 200)

    assert sorted(begun) == [f"https://r{number}.example/" for number in (1, 2, 99, 99)]
    assert road.looks == 0


def test_those_that_must_wait_send_in_their_order_when_they_may() -> None:
    """One for each that has ended; the one that has waited longest first."""
    road, _ = crowded()
    ended = []
    for _ in range(80):
        message, _ = road.sender.posted[0]
        road.end(message.url, 200 if "r99" in message.url else 500)
        ended.append(message.url)
    failed = [url for url in ended if "r99" not in url]

    assert failed[:20] == [f"https://r{number}.example/" for number in range(1, 21)]


def test_those_that_must_wait_long_keep_their_place() -> None:
    """What they have claimed goes back before the claims end; claimed anew it goes out in turn."""
    road, _ = crowded()
    road.clock.advance(30)
    road.traffic.look_through(road.lines)
    road.traffic.wake_rested()
    road.traffic.pump()
    _, left = road.claimed.hand_in()
    road.claimed.let_go([], left)
    until = road.clock.now() + timedelta(seconds=90)
    for line in reversed(road.lines[:20]):
        line.add(
            road.claimed.take([Claim(a_delivery(f"new{line.endpoint.id}"), until, 1)]),
            is_retry=False,
        )
        road.traffic.offer(line)
    for number in (1, 2):
        road.end(f"r{number}.", 500)
    begun = [message.url for message, _ in road.sender.posted if "r99" not in message.url]

    assert len(left) == 18 * 3 + 2 * 2 + 88
    assert begun == ["https://r3.example/", "https://r4.example/"]


def test_what_waits_behind_one_that_hangs_is_given_back_in_time() -> None:
    """Though nothing ends and nothing may begin: its claim must not run out in a Line."""
    road = Road()
    line = road.line(1, waiting=9)
    road.traffic.pump()
    waiting = line.waiting
    road.traffic.look_through(road.lines)
    kept = line.waiting
    road.clock.advance(30)
    road.traffic.look_through(road.lines)

    assert (waiting, kept, line.waiting) == (7, 7, 0)
    assert road.claimed.hand_in()[1] == [f"d{number}" for number in range(3, 10)]


def test_one_that_was_told_to_rest_while_it_waited_sends_when_it_has_rested() -> None:
    """It is not forgotten when it would have been its turn."""
    road, healthy = crowded()
    healthy.clear()
    resting = road.lines[2]
    resting._rests_until = road.clock.monotonic() + 5
    for number in (1, 2):
        road.end(f"r{number}.", 500)
    before = [message.url for message, _ in road.sender.posted]
    road.clock.advance(5)
    road.traffic.look_through(road.lines)
    road.traffic.wake_rested()
    for _ in range(40):
        message, _ = road.sender.posted[0]
        road.end(message.url, 500)

    assert resting.endpoint.url not in before
    assert resting.waiting < 3


def test_one_that_is_trusted_again_no_longer_waits_for_the_doubtful() -> None:
    """Its other exchange was taken meanwhile."""
    road = Road(capacity=4)
    recovered = road.line(3, waiting=8)
    road.traffic.pump()
    for _ in range(6):  # the pace grows
        road.end("r3", 200)
    for number in (1, 2):
        road.line(number, waiting=1, failing_since=NOON)
    road.traffic.pump()
    road.end("r3", 500)
    recovered.add([Claim(a_delivery("more"), NOON + timedelta(seconds=90), 1)], is_retry=False)
    road.traffic.offer(recovered)
    road.traffic.pump()
    between = recovered.under_way, recovered.waiting
    road.end("r3", 200)

    assert between == (1, 1)
    assert (recovered.under_way, recovered.waiting) == (1, 0)
