"""Examination: what ``doctor`` looks at beyond the configuration."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from bitewing.model.errors import BitewingError, StoreInUseError
from bitewing.model.health import Finding, Light
from bitewing.ports.clock import Clock
from bitewing.ports.sender import Sender
from bitewing.ports.source import Source
from bitewing.ports.store import Store

_MOST_SKEW_SECONDS = 5.0
"""Stamps are whole seconds, and asking takes a moment."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Looks; changes nothing but what opening a store brings up to date.

    ``measure`` gives how each Watch of a Source would be read, and what that costs; ``written``
    are the Sources that have a Writer.
    """

    sources: Sequence[Source]
    store: Store
    sender: Sender
    clock: Clock
    measure: Callable[[Source, Clock], Awaitable[list[Finding]]]
    written: Collection[str] = ()

    async def findings(self) -> list[Finding]:
        """Give everything worth saying; never raises for what is wrong."""
        found = [finding for source in self.sources for finding in await self._source(source)]
        found += await self._store()
        found += await self._writes()
        return found + await self._endpoints()

    async def _source(self, source: Source) -> list[Finding]:
        found = await source.examine()
        if all(one.light is not Light.RED for one in found):
            found.append(await self._skew(source))
            found += await self.measure(source, self.clock)
        return [
            Finding(one.light, f"source {source.name}: {one.subject}", one.detail, one.mend)
            for one in found
        ]

    async def _skew(self, source: Source) -> Finding:
        try:
            reach = await source.reach()
        except BitewingError as error:
            return Finding(Light.RED, "clock", str(error))
        skew = (reach.now - self.clock.now()).total_seconds()
        if abs(skew) > _MOST_SKEW_SECONDS:
            return Finding(
                Light.STARTING,
                "clock",
                f"The database's clock is {skew:+.0f} s from this machine's.",
                "Nothing is lost by it, since only the database's clock counts; set both by NTP.",
            )
        return Finding(Light.GREEN, "clock", "The database's clock agrees with this machine's.")

    async def _store(self) -> list[Finding]:
        try:
            await self.store.open()
            await self.store.close()
        except StoreInUseError:
            return [Finding(Light.GREEN, "store", "A running bitewing has it.")]
        except BitewingError as error:
            return [Finding(Light.RED, "store", str(error))]
        return [Finding(Light.GREEN, "store", "It can be written.")]

    async def _writes(self) -> list[Finding]:
        try:
            waiting = await self.store.peek(lambda tx: tx.writes.waiting())
        except BitewingError:
            return []  # said above
        return [
            Finding(
                Light.STARTING,
                f"source {source}: writer",
                f"{count} thing(s) that clients asked for wait for a writer; none is configured.",
                "Configure it again, or let them end: appointments at their start, "
                "all else a day after it was tried last.",
            )
            for source, count in waiting.items()
            if source not in self.written
        ]

    async def _endpoints(self) -> list[Finding]:
        try:
            wishes = await self.store.peek(lambda tx: tx.subscriptions.all())
        except BitewingError:
            return []  # said above
        found = []
        for url in dict.fromkeys(wish.url for wish in wishes):
            outcome = await self.sender.probe(url)
            numbers = ", ".join(str(wish.number) for wish in wishes if wish.url == url)
            subject = f"receiver of subscription {numbers}"
            found.append(
                Finding(Light.GREEN, subject, "It can be connected to.")
                if outcome is None
                else Finding(
                    Light.RED,
                    subject,
                    f"It cannot be connected to: {outcome.detail or outcome.kind.value}.",
                    "What it is owed waits; check that it runs and that its address is right.",
                )
            )
        return found
