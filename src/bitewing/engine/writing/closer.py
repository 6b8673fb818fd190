"""The closer: ends what waits for a Writer that is configured no more."""

from collections.abc import Collection
from datetime import datetime

from bitewing.engine import journal
from bitewing.engine.signals import Signals
from bitewing.engine.writing.scribe import Tell
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction

SECONDS = 30.0

BATCH = 100
"""So many end in one piece of work; each tells its Endpoints."""


class Closer:
    """The worker that lets nothing wait for ever, and says what waits in vain.

    Nothing is added there meanwhile: what is asked for is refused, or only kept. A Writer that
    comes back in time finds everything as it was.
    """

    name = "closer"

    def __init__(
        self,
        store: Store,
        written: Collection[str],
        *,
        clock: Clock,
        signals: Signals,
        tell: Tell,
    ) -> None:
        """Take the names of the Sources into whose practices something is written."""
        self._store = store
        self._written = written
        self._clock = clock
        self._signals = signals
        self._tell = tell
        self._said: dict[str, int] = {}

    async def step(self) -> float:
        """End what has waited long enough, some at a time; give the seconds to pause."""
        waiting = await self._store.read(lambda tx: tx.writes.waiting())
        forsaken = {one: count for one, count in waiting.items() if one not in self._written}
        if forsaken:
            now = self._clock.now()
            ended = await self._store.write(lambda tx: self._end(tx, forsaken, now))
            if ended:
                self._signals.dispatch.set()
                return 0.0
        self._say(forsaken)
        return SECONDS

    def _end(self, tx: Transaction, sources: Collection[str], now: datetime) -> int:
        ended = 0
        for source in sources:
            for write in tx.writes.open(source):
                over = write.without_writer(now)
                if over is None:
                    continue
                tx.writes.put(over.without_content())
                self._tell(tx, over)
                ended += 1
                if ended == BATCH:
                    return ended
        return ended

    def _say(self, forsaken: dict[str, int]) -> None:
        for source, count in forsaken.items():
            if self._said.get(source) != count:
                journal.writes_forsaken(source=source, count=count)
        self._said = forsaken
