"""Reading the host of a URL: every spelling of an address becomes that address."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from bitewing.transport.networks import Address

_LOOPBACKS = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_LONGEST_NAME = 253  # RFC 1035, 2.3.4
_LONGEST_PART = 40  # no honest part of an address is longer; int() must not be kept busy
_PARTS = 4


class UnfitURLError(ValueError):
    """A URL that cannot be an Endpoint's; the message says why, without quoting its path."""


def plain_host(host: str) -> str:
    """Give the host as it is looked up: lower case, ASCII, without a trailing dot.

    Raises:
        UnfitURLError: it is neither a name nor an address.
    """
    if ":" in host:  # only IPv6 addresses keep a colon once the port is gone
        return str(_ipv6(host))
    try:
        # The codec also turns full-width digits and dots into what they look like.
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise UnfitURLError("its host is not a valid name") from error
    if _is_numeric(name):
        return str(_ipv4(name))
    if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, name.split("."))):
        raise UnfitURLError("its host is neither a name nor an address")
    return name


def literal_addresses(plain: str) -> tuple[Address, ...]:
    """Give the addresses that a plain host means without asking anybody.

    That is an address itself, or the loopback addresses for ``localhost`` and names below it
    (RFC 6761, 6.3). Other names give nothing.
    """
    if ":" in plain:
        return (IPv6Address(plain),)
    if plain == "localhost" or plain.endswith(".localhost"):
        return _LOOPBACKS
    return (IPv4Address(plain),) if _is_numeric(plain) else ()


def _is_numeric(name: str) -> bool:
    """Whether the last part is a number: then it is an IPv4 address or nothing (WHATWG URL)."""
    return _NUMBER.fullmatch(name.rpartition(".")[2]) is not None


def _ipv4(name: str) -> IPv4Address:
    """Read ``127.0.0.1``, ``0177.1``, ``0x7f.1`` and ``2130706433`` as inet_aton does."""
    parts = name.split(".")
    if len(parts) > _PARTS:
        raise UnfitURLError("its host looks like an IPv4 address, but has too many parts")
    *leading, last = map(_part, parts)
    if any(part > 255 for part in leading) or last >= 256 ** (_PARTS - len(leading)):  # noqa: PLR2004 - a byte
        raise UnfitURLError("its host looks like an IPv4 address, but a part is too large")
    number = last
    for place, part in enumerate(leading):
        number += part << 8 * (3 - place)
    return IPv4Address(number)


def _part(text: str) -> int:
    if len(text) > _LONGEST_PART or not _NUMBER.fullmatch(text):
        raise UnfitURLError("its host looks like an IPv4 address, but a part is not a number")
    try:
        if text[:2] in {"0x", "0X"}:
            return int(text[2:] or "0", 16)
        return int(text, 8) if text.startswith("0") else int(text)
    except ValueError as error:  # an 8 or 9 in an octal number
        raise UnfitURLError(
            "its host looks like an IPv4 address, but a part is not a number"
        ) from error


def _ipv6(host: str) -> IPv6Address:
    if "%" in host:
        raise UnfitURLError("its address has a zone, which means nothing outside this machine")
    try:
        return IPv6Address(host)
    except AddressValueError as error:
        raise UnfitURLError("its host is not a valid IPv6 address") from error
