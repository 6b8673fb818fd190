"""The watchman: tells the operator when a Source can be read no more, and what is held there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bitewing.engine.outbox.reporting import Reporter
from bitewing.engine.signals import Signals
from bitewing.model.health import Light, SourceHealth
from bitewing.model.tiding import Tiding, TidingKind, about_source
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction

SECONDS = 5.0

RED_AFTER = timedelta(minutes=1)
"""A Source that cannot be read for so long is told of; a server that is started anew is not."""


@dataclass(frozen=True, slots=True)
class Beheld:
    """A Source that is watched over.

    Attributes:
        health: gives how reading it is going.
        is_failing: tells whether reading it fails.
        held: gives Watch → rows that are gone at once and not believed.
    """

    source: str
    institution: str
    health: Callable[[], SourceHealth]
    is_failing: Callable[[], bool]
    held: Callable[[], Mapping[str, int]]


@dataclass(slots=True)
class Watchman:
    """The worker that looks at every Source, and tells each turn once.

    What is held and was told of is remembered in this process alone: after a restart it is met
    by the next sweep anew, and told anew.
    """

    store: Store
    beheld: Sequence[Beheld]
    reporter: Reporter
    clock: Clock
    signals: Signals
    name: str = "watchman"
    _failing_since: dict[str, datetime] = field(default_factory=dict)
    _held: dict[str, frozenset[str]] = field(default_factory=dict)

    async def step(self) -> float:
        """Look at every Source; give the seconds to pause."""
        if self.reporter.endpoint is not None:
            for one in self.beheld:
                await self._look(one)
        return SECONDS

    async def _look(self, one: Beheld) -> None:
        now, held = self.clock.now(), dict(one.held())
        light = self._light(one, now)
        tripped = frozenset(held) - self._held.get(one.source, frozenset())

        def work(tx: Transaction) -> None:
            if light is not None and _turned(tx, one, light):
                self._tell_light(tx, one, light, now)
            if tripped:
                self._report(tx, one, TidingKind.DELETIONS_HELD, now, held=held)

        if tripped or (
            light is not None and await self.store.read(lambda tx: _turned(tx, one, light))
        ):
            await self.store.write(work)
            self.signals.dispatch.set()
        self._held[one.source] = frozenset(held)

    def _light(self, one: Beheld, now: datetime) -> Light | None:
        """Give the light of a Source; None while it is too early to say."""
        if not one.is_failing():
            self._failing_since.pop(one.source, None)
            return Light.GREEN if one.health().read_at is not None else None
        since = self._failing_since.setdefault(one.source, now)
        return Light.RED if now - since >= RED_AFTER else None

    def _tell_light(self, tx: Transaction, one: Beheld, light: Light, now: datetime) -> None:
        about = about_source(one.source)
        if light is Light.GREEN:
            tx.told.forget(about)
            self._report(tx, one, TidingKind.SOURCE_GREEN, now)
            return
        tx.told.put(about, TidingKind.SOURCE_RED.value)
        since, detail = self._failing_since[one.source], one.health().detail
        self._report(tx, one, TidingKind.SOURCE_RED, now, since=since, detail=detail)

    def _report(
        self,
        tx: Transaction,
        one: Beheld,
        kind: TidingKind,
        now: datetime,
        *,
        since: datetime | None = None,
        detail: str = "",
        held: Mapping[str, int] | None = None,
    ) -> None:
        tiding = Tiding(
            kind,
            now,
            one.institution,
            source=one.source,
            since=since,
            detail=detail,
            held=held or {},
        )
        self.reporter.report(tx, tiding)


def _turned(tx: Transaction, one: Beheld, light: Light) -> bool:
    """Tell whether the operator should still know another light."""
    is_told = tx.told.get(about_source(one.source)) is not None
    return is_told is (light is Light.GREEN)
