"""The dispatcher: claims due Deliveries, lets them go out, and has what came of it settled."""

from collections import defaultdict
from collections.abc import Sequence, Set as AbstractSet
from datetime import timedelta
from operator import attrgetter

from bitewing.engine import journal
from bitewing.engine.delivery.claimed import Claimed
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.line import Line
from bitewing.engine.delivery.lines import KEPT_FREE, MOST_BYTES, MOST_CLAIMED, Lines
from bitewing.engine.delivery.reception import Reception
from bitewing.engine.delivery.round import Answer, Round, play
from bitewing.engine.delivery.settler import endpoint_of
from bitewing.engine.delivery.traffic import BUSY, Traffic
from bitewing.engine.outbox.reporting import Reporter
from bitewing.engine.signals import Signals
from bitewing.model.delivery import Claim
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store

CAPACITY = 768
"""Exchanges under way at once, where there are files for so many."""

LEASE = timedelta(seconds=90)
"""How long a claim lasts: longer than ``SLOWEST``; the rest may be waited in a Line."""

LAST_SECONDS = 7.0
"""How long the last exchanges may take; then there is still time to settle what has ended."""

IDLE_SECONDS = 1.0

_BREATH_SECONDS = 0.004
"""A busy dispatcher goes to the store no more often than this."""

_LOOK_SECONDS_EACH = 0.0002
"""For each turn that was found it is looked so much later whose turn it is."""

_QUIET_LINES = 64
"""With so few Endpoints owed to, looking costs nothing."""

_endpoint_of = attrgetter("delivery.endpoint")


class Dispatcher:
    """The worker between the outbox and the receivers.

    A step is one transaction at the most (see ``Round``). Between steps exchanges begin and end
    by themselves (see ``Traffic``).
    """

    name = "dispatcher"

    def __init__(
        self,
        store: Store,
        courier: Courier,
        *,
        clock: Clock,
        signals: Signals,
        capacity: int = CAPACITY,
        reporter: Reporter | None = None,
        reception: Reception | None = None,
    ) -> None:
        """``capacity`` is how many exchanges may be under way; ``reporter`` tells the operator.

        ``reception`` is the one that the store knows, if it knows one.
        """
        self._store = store
        self._reporter = reporter
        self._schedules = {name: one.retries for name, one in courier.dialects.items()}
        self._clock = clock
        self._signals = signals
        self._lines = Lines({name for name, retries in self._schedules.items() if retries})
        self._claimed = Claimed()
        self._traffic = Traffic(
            courier, self._claimed, clock, capacity=capacity, wake=signals.dispatch.set
        )
        self._reception = reception or Reception()
        self._reception.receive = self._receive
        self._reception.give_back = self._recall
        self._look_at = self._play_at = 0.0
        self._is_looked = False

    @property
    def under_way(self) -> int:
        """How many exchanges have begun and have not ended."""
        return self._traffic.under_way

    async def step(self) -> float:
        """Settle what has ended, claim what is due, send it; give the seconds to pause."""
        breath = self._play_at - self._clock.monotonic()
        if self._is_busy and 0 < breath <= _BREATH_SECONDS:
            return breath
        asked = self._ask()
        if asked is not None:
            await self._play(asked)
            self._play_at = self._clock.monotonic() + _BREATH_SECONDS
        if self._is_crowded and self._clock.monotonic() >= self._look_at:
            await self._play(self._round(looks=True))  # it only reads: nobody has to wait for it
        self._traffic.look_through(self._lines.known.values())
        self._traffic.wake_rested()
        self._traffic.pump()
        self._admit()
        return self._pause(self._traffic.rests_for())

    def _admit(self) -> None:
        """Say how much may come past the outbox until the next step."""
        room, room_bytes = self._room()
        room = max(0, room - KEPT_FREE)
        self._reception.open(self._clock.now() + LEASE, room=room, most_bytes=room_bytes)
        monotonic = self._clock.monotonic()
        for number in self._lines.stirred:
            line = self._lines.known.get(number)
            self._reception.make_room(number, 0 if line is None else line.spare(room, monotonic))
        self._lines.stirred.clear()

    def _room(self) -> tuple[int, int]:
        """Give how many more Deliveries, and bytes of bodies, may be ours."""
        return MOST_CLAIMED - len(self._claimed), MOST_BYTES - self._claimed.bytes

    def _receive(self, claims: Sequence[Claim]) -> None:
        """Let what has come past the outbox go out."""
        new = self._claimed.take(claims)
        by_endpoint: defaultdict[int, list[Claim]] = defaultdict(list)
        for number, claim in zip(map(_endpoint_of, new), new, strict=True):
            by_endpoint[number].append(claim)
        for number, come in by_endpoint.items():
            line = self._lines.known.get(number)
            if line is None or not _takes(line):
                self._claimed.leave(come)
                continue
            line.add(come, is_retry=False)
            self._traffic.offer(line)
        self._lines.stirred.update(by_endpoint)
        self._traffic.pump()

    def _recall(self, deliveries: AbstractSet[str]) -> None:
        """Take out what was cancelled and is not under way, also what is just being claimed."""
        self._claimed.recall(deliveries)
        for line in self._lines.known.values():
            self._claimed.leave(line.take_out(deliveries))
        self._signals.dispatch.set()

    async def drain(self) -> None:
        """Begin nothing more; let what is under way end, for a while, and settle what has."""
        self._reception.close()
        try:
            await self._traffic.stop(LAST_SECONDS)
        finally:
            for line in self._lines.known.values():
                self._claimed.leave(line.clear())
            asked = self._round()
            asked.ended, asked.returned = self._claimed.hand_in()
            await self._play(asked)

    @property
    def _is_busy(self) -> bool:
        return self._traffic.under_way >= BUSY

    @property
    def _is_crowded(self) -> bool:
        return self._is_busy or len(self._lines.known) >= _QUIET_LINES

    def _round(self, *, looks: bool = False) -> Round:
        now = self._clock.now()
        return Round(now, now + LEASE, looks=looks)

    def _ask(self) -> Round | None:
        """Give what is to be asked of the store now, if anything."""
        monotonic = self._clock.monotonic()
        asked = self._round(looks=not self._is_crowded)
        asked.endpoints = self._lines.stale(monotonic) | self._signals.endpoints
        self._signals.endpoints.clear()
        asked.oldest_of = self._lines.asking()
        wants = self._lines.wants(asked.now, self._room())
        asked.wants = [want for want in wants if want.endpoint not in asked.endpoints]
        asked.ended, asked.returned = self._claimed.hand_in()
        is_needed = asked.looks or asked.endpoints or asked.wants or asked.oldest_of
        return asked if is_needed or asked.ended or asked.returned else None

    async def _play(self, asked: Round) -> None:
        endpoints = set(map(endpoint_of, asked.ended))
        asked.well, asked.parked = self._lines.well(endpoints), self._lines.parked(endpoints)
        go = self._store.read if asked.is_reading else self._store.write
        try:
            answer = await go(lambda tx: play(tx, asked, self._schedules, self._reporter))
        except BaseException:
            # Nothing of it may have been stored, also where the program is being stopped: what
            # has ended must be settled some time, and what a person changed be looked at.
            self._signals.endpoints.update(asked.endpoints)
            self._claimed.put_back(asked.ended, asked.returned)
            raise
        self._lines.stirred |= endpoints
        self._apply(asked, answer)

    def _apply(self, asked: Round, answer: Answer) -> None:
        self._claimed.let_go(asked.ended, asked.returned)
        known = answer.endpoints | {one.after.id: one.after for one in answer.settled.turned}
        self._claimed.leave(self._lines.learn(known, self._clock.monotonic()))
        for number in known:  # it may have more at once now: a person has activated it
            self._traffic.offer(self._lines.known[number])
        for want, claims in answer.claimed:
            line = self._lines.take_in(
                want, self._claimed.take(claims), most=len(claims) >= want.limit
            )
            if _takes(line, is_probe=want.limit == 1):
                self._traffic.offer(line)
            else:  # since the claim was asked for, perhaps by the same round
                self._claimed.leave(line.clear())
        self._claimed.forget_recalled()
        self._is_looked = asked.looks
        if asked.looks:
            self._lines.look(answer.turns, asked.now)
            self._look_at = self._clock.monotonic() + _LOOK_SECONDS_EACH * len(answer.turns)
        self._lines.note_oldest(answer.oldest)
        if asked.ended:
            journal.deliveries_attempted(asked.ended, answer.settled.states)
            self._signals.pacing.set()
        for turned in answer.settled.turned:
            journal.endpoint_turned(before=turned.before, after=turned.after)

    def _pause(self, rest: float | None) -> float:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        if self._lines.has_wants(now, self._room()) or self._claimed.has_left:
            return 0.0
        if self._claimed.ended:
            return max(0.0, self._play_at - monotonic) if self._is_busy else 0.0
        pauses = [IDLE_SECONDS]
        if rest is not None:
            pauses.append(rest)
        if not self._is_looked:
            pauses.append(max(0.0, self._look_at - monotonic))
        if self._lines.next_due_at is not None:
            pauses.append(max(0.0, (self._lines.next_due_at - now).total_seconds()))
        return min(pauses)


def _takes(line: Line, *, is_probe: bool = False) -> bool:
    """Tell whether what is claimed may wait in a Line."""
    return line.is_open and (is_probe or not line.breaker.is_parked)
