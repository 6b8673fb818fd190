"""Customs: what the configuration says of how NexHealth's dialect reads the practices."""

from bitewing.dialects.nexhealth.customs import Customs, Office
from bitewing.settings import Settings


def customs_of(settings: Settings) -> Customs:
    """Give the customs of all practices."""
    nexhealth = settings.nexhealth
    return Customs(
        offices={
            source.name: Office(
                zone=source.zone,
                clinic_zones=source.clinic_zones,
                is_written=source.writer is not None,
            )
            for _, source in settings.sources
        },
        confirmed=frozenset(nexhealth.confirmed) or None,
        is_unscheduled_cancelled=nexhealth.unscheduled_is_cancelled,
    )
