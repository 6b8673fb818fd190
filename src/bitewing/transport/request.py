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
    names, values = zip(*headers) if headers else ((), ())  # noqa: B905 - they are pairs; asking costs
    pieces = (_known.get(names) or _learn(names)).copy()
    pieces[::2] = [start, str(len(body)), *values]
    try:
        written = "".join(values).encode()
        if written.translate(_CONTROLS_GONE) != written:
            _require_whole(headers)
        return "".join(pieces).encode() + body
    except UnicodeEncodeError as error:
        raise blocked("a header holds a character that cannot be sent") from error


_CONTROLS = frozenset(map(chr, (*range(9), *range(10, 32), 127)))
"""What may stand in no value; a tab may."""

_CONTROLS_GONE = bytes.maketrans("".join(_CONTROLS).encode(), b" " * len(_CONTROLS))

_MOST_KNOWN = 256
_known: dict[tuple[str, ...], list[str]] = {}
"""Header names to the pieces for them; names that are known have been found in order."""


def _learn(names: tuple[str, ...]) -> list[str]:
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    pieces = _known[names] = _pieces(names)
    return pieces


def _pieces(names: tuple[str, ...]) -> list[str]:
    """Give what follows the start, the length and each value, and a place before each of these.

    Putting pieces together costs half of what formatting costs.
    """
    given = {name.lower() for name in names}
    for name in names:
        if not name or not _NAME_CHARACTERS.issuperset(name):
            raise blocked("a header's name holds a character that names cannot hold")
        if name.lower() in _OURS:
            raise blocked(f"the header {name} is set by the sender itself")
    defaults = [f"\r\n{name}: {value}" for name, value in _DEFAULTS if name.lower() not in given]
    follows = ["Content-Length: ", *(f"\r\n{name}: " for name in names), "\r\n\r\n"]
    follows[1] = "".join(defaults) + follows[1]
    return [piece for one in follows for piece in ("", one)]


def _require_whole(headers: Iterable[tuple[str, str]]) -> None:
    """Name the header that would end a line too early."""
    for name, value in headers:
        if not _CONTROLS.isdisjoint(value):
            raise blocked(f"the value of header {name!r} holds a line break or control character")
