"""Customs: what NexHealth's contract leaves to the practice, as it is configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bitewing.model.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Office:
    """The clocks on a practice's walls.

    Attributes:
        zone: of the database server, and of every clinic that has none of its own.
        clinic_zones: ClinicNum → zone, for groups that span several.
        is_written: whether appointments that are made here are written into its database.
    """

    zone: ZoneInfo
    clinic_zones: Mapping[int, ZoneInfo] = field(default_factory=dict)
    is_written: bool = False

    def zone_of(self, clinic: int) -> ZoneInfo:
        """Give the zone in which a clinic's appointments are written."""
        return self.clinic_zones.get(clinic, self.zone)


@dataclass(frozen=True, slots=True)
class Customs:
    """How the practices' rows are to be understood.

    Attributes:
        offices: by Source.
        confirmed: the definitions (DefNum) that count as confirmed; None takes the one that the
            practice's preference ``ApptEConfirmStatusAccepted`` names.
        is_unscheduled_cancelled: whether an appointment on the unscheduled list is cancelled.
        currency: of all amounts.
        calling_code: the country's digits before a national phone number; they are dropped.
        system: the record system's name in ``foreign_id_type`` and ``emr``.
    """

    offices: Mapping[str, Office]
    confirmed: frozenset[int] | None = None
    is_unscheduled_cancelled: bool = False
    currency: str = "USD"
    calling_code: str = "1"
    system: str = "opendental"

    def office(self, source: str) -> Office:
        """Give the office of a Source.

        Raises:
            NotFoundError: it is not configured.
        """
        office = self.offices.get(source)
        if office is None:
            raise NotFoundError(
                f"The source {source!r} is not configured, so its time zone is not known."
            )
        return office
