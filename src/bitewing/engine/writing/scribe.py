"""The scribe: writes what is pending into one practice, one thing after another, each once.

That a write is begun is durable before it is sent. Whatever was begun and not settled (a crash,
a lost answer) is looked for in the practice before it is sent again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from bitewing.engine.signals import Signals
from bitewing.engine.writing.deeds import Deeds
from bitewing.engine.writing.pulse import WriterPulse
from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.model.writing import Refused, Result, Unavailable, Written
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction
from bitewing.ports.writer import Writer

IDENTITY_KINDS = {WriteKind.APPOINTMENT: "Appointment", WriteKind.PATIENT: "Patient"}
"""Whose ids stand for rows that Changes tell of as well."""

Tell = Callable[[Transaction, PendingWrite], None]
"""Tells everybody who wishes for it how a write ended, in the same transaction."""

CHECK_IN_SECONDS = 60.0
IDLE_SECONDS = 1.0


class Scribe:
    """The worker between the pending writes of one Source and its Writer."""

    def __init__(
        self, writer: Writer, store: Store, *, clock: Clock, signals: Signals, tell: Tell
    ) -> None:
        self.pulse = WriterPulse()
        self._writer = writer
        self._store = store
        self._clock = clock
        self._signals = signals
        self._tell = tell
        self._deeds = Deeds(writer, store, clock)
        self._checked_at: float | None = None

    @property
    def name(self) -> str:
        """What it is called in the journal."""
        return f"scribe {self._writer.source}"

    async def step(self) -> float:
        """Write what is due first; give the seconds to pause."""
        await self._check_in()
        now = self._clock.now()
        begun = await self._store.write(lambda tx: self._begin(tx, now))
        if begun is None:
            return await self._pause(now)
        found, write = begun
        settled = write.timed_out(now) if found.is_too_late(now) else await self._do(found, write)
        await self._store.write(lambda tx: self._settle(tx, settled))
        self._signals.dispatch.set()
        return 0.0

    def _begin(self, tx: Transaction, now: datetime) -> tuple[PendingWrite, PendingWrite] | None:
        """Take up the first due write; should that break, the next one has its turn."""
        found = tx.writes.due(self._writer.source, now)
        if found is None:
            return None
        write = found.taken_up(now) if found.is_too_late(now) else found.begun(now)
        tx.writes.put(write)
        return found, write

    async def _do(self, found: PendingWrite, write: PendingWrite) -> PendingWrite:
        may_be_done = found.state is WriteState.WRITING
        result = await self._deeds.perform(write, may_be_done=may_be_done)
        self._feel(result)
        ended = self._clock.now()
        return write.timed_out(ended) if result is None else write.after(result, ended)

    def _settle(self, tx: Transaction, write: PendingWrite) -> None:
        """Remember what came of it; once it ended, everybody who wishes for it is told.

        Whoever reads the practice may have seen it there already, and told of it.
        """
        known = tx.writes.get(write.id)
        if known is None or known.is_settled:
            return
        tx.writes.put(write.without_content())
        if not write.is_settled:
            return
        if write.state is WriteState.WRITTEN and write.kind in IDENTITY_KINDS:
            tx.identities.bind(write.subject, str(write.native))
        self._tell(tx, write)

    async def _check_in(self) -> None:
        now = self._clock.monotonic()
        if self._checked_at is not None and now - self._checked_at < CHECK_IN_SECONDS:
            return
        self._checked_at = now
        self._feel(await self._writer.check_in())

    def _feel(self, result: Result | None) -> None:
        """Any answer of the practice is a sign of life, a refusal too."""
        if result is None or isinstance(result, Written | Refused):
            self.pulse.alive_at, self.pulse.reason = self._clock.now(), ""
        elif isinstance(result, Unavailable):
            self.pulse.reason = result.reason

    async def _pause(self, now: datetime) -> float:
        source = self._writer.source
        due_at = await self._store.read(lambda tx: tx.writes.next_due_at(source))
        wait = timedelta(seconds=IDLE_SECONDS) if due_at is None else due_at - now
        return min(IDLE_SECONDS, max(0.05, wait.total_seconds()))
