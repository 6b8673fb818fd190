"""Auth: who is calling, by Open Dental's ODFHIR scheme."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bitewing.model.errors import BitewingError
from bitewing.model.tenancy import Practice, owner_of

SCHEME = "ODFHIR"
"""The scheme of the Authorization header (API Specification page)."""


class NotAuthorizedError(BitewingError):
    """The caller does not say who they are, or is nobody we know."""

    code = "request.unauthorized"


@dataclass(frozen=True, slots=True)
class Caller:
    """The bearer of a customer key."""

    owner: str
    customer_key: str = field(repr=False)
    practice: Practice


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Knows the developer keys, and whose each customer key is."""

    developer_keys: Sequence[str] = field(repr=False)
    practices: Mapping[str, Practice] = field(repr=False)

    def admit(self, authorization: str | None) -> Caller:
        """Read ``ODFHIR {DeveloperKey}/{CustomerKey}`` (API Specification page, Authorization).

        Raises:
            NotAuthorizedError: says which part is missing or unknown, never repeating a key.
        """
        if not authorization:
            raise NotAuthorizedError(
                "The Authorization header is missing. It must be: "
                "ODFHIR {DeveloperKey}/{CustomerKey}"
            )
        scheme, _, keys = authorization.strip().partition(" ")
        developer_key, slash, customer_key = keys.strip().partition("/")
        if scheme.upper() != SCHEME or not slash:
            raise NotAuthorizedError(
                "The Authorization header must be: ODFHIR {DeveloperKey}/{CustomerKey}"
            )
        if not any(_same(developer_key, known) for known in self.developer_keys):
            raise NotAuthorizedError("The developer key is not valid.")
        for known, practice in self.practices.items():
            if _same(customer_key, known):
                return Caller(owner_of(known), known, practice)
        raise NotAuthorizedError("The customer key is not valid, or not assigned to an office.")


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
