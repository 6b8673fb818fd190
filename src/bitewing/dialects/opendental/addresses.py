"""Addresses: which EndPointUrl can be posted to at all; whether it MAY be is the guard's to say."""

from urllib.parse import urlsplit

from bitewing.model.errors import InvalidRequestError

_NEVER_BARE = frozenset(' "<>\\^`{|}')  # RFC 3986 has no place for them


def check_address(url: str) -> str:
    """Give the URL back, to the letter, if an Event can be posted there.

    Ports, paths, queries, LAN addresses and localhost are all usual (API Subscriptions page).
    A user name is refused, because the Authorization header carries the customer key.

    Raises:
        InvalidRequestError: it cannot be posted to; the message says why, without the URL.
    """
    if not url.isascii() or not url.isprintable() or _NEVER_BARE.intersection(url):
        raise InvalidRequestError(
            "EndPointUrl is invalid. Blanks, quotes, backslashes and letters beyond ASCII must be "
            "percent-encoded."
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # both raise on what they cannot read
    except ValueError:
        raise InvalidRequestError("EndPointUrl is invalid. Check its host and port.") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise InvalidRequestError("EndPointUrl is invalid. It must start with http:// or https://.")
    if "@" in parts.netloc:
        raise InvalidRequestError("EndPointUrl is invalid. It cannot have a user name or password.")
    return url
