"""Arrival: a practice database is opened, and is it the one that was read before?"""

from dataclasses import dataclass

from bitewing.engine.capture.agenda import Agenda
from bitewing.model.errors import SourceRefusedError
from bitewing.model.origin import Origin
from bitewing.model.watch import Depth
from bitewing.ports.source import Source
from bitewing.ports.store import Store, Transaction


@dataclass(slots=True)
class Arrival:
    """Opens a Source and compares its Origin with the one that is remembered."""

    source: Source
    store: Store
    agenda: Agenda

    async def open(self, *, now: float) -> dict[str, frozenset[str]]:
        """Open; give Watch → columns whose type has changed.

        Everything is swept soon after, since nobody knows what happened meanwhile.

        Raises:
            SourceRefusedError: this is another database than before.
        """
        await self.source.open()
        origin = await self.source.origin()
        before = await self.store.read(lambda tx: tx.origins.get(self.source.name))
        if before is None or not before.identity:
            await self._remember(origin)
            before = origin
        if before.identity != origin.identity:
            raise SourceRefusedError(
                f"Source {self.source.name}: this is another database than the one that was read "
                "before (server, database name or registration key differ). If that is right, "
                f"say so: bitewing sources accept {self.source.name}"
            )
        retyped = {
            watch.name: _retyped(before, origin, watch.name) for watch in self.source.watches
        }
        for watch in self.source.watches:
            is_reshaped = before.layouts.get(watch.name) != origin.layouts.get(watch.name)
            depth = Depth.ROWS if is_reshaped else Depth.STAMPS
            self.agenda.suspect(watch, depth, now=now)
        return retyped

    async def settle(self, watch: str) -> None:
        """All images of a Watch have the columns that its table has now."""
        origin = await self.source.origin()
        name = self.source.name

        def work(tx: Transaction) -> None:
            before = tx.origins.get(name) or origin
            layouts = {**before.layouts, watch: origin.layouts.get(watch, {})}
            tx.origins.put(name, Origin(before.identity, layouts, origin.created))

        await self.store.write(work)

    async def _remember(self, origin: Origin) -> None:
        await self.store.write(lambda tx: tx.origins.put(self.source.name, origin))


def _retyped(before: Origin, now: Origin, watch: str) -> frozenset[str]:
    old, new = before.layouts.get(watch, {}), now.layouts.get(watch, {})
    return frozenset(name for name in old.keys() & new.keys() if old[name] != new[name])
