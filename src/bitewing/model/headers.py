"""Which further header lines a person may give to an Endpoint."""

from string import ascii_letters, digits

from bitewing.model.delivery import Headers
from bitewing.model.errors import InvalidRequestError

MOST_HEADERS = 20
MOST_HEADER_BYTES = 4096

_NAME_CHARACTERS = frozenset(ascii_letters + digits + "!#$%&'*+-.^_`|~")  # RFC 9110, 5.6.2

_OURS = frozenset(
    (
        # They decide where a request goes and where it ends ...
        *("host", "content-length", "transfer-encoding", "connection", "keep-alive", "te"),
        *("trailer", "upgrade", "expect", "date", "content-type", "content-encoding"),
        # ... or say who speaks and what about, in one dialect or another.
        *("user-agent", "signature", "timestamp", "workstation", "event-type"),
    )
)
_OUR_BEGINNINGS = ("proxy-", "webhook-", "svix-")


def require_fit_headers(headers: Headers, *, taken: tuple[str, ...] = ()) -> None:
    """Let header lines pass that may be added to every Message.

    Args:
        headers: as they would be sent.
        taken: further names that are not free (``authorization`` where the dialect sets it).

    Raises:
        InvalidRequestError: one may not; the message names it, never its value.
    """
    if len(headers) > MOST_HEADERS:
        raise InvalidRequestError(
            f"An endpoint may have {MOST_HEADERS} headers of its own at most."
        )
    if sum(len(name) + len(value.encode()) + 4 for name, value in headers) > MOST_HEADER_BYTES:
        raise InvalidRequestError(
            f"The endpoint's own headers may be {MOST_HEADER_BYTES} bytes long in all at most."
        )
    seen: set[str] = set()
    for name, value in headers:
        _require_fit(name, value, frozenset(taken))
        if name.lower() in seen:
            raise InvalidRequestError(f"The header {name} is given twice.")
        seen.add(name.lower())


def _require_fit(name: str, value: str, taken: frozenset[str]) -> None:
    if not name or not _NAME_CHARACTERS.issuperset(name):
        raise InvalidRequestError("A header's name holds a character that names cannot hold.")
    lower = name.lower()
    if lower in _OURS or lower in taken or lower.startswith(_OUR_BEGINNINGS):
        raise InvalidRequestError(f"The header {name} is set by bitewing itself.")
    if any((character < " " and character != "\t") or character == "\x7f" for character in value):
        raise InvalidRequestError(
            f"The value of the header {name} holds a line break or another control character."
        )
