"""SyncStatus: tells when a Source can be read or written no more, and when it can again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bitewing.engine import journal
from bitewing.engine.outbox.picture import StoredPicture
from bitewing.engine.outbox.telling import Teller
from bitewing.engine.signals import Signals
from bitewing.model.delivery import Delivery
from bitewing.model.health import Light
from bitewing.model.lights import Aspect, Lights, Thresholds, lights_of
from bitewing.ports.clock import Clock
from bitewing.ports.dialect import Announcer
from bitewing.ports.lights import Shown
from bitewing.ports.store import Store, Transaction

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A Source whose lights are told of.

    Attributes:
        read_at: gives when it was last read completely by this process (our clock, UTC).
        is_tried: tells whether this process has tried to read it.
        write_at: gives when its writer last could have written; None where nothing is written.
    """

    source: str
    institution: str
    read_at: Callable[[], datetime | None]
    is_tried: Callable[[], bool]
    write_at: Callable[[], datetime | None] = field(default=lambda: None)


@dataclass(slots=True)
class SyncStatus:
    """The worker that announces each turn of a light once, however often it is restarted.

    Attributes:
        announces_red: whether turning red is told, too, and not green alone.
    """

    store: Store
    watched: Sequence[Watched]
    announcers: Sequence[Announcer]
    clock: Clock
    signals: Signals
    after: Thresholds
    announces_red: bool = True
    name: str = "sync status"

    async def step(self) -> float:
        """Look at every light; give the seconds to pause."""
        for one in self.watched:
            if not one.is_tried():
                continue  # a light is not red because the program has only just begun

            def work(tx: Transaction, one: Watched = one) -> list[Delivery]:
                return self._look(tx, one)

            owed = await self.store.write(work)
            for delivery in owed:
                journal.message_composed(delivery=delivery)
            if owed:
                self.signals.dispatch.set()
        return SECONDS

    def _look(self, tx: Transaction, one: Watched) -> list[Delivery]:
        """Compare the lights with those that were last shown, and owe what is to be told."""
        now, shown = self.clock.now(), tx.lights.of(one.source)
        read_at = one.read_at() or _worked_at(shown, Aspect.READ)
        write_at = one.write_at() or _worked_at(shown, Aspect.WRITE)
        lights = lights_of(read_at, write_at, now=now, after=self.after)
        fresh = {
            Aspect.READ: Shown(lights.read, read_at),
            Aspect.WRITE: Shown(lights.write, write_at),
        }
        turned = [
            aspect
            for aspect, now_shown in fresh.items()
            if aspect in shown and shown[aspect].light is not now_shown.light
        ]
        for aspect, now_shown in fresh.items():
            if shown.get(aspect) != now_shown:
                tx.lights.put(one.source, aspect, now_shown)
        told = [
            aspect for aspect in turned if self.announces_red or fresh[aspect].light is Light.GREEN
        ]
        return self._tell(tx, one, told, lights) if told else []

    def _tell(
        self, tx: Transaction, one: Watched, told: Sequence[Aspect], lights: Lights
    ) -> list[Delivery]:
        picture = StoredPicture(tx, source=one.source, institution=one.institution)
        owed: list[Delivery] = []
        for announcer in self.announcers:
            teller = Teller(announcer, one.source, one.institution)
            events = [announcer.light_changed(aspect, lights, picture) for aspect in told]
            owed += teller.tell(tx, teller.wishes(tx), events, self.clock.now())
        return owed


def _worked_at(shown: Mapping[Aspect, Shown], aspect: Aspect) -> datetime | None:
    known = shown.get(aspect)
    return None if known is None else known.worked_at
