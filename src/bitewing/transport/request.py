"""Composing the bytes of a POST: headers exactly as given, between the ones that HTTP needs."""

from collections.abc import Iterable
from string import ascii_letters, digits

from bitewing import __version__
from bitewing.model.delivery import Headers
from bitewing.transport.failure import blocked
from bitewing.transport.target import Target

_NAME_CHARACTERS = frozenset(ascii_letters + digits + "!#$%&'*+-.^_`|~")  # RFC 9110, 5.6.2
_OURS = frozenset(
    (
        *("host", "content-length", "transfer-encoding", "connection", "keep-alive", "te"),
        *("trailer", "upgrade", "expect", "proxy-authorization", "proxy-connection"),
    )
)
"""Headers that decide where a request goes and where it ends; nobody else may set them."""

_DEFAULTS = (
    ("User-Agent", f"bitewing/{__version__}"),
    ("Accept", "*/*"),
    ("Content-Type", "application/json"),
)


def request_start(target: Target) -> str:
    """Give what all requests to a Target begin with."""
    return f"POST {target.path} HTTP/1.1\r\nHost: {target.authority}\r\n"


def compose_request(start: str, headers: Headers, body: bytes) -> bytes:
    """Give the bytes to send: Host, length, defaults, then the headers as they were given.

    Raises:
        ExchangeError: a header would break the request apart or is ours to set (blocked).
    """
    names, values = zip(*headers, strict=True) if headers else ((), ())
    template = _known.get(names) or _learn(names)
    if not "".join(values).isprintable():
        _require_whole(headers)
    try:
        return (start + template % (len(body), *values)).encode() + body
    except UnicodeEncodeError as error:
        raise blocked("a header holds a character that cannot be sent") from error


_CONTROLS = frozenset(map(chr, (*range(9), *range(10, 32), 127)))
"""What may stand in no value, and is never printable; a tab may."""

_MOST_KNOWN = 256
_known: dict[tuple[str, ...], str] = {}
"""Header names to the head for them; names that are known have been found in order."""


def _learn(names: tuple[str, ...]) -> str:
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    template = _known[names] = "\r\n".join([*_lines(names), "\r\n"])
    return template


def _lines(names: tuple[str, ...]) -> list[str]:
    """Give the lines for these header names, with places for the length and the values."""
    given = {name.lower() for name in names}
    for name in names:
        if not name or not _NAME_CHARACTERS.issuperset(name):
            raise blocked("a header's name holds a character that names cannot hold")
        if name.lower() in _OURS:
            raise blocked(f"the header {name} is set by the sender itself")
    lines = ["Content-Length: %d"]
    lines += [f"{name}: {value}" for name, value in _DEFAULTS if name.lower() not in given]
    lines += [f"{name.replace('%', '%%')}: %s" for name in names]
    return lines


def _require_whole(headers: Iterable[tuple[str, str]]) -> None:
    """Name the header that would end a line too early."""
    for name, value in headers:
        if not _CONTROLS.isdisjoint(value):
            raise blocked(f"the value of header {name!r} holds a line break or control character")
