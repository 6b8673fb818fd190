"""Capturing: what reads the practices, and what announces at once what was read."""

from collections.abc import Iterable, Mapping

from bitewing.engine.capture.poller import Poller
from bitewing.engine.outbox.announcing import Announcing
from bitewing.engine.signals import Signals
from bitewing.engine.upkeep.sync_status import SyncStatus, Watched
from bitewing.engine.writing.pulse import WriterPulse
from bitewing.engine.writing.scribe import Tell
from bitewing.model.health import Light
from bitewing.model.lights import Thresholds
from bitewing.ports.clock import Clock
from bitewing.ports.dialect import Announcer
from bitewing.ports.source import Source
from bitewing.ports.store import Store
from bitewing.settings import Settings


def make_pollers(
    settings: Settings,
    sources: Mapping[str, Source],
    store: Store,
    *,
    announcer: Announcer,
    tell: Tell,
    clock: Clock,
    signals: Signals,
) -> list[Poller]:
    """Make the worker of each Source; it announces at once where a client of NexHealth may look.

    It tells of what it sees to be written, too.
    """
    seen = seen_institutions(settings)
    return [
        Poller(
            source,
            store,
            clock=clock,
            signals=signals,
            announces_renamed=settings.opendental.announce_renamed,
            announcing=Announcing([announcer], source.name, source.institution, clock, tell)
            if source.institution in seen
            else None,
        )
        for source in sources.values()
    ]


def make_sync_status(
    settings: Settings,
    pollers: Iterable[tuple[Source, Poller]],
    store: Store,
    pulses: Mapping[str, WriterPulse],
    *,
    announcer: Announcer,
    clock: Clock,
    signals: Signals,
) -> SyncStatus:
    """Make the worker that tells how the Sources stand."""
    nexhealth = settings.nexhealth
    seen = seen_institutions(settings)
    return SyncStatus(
        store=store,
        watched=[
            _watched(one, poller, pulses.get(one.name))
            for one, poller in pollers
            if one.institution in seen
        ],
        announcers=[announcer],
        clock=clock,
        signals=signals,
        after=Thresholds(nexhealth.read_red_after, nexhealth.write_red_after),
        announces_red=nexhealth.announce_red,
    )


def seen_institutions(settings: Settings) -> set[str]:
    """Give the subdomains that some API key of NexHealth's may see."""
    return {name for key in settings.nexhealth.api_keys for name in key.institutions}


def _watched(source: Source, poller: Poller, pulse: WriterPulse | None) -> Watched:
    return Watched(
        source.name,
        source.institution,
        read_at=lambda: poller.health.read_at,
        is_tried=lambda: poller.health.light is not Light.STARTING,
        write_at=lambda: None if pulse is None else pulse.alive_at,
    )
