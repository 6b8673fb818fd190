"""Problems: every error of ours and the HTTP status that it becomes, in one place."""

from fastapi import Request

from bitewing.engine import journal
from bitewing.model.errors import (
    BitewingError,
    ForgottenError,
    InvalidRequestError,
    NotFoundError,
    SourceRefusedError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from bitewing.web.auth import SCHEME, NotAuthorizedError

STATUSES: dict[type[BitewingError], int] = {
    NotAuthorizedError: 401,
    InvalidRequestError: 400,
    NotFoundError: 404,
    ForgottenError: 410,
    # The practice's database stands behind us as behind a gateway.
    SourceUnavailableError: 504,
    SourceRefusedError: 504,
    StoreUnavailableError: 503,
}
UNEXPECTED = "bitewing failed to answer because of a mistake of its own; its journal says where."
"""What a caller is told of an error that nobody raised on purpose."""


def status_of(error: Exception) -> int:
    """Give the status for an error."""
    return STATUSES.get(type(error), 500) if isinstance(error, BitewingError) else 500


def headers_of(error: Exception) -> dict[str, str]:
    """Give the headers that must go with the status (RFC 9110, 11.6.1)."""
    return {"WWW-Authenticate": SCHEME} if isinstance(error, NotAuthorizedError) else {}


def unexpected(request: Request, error: Exception) -> str:
    """Write an error that nobody raised on purpose into the journal; give what the caller hears."""
    route = getattr(request.scope.get("route"), "path", "")
    journal.request_failed(method=request.method, route=route, error=journal.named(error))
    return UNEXPECTED
