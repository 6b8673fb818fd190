"""Lanes: whole numbers by which Deliveries that must keep their order know each other. Pure."""

from hashlib import blake2b


def lane_of(endpoint: int, *what: str | int) -> int:
    """Give the lane of what an Endpoint must be told in order, as a signed 64-bit number.

    ``lane_of(7)`` is the whole Endpoint, ``lane_of(7, "Appointment", 18)`` one Subject there.
    Two that happen to share a number only wait for each other.
    """
    name = "\0".join(map(str, (endpoint, *what))).encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big", signed=True)
