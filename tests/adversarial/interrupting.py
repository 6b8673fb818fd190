"""A Source between whose readings the practice goes on working."""

from collections.abc import Callable, Sequence

from tests.adversarial.rig import Rig

from bitewing.model.record import Record
from bitewing.model.watch import Depth, Digest, Watch
from bitewing.sources.opendental import OpenDental

Interruption = Callable[[], None]


class Interrupted(OpenDental):
    """Reads as ever; what is in ``after`` is run once, behind the first reading of that name."""

    def interrupt(self, watch: str, **after: Interruption) -> None:
        """Run these behind ``fetch``, ``read_after`` or ``digest_after`` of this Watch."""
        self._watch, self._after = watch, after

    async def read_after(self, watch: Watch, after: int | None, limit: int) -> list[Record]:
        found = await super().read_after(watch, after, limit)
        self._now("read_after", watch)
        return found

    async def fetch(self, watch: Watch, numbers: Sequence[int]) -> list[Record]:
        found = await super().fetch(watch, numbers)
        self._now("fetch", watch)
        return found

    async def digest_after(
        self, watch: Watch, depth: Depth, *, after: int | None, limit: int
    ) -> Digest:
        found = await super().digest_after(watch, depth, after=after, limit=limit)
        self._now("digest_after", watch)
        return found

    def _now(self, reading: str, watch: Watch) -> None:
        if watch.name == self._watch and (run := self._after.pop(reading, None)):
            run()


async def interrupt(rig: Rig, watch: str, **after: Interruption) -> None:
    """Let the rig read through an interrupted Source from now on, as a new process."""
    own = rig.source
    source = Interrupted(
        own.name, own.institution, own.zone, polling=own.polling, asking=own.asking
    )
    source.interrupt(watch, **after)
    rig.read_from(source)
