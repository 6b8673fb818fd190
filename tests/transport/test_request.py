"""What is remembered for composing requests."""

from bitewing.transport import request
from bitewing.transport.request import compose_request


def test_only_so_many_header_names_are_remembered() -> None:
    """Customers choose names, so they would fill the memory; what is forgotten is learnt again."""
    start = "POST / HTTP/1.1\r\nHost: r.example\r\n"
    composed = [compose_request(start, ((f"X-{i}", "a"),), b"{}") for i in range(600)]
    again = [compose_request(start, ((f"X-{i}", "a"),), b"{}") for i in range(600)]

    assert len(request._known) <= 256
    assert composed == again
    assert composed[7].endswith(b"\r\nX-7: a\r\n\r\n{}")
