"""Taking URLs apart."""

import pytest

from bitewing.transport.hosts import UnfitURLError
from bitewing.transport.target import parse_target

IDN = "xn--4ca.example"
IRI = "/%C3%BC?%C3%A9=%20"


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://r.example", "r.example", 443, "/", "r.example"),
        ("https://r.example?a=1", "r.example", 443, "/?a=1", "r.example"),
        ("https://R.Example.:443/A/b?C=%2F#d", "r.example", 443, "/A/b?C=%2F", "r.example"),
        ("http://r.example:8080/", "r.example", 8080, "/", "r.example:8080"),
        ("https://r.example:80/", "r.example", 80, "/", "r.example:80"),
        ("https://[2606:4700:0::1]:8443/", "2606:4700::1", 8443, "/", "[2606:4700::1]:8443"),
        ("https://0x8.8.2056/", "8.8.8.8", 443, "/", "8.8.8.8"),
        (
            "https://\u00e4.example/\u00fc?\u00e9=%20",
            "xn--4ca.example",
            443,
            IRI,
            "xn--4ca.example",
        ),
        ("https://r.example//a/../b;c", "r.example", 443, "//a/../b;c", "r.example"),
    ],
)
def test_a_url_has_parts(url: str, host: str, port: int, path: str, authority: str) -> None:
    """Hosts become plain; paths go out as they were written."""
    target = parse_target(url)

    assert (target.host, target.port, target.path) == (host, port, path)
    assert target.authority == authority
    assert target.is_tls == url.startswith("https")


@pytest.mark.parametrize(
    "url", ["https://r.example/\ud800", "https://r.example/?a=\udfff", "https://\ud800.example/"]
)
def test_half_a_character_is_unfit(url: str) -> None:
    """JSON can spell one half of a surrogate pair; there are no bytes for it."""
    with pytest.raises(UnfitURLError):
        parse_target(url)


def test_a_target_does_not_show_its_path() -> None:
    """Paths may bear credentials, so they are not in the repr."""
    assert "hunter2" not in repr(parse_target("https://r.example/hook/hunter2?key=hunter2"))
