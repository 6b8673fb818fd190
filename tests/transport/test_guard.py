"""Where Messages may not go, and why."""

from ipaddress import ip_network

import pytest

from bitewing.transport.guard import AddressGuard

LAN = [ip_network("192.168.1.0/24"), ip_network("127.0.0.0/8"), ip_network("fc00::/7")]

FORBIDDEN = [
    ("0.0.0.0", "0.0.0.0/8", "this host"),  # noqa: S104 - nothing listens here
    ("0.255.255.255", "0.0.0.0/8", "this host"),
    ("10.0.0.5", "10.0.0.0/8", "private network"),
    ("10.255.255.255", "10.0.0.0/8", "private network"),
    ("100.64.0.1", "100.64.0.0/10", "carrier's private network"),
    ("100.127.255.255", "100.64.0.0/10", "carrier's private network"),
    ("127.0.0.1", "127.0.0.0/8", "loopback"),
    ("127.255.255.254", "127.0.0.0/8", "loopback"),
    ("169.254.1.1", "169.254.0.0/16", "link-local"),
    ("172.16.0.1", "172.16.0.0/12", "private network"),
    ("172.31.255.255", "172.16.0.0/12", "private network"),
    ("192.0.0.8", "192.0.0.0/24", "protocol assignments"),
    ("192.0.2.1", "192.0.2.0/24", "documentation"),
    ("192.88.99.1", "192.88.99.0/24", "6to4 relays"),
    ("192.168.0.1", "192.168.0.0/16", "private network"),
    ("198.18.0.1", "198.18.0.0/15", "benchmarking"),
    ("198.19.255.255", "198.18.0.0/15", "benchmarking"),
    ("198.51.100.7", "198.51.100.0/24", "documentation"),
    ("203.0.113.7", "203.0.113.0/24", "documentation"),
    ("224.0.0.1", "224.0.0.0/4", "multicast"),
    ("239.255.255.255", "224.0.0.0/4", "multicast"),
    ("240.0.0.1", "240.0.0.0/4", "reserved"),
    ("255.255.255.255", "255.255.255.255/32", "broadcast"),
    ("::", "::/128", "this host"),
    ("::1", "::1/128", "loopback"),
    ("::7f00:1", "::/96", "obsolete IPv4-compatible"),
    ("::8.8.8.8", "::/96", "obsolete IPv4-compatible"),
    ("::ffff:10.0.0.5", "10.0.0.0/8", "private network"),
    ("::ffff:7f00:1", "127.0.0.0/8", "loopback"),
    ("64:ff9b::192.168.0.1", "192.168.0.0/16", "private network"),
    ("64:ff9b::7f00:1", "127.0.0.0/8", "loopback"),
    ("64:ff9b:1::1", "64:ff9b:1::/48", "private NAT64"),
    ("::ffff:0:10.0.0.5", "::ffff:0:0:0/96", "stateless translation (SIIT)"),
    ("::ffff:0:8.8.8.8", "::ffff:0:0:0/96", "stateless translation (SIIT)"),
    ("100:0:0:1::1", "100:0:0:1::/64", "dummy prefix"),
    ("100::1", "100::/64", "discard"),
    ("2001::1", "2001::/32", "Teredo tunnel"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001::/32", "Teredo tunnel"),
    ("2001:2::1", "2001::/23", "protocol assignments"),
    ("2001:db8::1", "2001:db8::/32", "documentation"),
    ("2002:a00:5::1", "2002::/16", "6to4 tunnel"),
    ("2002:808:808::1", "2002::/16", "6to4 tunnel"),
    ("3fff::1", "3fff::/20", "documentation"),
    ("5f00::1", "5f00::/16", "segment routing"),
    ("fc00::1", "fc00::/7", "private network"),
    ("fdff::1", "fc00::/7", "private network"),
    ("fe80::1", "fe80::/10", "link-local"),
    ("fe80::1%eth0", "fe80::/10", "link-local"),
    ("::1%lo", "::1/128", "loopback"),
    ("fec0::1", "fec0::/10", "obsolete site-local"),
    ("ff02::1", "ff00::/8", "multicast"),
]

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "2001:200::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]

METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
    "fd00:ec2::254%eth0",
    "::ffff:169.254.169.254",
    "::a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "::ffff:0:a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:5601:5601",  # Teredo writes the address with all bits turned
]

EVERYTHING = [ip_network("0.0.0.0/0"), ip_network("::/0")]


@pytest.mark.parametrize(("address", "network", "rule"), FORBIDDEN)
def test_special_networks_are_forbidden(address: str, network: str, rule: str) -> None:
    """The verdict names the rule and the network."""
    verdict = AddressGuard().judge(address)

    assert not verdict.is_allowed
    assert (verdict.network, verdict.rule) == (network, rule)
    assert f"in {network} ({rule}); allow it with delivery.allow_networks" in verdict.detail


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_allowed(address: str) -> None:
    """The neighbours of the forbidden networks are ordinary addresses."""
    assert AddressGuard().judge(address).is_allowed


@pytest.mark.parametrize("address", METADATA)
@pytest.mark.parametrize("allowed", [[], EVERYTHING], ids=["by default", "everything allowed"])
def test_metadata_servers_are_always_forbidden(address: str, allowed: list[object]) -> None:
    """No setting opens a cloud's metadata server, in whatever disguise."""
    verdict = AddressGuard(EVERYTHING if allowed else []).judge(address)

    assert verdict.rule == "cloud metadata"
    assert "which no setting allows" in verdict.detail


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "127.0.0.1", "::ffff:192.168.1.20", "64:ff9b::7f00:1", "fd12::1"]
)
def test_listed_networks_are_allowed(address: str) -> None:
    """allow_networks opens a practice's own network, also through a mapping."""
    assert AddressGuard(LAN).judge(address).is_allowed


@pytest.mark.parametrize("address", ["192.168.2.20", "10.0.0.1", "::1", "::ffff:192.168.2.20"])
def test_what_is_not_listed_stays_forbidden(address: str) -> None:
    """One listed network opens no other."""
    assert not AddressGuard(LAN).judge(address).is_allowed


def test_the_words_tell_a_person_what_to_do() -> None:
    """Address, network, rule and remedy in one sentence."""
    guard = AddressGuard()

    assert guard.judge("10.0.0.5").detail == (
        "blocked by policy: 10.0.0.5 is in 10.0.0.0/8 (private network); "
        "allow it with delivery.allow_networks"
    )
    assert guard.judge("::ffff:10.0.0.5").detail == (
        "blocked by policy: ::ffff:a00:5 stands for 10.0.0.5, which is in 10.0.0.0/8 "
        "(private network); allow it with delivery.allow_networks"
    )


@pytest.mark.parametrize(
    "addresses",
    [
        ["8.8.8.8", "10.0.0.5"],
        ["10.0.0.5", "8.8.8.8"],
        ["2606:4700::1111", "8.8.8.8", "::1"],
        ["169.254.169.254"],
    ],
)
def test_one_forbidden_address_forbids_the_name(addresses: list[str]) -> None:
    """A name with one public and one private address is an attack or a mistake."""
    assert not AddressGuard().judge_all(tuple(addresses)).is_allowed


def test_a_name_with_public_addresses_is_allowed() -> None:
    """All of them are judged, and all pass."""
    assert AddressGuard().judge_all(("8.8.8.8", "2606:4700::1111")).is_allowed


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://127.0.0.1/", "loopback"),
        ("https://127.1/", "loopback"),
        ("https://0177.1/", "loopback"),
        ("https://0x7f.1/", "loopback"),
        ("https://0X7F000001/", "loopback"),
        ("https://2130706433/", "loopback"),
        ("https://017700000001/", "loopback"),
        ("https://127.0.0.1./", "loopback"),
        ("https://\uff11\uff12\uff17\u30020.0.1/", "loopback"),
        ("https://0/", "this host"),
        ("https://0x/", "this host"),
        ("https://localhost/", "loopback"),
        ("https://LOCALHOST./", "loopback"),
        ("https://a.b.localhost:8443/", "loopback"),
        ("https://[::1]/", "loopback"),
        ("https://[::]/", "this host"),
        ("https://[::ffff:127.0.0.1]/", "loopback"),
        ("https://[0:0:0:0:0:ffff:7f00:0001]/", "loopback"),
        ("https://[fe80::1%25eth0]/", "unfit URL"),
        ("https://[::1/", "unfit URL"),
        ("https://[v1.x]/", "unfit URL"),
        ("https://receiver.example[2606:4700::1111]/", "unfit URL"),
        ("https://10.5/", "private network"),
        ("https://0xa9fea9fe/", "cloud metadata"),
        ("https://[fd00:ec2::254]/", "cloud metadata"),
        ("https://metadata.google.internal/computeMetadata/v1/", "cloud metadata"),
        ("https://Metadata.Google.Internal./", "cloud metadata"),
        ("http://receiver.example/", "https only"),
        ("https://receiver.example:22/", "port"),
        ("https://receiver.example:25/", "port"),
        ("https://receiver.example:3306/", "port"),
        ("https://receiver.example:5432/", "port"),
        ("https://receiver.example:6379/", "port"),
        ("https://receiver.example:11211/", "port"),
        ("https://receiver.example:0/", "port"),
        ("https://receiver.example:65536/", "unfit URL"),
        ("https://receiver.example:http/", "unfit URL"),
        ("https://user@receiver.example/", "unfit URL"),
        ("https://user:secret@receiver.example/", "unfit URL"),
        ("https://@receiver.example/", "unfit URL"),
        ("https://receiver.example\\@10.0.0.1/", "unfit URL"),
        ("https://receiver.example/\r\nX-Evil: 1", "unfit URL"),
        ("https://receiver.example/a b", "unfit URL"),
        ("\thttps://receiver.example/", "unfit URL"),
        ("https:///hook", "unfit URL"),
        ("https://", "unfit URL"),
        ("https:receiver.example", "unfit URL"),
        ("//receiver.example/", "unfit URL"),
        ("receiver.example", "unfit URL"),
        ("ftp://receiver.example/", "unfit URL"),
        ("file:///etc/passwd", "unfit URL"),
        ("gopher://127.0.0.1:6379/_x", "unfit URL"),
        ("https://1.2.3.4.5/", "unfit URL"),
        ("https://256.1.1.1/", "unfit URL"),
        ("https://1.2.3.256/", "unfit URL"),
        ("https://4294967296/", "unfit URL"),
        ("https://09.1.1.1/", "unfit URL"),
        ("https://1..1/", "unfit URL"),
        ("https://a..b/", "unfit URL"),
        ("https://exam%70le.com/", "unfit URL"),
        ("https://" + "a" * 64 + ".example/", "unfit URL"),
        ("https://" + "a." * 127 + "example/", "unfit URL"),
        ("https://receiver.example/" + "a" * 5000, "unfit URL"),
        ("https://-a.example/", "unfit URL"),
        ("https://" + "9" * 3000 + "/", "unfit URL"),
    ],
)
def test_urls_are_judged_without_a_lookup(url: str, rule: str) -> None:
    """Every spelling of a forbidden place, and every trick, is seen in the URL alone."""
    verdict = AddressGuard().judge_url(url)

    assert verdict.rule == rule
    assert verdict.detail.startswith("blocked by policy: ")


@pytest.mark.parametrize(
    "url",
    [
        "https://receiver.example/hook?x=1#part",
        "https://receiver.example:8443",
        "HTTPS://Receiver.Example./",
        "https://zahn\u00e4rzte.example/\u00fc",
        "https://under_score.example/",
        "https://8.8.8.8/",
        "https://134744072/",
        "https://[2606:4700::1111]:8443/",
        "https://localhost.example/",
        "https://10.0.0.5.example/",
    ],
)
def test_ordinary_urls_pass(url: str) -> None:
    """Names are judged later, by the addresses that they have then."""
    assert AddressGuard().judge_url(url).is_allowed


def test_a_refusal_does_not_repeat_a_secret() -> None:
    """A password in a URL does not come back in the words."""
    verdict = AddressGuard().judge_url("https://user:hunter2@receiver.example/?key=hunter2")

    assert "hunter2" not in verdict.detail


def test_a_lan_installation_may_use_http() -> None:
    """https_only is a switch, and localhost is allowed with its network."""
    guard = AddressGuard(LAN, https_only=False)

    assert guard.judge_url("http://localhost:3000/").is_allowed
    assert guard.judge_url("http://192.168.1.20/").is_allowed
    assert not guard.judge_url("http://192.168.2.20/").is_allowed
