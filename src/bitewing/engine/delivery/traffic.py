"""Traffic: the exchanges with receivers; each that ends begins the next, without the store."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bitewing.engine.delivery.claimed import Claimed
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.line import LOOK_SECONDS, Line
from bitewing.engine.delivery.rotation import Rotation
from bitewing.model.delivery import Claim, Outcome, OutcomeKind, Sent
from bitewing.ports.clock import Clock

_REMOVED = Outcome(OutcomeKind.BLOCKED, detail="The endpoint has been removed.")

BUSY = 64
"""With so many exchanges under way results are worth waiting for, to settle many together."""

_ENOUGH = 256
"""So many results are settled without further waiting."""

_LOOK_AHEAD = timedelta(seconds=LOOK_SECONDS)

SLOWEST = timedelta(seconds=65)
"""An exchange (60 s at the most) and the settling of it end within this."""


Exchange = tuple[Line, Claim, datetime, bool]
"""To whom, what, when it began (our clock, UTC), and whether the Line had failed lately."""


class Traffic:
    """Begins as many exchanges as the Lines and the capacity allow; says what came of them.

    Lines that have failed lately share half of the capacity, so that receivers that hang
    cannot take the connections of those that answer.

    Attributes:
        under_way: how many exchanges have begun and have not ended.
    """

    def __init__(
        self,
        courier: Courier,
        claimed: Claimed,
        clock: Clock,
        *,
        capacity: int,
        wake: Callable[[], None],
    ) -> None:
        """``wake`` is called when there is something to settle."""
        self.under_way = 0
        self._claimed = claimed
        self._courier = courier
        self._clock = clock
        self._capacity = capacity
        self._wake = wake
        self._doubtful = 0
        self._rotation = Rotation()
        self._kept: dict[Line, None] = {}
        self._standing: set[Line] = set()
        self._resting: set[Line] = set()
        self._look_at = 0.0
        self._is_pumping = self._is_stopped = False
        self._quiet = asyncio.Event()

    def offer(self, line: Line) -> None:
        """Let a Line send when it is its turn, if it may."""
        self._offer(line, self._clock.monotonic())

    def _offer(self, line: Line, monotonic: float) -> None:
        if not line.sendable(monotonic):
            if line.rests_for(monotonic):
                self._resting.add(line)
        elif line.is_trusted:
            if line in self._kept:
                self._release(line)
            self._rotation.add(line)
        elif not line.is_ready:
            self._keep(line)

    def pump(self) -> None:
        """Begin what may begin."""
        self._pump(self._clock.now(), self._clock.monotonic())

    def _pump(self, now: datetime, monotonic: float) -> None:
        if self._is_pumping or self._is_stopped:
            return
        self._is_pumping = True
        try:
            self._let_go_out(now, monotonic)
        finally:
            self._is_pumping = False

    def _let_go_out(self, now: datetime, monotonic: float) -> None:
        while True:
            if self._kept:
                self._let_doubtful_stand(monotonic)
            free = self._capacity - self.under_way
            if free <= 0 or not self._rotation:
                return
            line, share = self._rotation.next(free)
            self._standing.discard(line)
            if monotonic >= line.look_at:
                self._pass_over(line, now, monotonic)
            number = min(share, free, line.sendable(monotonic))
            if not number:
                self._offer(line, monotonic)
            elif line.is_trusted:
                self._rotation.spend(number)
                self._begin(line, number, now, monotonic)
            elif self._doubtful * 2 < self._capacity:
                self._rotation.spend(1)
                self._begin(line, 1, now, monotonic)
            else:
                self._keep(line)

    def _keep(self, line: Line) -> None:
        """Let one that has failed lately wait until it may stand in the rotation.

        However many wait so, nobody looks at them, and the others pay nothing for them.
        """
        line.is_ready = True  # nobody else adds it meanwhile
        self._kept[line] = None

    def _release(self, line: Line) -> None:
        del self._kept[line]
        line.is_ready = False

    def _let_doubtful_stand(self, monotonic: float) -> None:
        """Of those that were kept, let as many stand as half of the capacity has room for."""
        while self._kept and (self._doubtful + len(self._standing)) * 2 < self._capacity:
            line = next(iter(self._kept))
            self._release(line)
            if line.sendable(monotonic):
                self._rotation.add(line)
                self._standing.add(line)
            else:  # it rests, or has nothing to send just now
                self._offer(line, monotonic)

    def _pass_over(self, line: Line, now: datetime, monotonic: float) -> None:
        """Leave out what has waited so long that its claim could end while it is under way."""
        line.look_at = monotonic + LOOK_SECONDS
        self._claimed.leave(line.overdue(now + SLOWEST + _LOOK_AHEAD))

    def look_through(self, lines: Iterable[Line]) -> None:
        """Give back claims before they end, once a second, also where nothing may go out now.

        They are made anew when there is room again; what is kept waiting keeps its place.
        """
        monotonic = self._clock.monotonic()
        if monotonic >= self._look_at:
            self._look_at, now = monotonic + LOOK_SECONDS, self._clock.now()
            for line in lines:
                if line.waiting and monotonic >= line.look_at:
                    self._pass_over(line, now, monotonic)

    def wake_rested(self) -> None:
        """Offer the Lines that have rested enough."""
        monotonic = self._clock.monotonic()
        for line in list(self._resting):
            if not line.rests_for(monotonic):
                self._resting.discard(line)
                self.offer(line)

    def rests_for(self) -> float | None:
        """Give the seconds until the next Line has rested enough, if any rests."""
        monotonic = self._clock.monotonic()
        return min((line.rests_for(monotonic) for line in self._resting), default=None)

    async def stop(self, seconds: float) -> None:
        """Begin nothing more; return when what is under way has ended, or after so long."""
        self._is_stopped = True
        end = self._clock.monotonic() + seconds
        while self.under_way and (left := end - self._clock.monotonic()) > 0:
            self._quiet.clear()
            await self._clock.wait(self._quiet, left)

    def _begin(self, line: Line, number: int, now: datetime, monotonic: float) -> None:
        is_doubtful = not line.is_trusted
        owed = [
            ((line, claim, now, is_doubtful), claim.delivery)
            for claim in line.take(number, monotonic)
        ]
        self.under_way += number
        self._doubtful += is_doubtful * number
        if line.is_removed:
            unsent = [(exchange, _REMOVED) for exchange, _ in owed]
        else:
            unsent = self._courier.post(line.endpoint, owed, now, self._end)
        if unsent:
            self._end(unsent)
        else:
            self._offer(line, monotonic)

    def _end(self, ended: Sequence[tuple[Exchange, Outcome]]) -> None:
        """Exchanges have ended: learn from them, and begin the next."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        self.under_way -= len(ended)
        sent: list[Sent] = []
        taken: dict[Line, int] = {}
        judged, is_taken = None, False
        for (line, claim, started_at, is_doubtful), outcome in ended:
            if is_doubtful:
                self._doubtful -= 1
            if outcome is not judged:  # what ends together is often one and the same
                judged, is_taken = outcome, outcome.is_acknowledged
            before = taken.get(line, 0)
            if is_taken:
                taken[line] = before + 1
            else:
                taken[line] = 0
                line.taken(before)
                self._fail(line, outcome, now, monotonic)
            sent.append(Sent(claim, started_at, outcome, now, is_taken))
        is_first = not self._claimed.ended
        self._claimed.end(sent)
        for line, number in taken.items():
            line.taken(number)
            self._offer(line, monotonic)
        self._pump(now, monotonic)
        self._tell_of_results(is_first=is_first)

    def _tell_of_results(self, *, is_first: bool) -> None:
        """Wake whoever settles, unless more are to be expected soon.

        The first since the last settling wakes, too: others of its lane may wait for it.
        """
        if self.under_way < BUSY or is_first or self._claimed.ended >= _ENOUGH:
            self._wake()
        if not self.under_way:
            self._quiet.set()

    def _fail(self, line: Line, outcome: Outcome, now: datetime, monotonic: float) -> None:
        line.failed(outcome, now=now, monotonic=monotonic)
        if line.breaker.is_parked:
            self._claimed.leave(line.clear())
