"""Dialects: the two webhook formats and the operator's, as the configuration wants them spoken."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bitewing.bootstrap.customs import customs_of
from bitewing.bootstrap.keys import customer_keys_of, reach_of
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.dialects.operator.speaking import Operator
from bitewing.engine.operations.tenants import Tenants
from bitewing.ports.dialect import Dialect
from bitewing.settings import Settings


@dataclass(frozen=True, slots=True)
class Dialects:
    """What is spoken.

    Attributes:
        institutions: our ids by subdomain; empty until ``learn``.
    """

    opendental: OpenDental
    nexhealth: NexHealth
    institutions: dict[str, int] = field(default_factory=dict)
    operator: Operator = field(default_factory=Operator)

    @property
    def by_name(self) -> Mapping[str, Dialect]:
        """Give all of them."""
        return {one.name: one for one in (self.opendental, self.nexhealth, self.operator)}

    async def learn(self, tenants: Tenants) -> None:
        """Learn our ids of the institutions, which every Message of NexHealth's bears."""
        for one in await tenants.of(list(tenants.names)):
            self.institutions[one.subdomain] = one.id


def make_dialects(settings: Settings) -> Dialects:
    """Make the Dialects; nothing is asked of the store yet."""
    institutions: dict[str, int] = {}
    return Dialects(
        OpenDental(
            zones={source.name: source.zone for _, source in settings.sources},
            customer_keys=customer_keys_of(settings),
            version=settings.opendental.version,
        ),
        NexHealth(customs_of(settings), institutions=institutions, reach=reach_of(settings)),
        institutions,
    )
