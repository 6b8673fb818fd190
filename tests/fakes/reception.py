"""A Reception that takes over what goes to some Endpoints, and remembers what arrived."""

from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from bitewing.model.delivery import Claim, Delivery


@dataclass
class FakeReception:
    """Implements the port ``Reception``."""

    until: datetime
    endpoints: frozenset[int] = frozenset({1})
    arrived: list[Claim] = field(default_factory=list)
    recalled: set[str] = field(default_factory=set)

    def admit(self, deliveries: Sequence[Delivery]) -> list[datetime | None]:
        """See the port."""
        return [self.until if one.endpoint in self.endpoints else None for one in deliveries]

    def arrive(self, claims: Sequence[Claim]) -> None:
        """See the port."""
        self.arrived += claims

    def recall(self, deliveries: AbstractSet[str]) -> None:
        """See the port."""
        self.recalled |= deliveries
