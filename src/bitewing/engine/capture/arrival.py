"""Arrival: a practice database is opened, and is it the one that was read before?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bitewing.engine.capture.agenda import Agenda
from bitewing.engine.capture.reading import PAGE
from bitewing.model.errors import SourceRefusedError, SourceUnavailableError
from bitewing.model.origin import Origin
from bitewing.model.watch import Depth, Watch
from bitewing.ports.source import Source
from bitewing.ports.store import Store, Transaction


@dataclass(slots=True)
class Arrival:
    """Opens a Source and compares its Origin with the one that is remembered.

    Attributes:
        retyped: Watch → columns whose type has changed since the images were made.
    """

    source: Source
    store: Store
    agenda: Agenda
    retyped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _seen: Origin | None = None
    _watches: Sequence[Watch] = ()
    _looked_at: float = 0.0

    async def open(self, *, now: float) -> None:
        """Open; everything is swept soon after, since nobody knows what happened meanwhile.

        Raises:
            SourceRefusedError: this is another database than before.
        """
        await self._look(now)
        for watch in self.source.watches:
            self.agenda.suspect(watch, Depth.STAMPS, now=now)

    async def look_again(self, *, now: float, after_seconds: float) -> bool:
        """Discover anew if the last look is that old; tell whether the tables look otherwise.

        Raises:
            SourceRefusedError: another database has taken the place of the one before.
        """
        if now - self._looked_at < after_seconds:
            return False
        watches, layouts = self._watches, self._seen.layouts if self._seen else {}
        seen = await self._look(now)
        return (watches, layouts) != (self._watches, seen.layouts)

    async def settle(self, watch: str) -> None:
        """All images of a Watch have the columns that its table had at the last look."""
        seen, name = self._seen, self.source.name
        if seen is None:
            return

        def work(tx: Transaction) -> None:
            before = tx.origins.get(name) or seen
            layouts = {**before.layouts, watch: seen.layouts.get(watch, {})}
            tx.origins.put(name, Origin(before.identity, layouts, before.created))

        if await self._is_reshaped(watch, seen):
            await self.store.write(work)
        self.retyped = {**self.retyped, watch: frozenset()}

    async def _is_reshaped(self, watch: str, seen: Origin) -> bool:
        before = await self.store.read(lambda tx: tx.origins.get(self.source.name))
        return before is None or before.layouts.get(watch) != seen.layouts.get(watch)

    async def _look(self, now: float) -> Origin:
        await self.source.open()
        seen = await self.source.origin()
        before = await self._agreed(seen)
        # What is followed no longer because of the configuration is not missing.
        missing = sorted((before.layouts.keys() & self.source.wanted) - seen.layouts.keys())
        if missing:
            raise SourceUnavailableError(
                f"Source {self.source.name}: the tables of {', '.join(missing)} were there before. "
                "Is the database being restored or upgraded? If they are gone for good, say so: "
                f"bitewing sources accept {self.source.name}"
            )
        for watch in self.source.watches:
            if before.layouts.get(watch.name) != seen.layouts.get(watch.name):
                self.agenda.suspect(watch, Depth.ROWS, now=now)
        self.retyped = {
            watch.name: _retyped(before, seen, watch.name) for watch in self.source.watches
        }
        if self._watches != self.source.watches:
            await self._keep_handles()
        self._seen, self._watches, self._looked_at = seen, list(self.source.watches), now
        return seen

    async def _keep_handles(self) -> None:
        """Let Records be found by the handles of their Watches, a few at a time.

        A Watch may have got its handles after its first reading.
        """
        name, watches = self.source.name, list(self.source.watches)

        def work(tx: Transaction) -> bool:
            done = [
                tx.records.keep_handles(name, watch.name, watch.handles, limit=PAGE)
                for watch in watches
            ]
            return all(done)

        while not await self.store.write(work):
            pass

    async def _agreed(self, seen: Origin) -> Origin:
        """Give what was known before; a new identity is taken where there is none to compare."""
        name = self.source.name
        before = await self.store.read(lambda tx: tx.origins.get(name))
        if before is not None and before.identity == seen.identity:
            return before
        if before is not None and before.identity:
            raise SourceRefusedError(
                f"Source {name}: this is another database than the one that was read "
                "before (its name or registration key differs). If that is right, "
                f"say so: bitewing sources accept {name}"
            )
        # Where a person has accepted another database, the images still have the old columns.
        old = before.layouts if before else {}
        layouts = {watch: old.get(watch, layout) for watch, layout in seen.layouts.items()}
        agreed = Origin(seen.identity, layouts, seen.created)
        await self.store.write(lambda tx: tx.origins.put(name, agreed))
        return agreed


def _retyped(before: Origin, now: Origin, watch: str) -> frozenset[str]:
    old, new = before.layouts.get(watch, {}), now.layouts.get(watch, {})
    return frozenset(name for name in old.keys() & new.keys() if old[name] != new[name])
