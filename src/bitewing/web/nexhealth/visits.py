"""Visits: what is settled of every request before its own work: who, how often, as what version."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from bitewing.web.nexhealth.admission import Admission, ApiCaller
from bitewing.web.nexhealth.limits import Limits, limits_of
from bitewing.web.nexhealth.parameters import Asked, Parameter
from bitewing.web.nexhealth.versions import Version, version_of

SUBDOMAIN = Parameter("subdomain", is_required=True)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request whose bearer is known."""

    caller: ApiCaller
    version: Version
    request: Request

    def asked(self, parameters: Sequence[Parameter]) -> Asked:
        """Read the query.

        Raises:
            InvalidRequestError: a parameter that must be there is not.
            NoAccessError: the institution is none that the caller reaches.
        """
        asked = Asked(parameters, self.request.query_params)
        subdomain = asked.text(SUBDOMAIN.name)
        if subdomain is not None:
            self.caller.require(subdomain)
        return asked


@dataclass(frozen=True, slots=True)
class Door:
    """Where every request comes in."""

    admission: Admission
    limits: Limits

    def enter(self, request: Request) -> Visit:
        """Admit a caller.

        Raises:
            UnknownCallerError: nobody knows them.
            TooManyRequestsError: they have asked too much.
            InvalidRequestError: they want a version that is not spoken here.
        """
        caller = self.admission.admit(request.headers.get("authorization"))
        self.limits.take(caller.owner, limits_of(request.method, request.url.path))
        return Visit(caller, version_of(request.headers), request)

    def token_for(self, request: Request) -> str:
        """Give a token for an API key.

        Raises:
            UnknownCallerError: it is none that we know.
            TooManyRequestsError: its bearer has asked too much.
        """
        caller, token = self.admission.token_for(request.headers.get("authorization"))
        self.limits.take(caller.owner, limits_of(request.method, request.url.path))
        return token
