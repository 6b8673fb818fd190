"""Networks where no receiver on the internet lives, each with the reason in plain words.

Sources: IANA's registries of special-purpose IPv4 and IPv6 addresses (RFC 6890 and its
updates, RFC 9780), RFC 2765 (SIIT), RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo),
RFC 4291 (IPv6 addressing).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _table(*lines: tuple[str, str]) -> tuple[tuple[Network, str], ...]:
    return tuple((ip_network(network), rule) for network, rule in lines)


FORBIDDEN = _table(
    ("0.0.0.0/8", "this host"),
    ("10.0.0.0/8", "private network"),
    ("100.64.0.0/10", "carrier's private network"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private network"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private network"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "this host"),
    ("::1/128", "loopback"),
    ("::/96", "obsolete IPv4-compatible"),
    ("::ffff:0:0:0/96", "stateless translation (SIIT)"),
    ("64:ff9b:1::/48", "private NAT64"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/32", "Teredo tunnel"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4 tunnel"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private network"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "obsolete site-local"),
    ("ff00::/8", "multicast"),
)
"""The first that holds an address names it, so a narrower network stands above a wider one."""

METADATA_ADDRESSES = frozenset(
    ip_address(address)
    for address in (
        "169.254.169.254",  # Amazon, Google, Azure, Oracle and most others
        "169.254.170.2",  # Amazon, credentials of containers
        "169.254.170.23",  # Amazon, credentials of pods
        "169.254.42.42",  # Scaleway
        "169.254.0.23",  # Tencent
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure's wire server, a public address
        "192.0.0.192",  # Oracle, classic
        "fd00:ec2::254",  # Amazon
        "fd00:ec2::23",  # Amazon, credentials of pods
        "fd20:ce::254",  # Google
    )
)
"""Where clouds hand a machine its own credentials: no setting opens these."""

METADATA_NAMES = frozenset(
    (
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "instance-data",
        "instance-data.ec2.internal",
        "metadata.tencentyun.com",
    )
)

_MAPPED = ip_network("::ffff:0:0/96")
_NAT64 = ip_network("64:ff9b::/96")
_LEADING_TO_THEIR_LAST_32_BITS = (
    _MAPPED,
    _NAT64,
    ip_network("64:ff9b:1::/48"),
    ip_network("::/96"),
    ip_network("::ffff:0:0:0/96"),
)
_LAST_32_BITS = 0xFFFF_FFFF


def rule_for(address: Address) -> tuple[Network, str] | None:
    """Give the forbidden network that holds this very address, and why; None if none does."""
    return next((line for line in FORBIDDEN if address in line[0]), None)


def embedded(address: Address) -> IPv4Address | None:
    """Give the IPv4 address that an IPv6 address leads to through a mapping or a tunnel."""
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in _LEADING_TO_THEIR_LAST_32_BITS):
        return IPv4Address(int(address) & _LAST_32_BITS)
    if address.teredo is not None:
        return address.teredo[1]
    return address.sixtofour


def is_judged_by_embedded(address: Address) -> bool:
    """Whether packets to this address go to the embedded one, so that only that one counts."""
    return address in _MAPPED or address in _NAT64


def without_zone(address: Address) -> Address:
    """Drop an IPv6 zone (``%eth0``), which names an interface of ours and no receiver."""
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) else address
