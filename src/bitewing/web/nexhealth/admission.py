"""Admission: who is calling NexHealth's face, and which institutions they reach."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bitewing.model.errors import BitewingError
from bitewing.ports.clock import Clock
from bitewing.web.nexhealth import tokens

_BEARER = "bearer "


class UnknownCallerError(BitewingError):
    """The caller shows neither an API key nor a token that is good."""

    code = "request.unauthorized"


class NoAccessError(BitewingError):
    """The caller is known, but may not reach what they name."""

    code = "request.forbidden"


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """The bearer of an API key.

    Attributes:
        key: the API key.
        owner: its fingerprint, under which belongings are stored.
        institutions: the subdomains that it reaches.
    """

    key: str = field(repr=False)
    owner: str
    institutions: Sequence[str]

    def require(self, subdomain: str) -> str:
        """Give the subdomain back if the caller reaches it; letter case counts.

        Raises:
            NoAccessError: in NexHealth's words, whether there is such an institution or not.
        """
        if subdomain not in self.institutions:
            raise NoAccessError("You don't have access to perform this action.")
        return subdomain


@dataclass(frozen=True, slots=True)
class Admission:
    """Knows the API keys; gives tokens for them and admits who bears one."""

    callers: Sequence[ApiCaller] = field(repr=False)
    clock: Clock
    lifetime: timedelta

    def token_for(self, authorization: str | None) -> tuple[ApiCaller, str]:
        """Change the bare API key in an ``Authorization`` header for a token.

        Raises:
            UnknownCallerError: it holds no key that we know.
        """
        caller = self._bearer_of_key(_credential(authorization))
        if caller is None:
            raise UnknownCallerError(
                "The API key is not valid. The Authorization header must hold nothing but it."
            )
        at = self.clock.now()
        return caller, tokens.issue(caller.key, owner=caller.owner, at=at, lifetime=self.lifetime)

    def admit(self, authorization: str | None) -> ApiCaller:
        """Read ``Bearer {token}``; the API key itself is accepted in its place.

        Raises:
            UnknownCallerError: the token is none of ours or has run out, or there is none.
        """
        credential = _credential(authorization)
        caller = self._bearer_of_token(credential) or self._bearer_of_key(credential)
        if caller is None:
            raise UnknownCallerError(
                "The token is missing, not valid or expired. The Authorization header must be: "
                "Bearer {token}, with a token from POST /authenticates."
            )
        return caller

    def _bearer_of_token(self, credential: str) -> ApiCaller | None:
        shown = tokens.read(credential)
        if shown is None:
            return None
        named = [caller for caller in self.callers if caller.owner == shown.claims.sub]
        at = self.clock.now()
        return next((caller for caller in named if shown.is_good(caller.key, at)), None)

    def _bearer_of_key(self, credential: str) -> ApiCaller | None:
        given = credential.encode(errors="replace")
        found = None
        for caller in self.callers:
            if hmac.compare_digest(given, caller.key.encode()):
                found = caller
        return found


def _credential(authorization: str | None) -> str:
    text = (authorization or "").strip()
    return text[len(_BEARER) :].strip() if text.lower().startswith(_BEARER) else text
