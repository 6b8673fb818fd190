"""A Target: where a URL leads, in the parts that a connection and a request need."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urlsplit

from bitewing.transport.hosts import UnfitURLError, literal_addresses, plain_host
from bitewing.transport.networks import Address

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 4096
_KEPT_IN_PATHS = "%/:=&?~#+!$,;'@()*[]-._|"


@dataclass(frozen=True, slots=True)
class Target:
    """One URL, taken apart.

    Attributes:
        scheme: ``http`` or ``https``.
        host: as it is looked up and verified: lower case, ASCII, no brackets, no final dot.
        port: always given.
        path: the request target, with its query; it may bear credentials.
        authority: the value of the Host header.
        literals: the addresses that the host spells; empty if it must be looked up.
    """

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    authority: str
    literals: tuple[Address, ...]

    @property
    def is_tls(self) -> bool:
        """Whether the exchange is encrypted."""
        return self.scheme == "https"


def parse_target(url: str) -> Target:
    """Take a URL apart.

    Raises:
        UnfitURLError: it is not an absolute http or https URL, or tries a trick.
    """
    if len(url) > _LONGEST_URL:
        raise UnfitURLError(f"it is longer than {_LONGEST_URL} characters")
    if any(character <= " " or character in "\x7f\\" for character in url):
        raise UnfitURLError("it contains a blank, a control character or a backslash")
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError as error:
        raise UnfitURLError("its host or port cannot be read") from error
    _refuse_unfit_parts(split)
    host = plain_host(split.hostname or "")
    if port is None:
        port = _DEFAULT_PORTS[split.scheme]
    shown = f"[{host}]" if ":" in host else host
    return Target(
        scheme=split.scheme,
        host=host,
        port=port,
        path=_request_target(split),
        authority=shown if port == _DEFAULT_PORTS[split.scheme] else f"{shown}:{port}",
        literals=literal_addresses(host),
    )


def _refuse_unfit_parts(split: SplitResult) -> None:
    if split.scheme not in _DEFAULT_PORTS:
        raise UnfitURLError("it starts with neither https:// nor http://")
    if "@" in split.netloc:
        raise UnfitURLError("it carries a user name or password; use a header instead")
    if not split.hostname:
        raise UnfitURLError("it has no host")
    if "[" in split.netloc and (split.netloc[0] != "[" or ":" not in split.hostname):
        raise UnfitURLError("its brackets do not hold an IPv6 address")


def _request_target(split: SplitResult) -> str:
    target = split.path or "/"
    if split.query:
        target += "?" + split.query
    try:
        return target if target.isascii() else quote(target, safe=_KEPT_IN_PATHS)
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise UnfitURLError("its path holds a character that cannot be sent") from error
