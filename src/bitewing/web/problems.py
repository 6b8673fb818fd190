"""Problems: every error of ours and the HTTP status that it becomes, in one place."""

from bitewing.model.errors import (
    BitewingError,
    InvalidRequestError,
    NotFoundError,
    SourceRefusedError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from bitewing.web.auth import NotAuthorizedError

STATUSES: dict[type[BitewingError], int] = {
    NotAuthorizedError: 401,
    InvalidRequestError: 400,
    NotFoundError: 404,
    # The practice's database stands behind us as behind a gateway.
    SourceUnavailableError: 504,
    SourceRefusedError: 504,
    StoreUnavailableError: 503,
}


def status_of(error: BitewingError) -> int:
    """Give the status for an error."""
    return STATUSES.get(type(error), 500)
