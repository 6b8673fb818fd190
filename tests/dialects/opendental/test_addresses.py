"""EndPointUrls."""

import pytest

from bitewing.dialects.opendental.addresses import check_address
from bitewing.model.errors import InvalidRequestError


@pytest.mark.parametrize(
    "url",
    [
        "https://myserver/apievents/",
        "http://localhost:2097/",
        "http://192.168.1.14:2097",
        "http://[::1]:2097/events?type=patientevent",
        "HTTPS://MyServer/a%20b/~c",
    ],
)
def test_a_usual_address_is_kept_to_the_letter(url: str) -> None:
    """With or without a path, a port, a query or a slash at the end."""
    assert check_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "myserver/apievents",
        "ftp://myserver/",
        "https://",
        "https:///apievents",
        "https://:8443/",
        "https://myserver:port/",
        "https://myserver:99999/",
        "https://[::1/",
        "https://key@myserver/",
        "https://key:SECRET@myserver/",
        "https://my server/",
        "https://myserver/\r\nX-Injected: 1",
        "https://myserver\\@elsewhere/",
        "https://größe.example/",
    ],
)
def test_an_address_that_cannot_be_posted_to_is_refused(url: str) -> None:
    """The sentence starts with the field and does not repeat a password."""
    with pytest.raises(InvalidRequestError, match=r"^EndPointUrl is invalid\. ") as refusal:
        check_address(url)

    assert "SECRET" not in str(refusal.value)
