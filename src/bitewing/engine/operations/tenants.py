"""Tenants: the institutions as callers know them: our ids of them and of their locations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bitewing.model.errors import NotFoundError
from bitewing.ports.store import Store, Transaction

INSTITUTION = "Institution"
LOCATION = "Location"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One institution.

    Attributes:
        id: our number for it.
        subdomain, name: as configured.
        sources: the names of its Sources.
    """

    id: int
    subdomain: str
    name: str
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tenants:
    """Knows the institutions that are configured.

    ``names`` gives subdomain → name, ``sources`` subdomain → its Sources.
    """

    store: Store
    names: Mapping[str, str]
    sources: Mapping[str, Sequence[str]]

    async def of(self, subdomains: Sequence[str]) -> list[Tenant]:
        """Give these, those that are not configured left out."""
        known = [one for one in subdomains if one in self.names]
        found = await self.store.read(lambda tx: tx.identities.find(INSTITUTION, "", known))
        if len(found) < len(known):
            found = await self.store.write(lambda tx: tx.identities.obtain(INSTITUTION, "", known))
        return [Tenant(found[one], one, self.names[one], self.sources[one]) for one in known]

    async def one(self, subdomain: str) -> Tenant:
        """Give one.

        Raises:
            NotFoundError: it is not configured.
        """
        found = await self.of([subdomain])
        if not found:
            raise NotFoundError(f"Institution {subdomain} not found")
        return found[0]

    async def require_locations(self, subdomain: str, locations: Sequence[int]) -> None:
        """See to it that all of these are the institution's.

        Raises:
            NotFoundError: one is not, in NexHealth's words.
        """
        sources = self.sources.get(subdomain, ())

        def work(tx: Transaction) -> int | None:
            for number in locations:
                native = tx.identities.native_of(LOCATION, None, number)
                if native is None or native.source not in sources:
                    return number
            return None

        stranger = await self.store.read(work)
        if stranger is not None:
            raise NotFoundError(f"Location with id {stranger} not found")
