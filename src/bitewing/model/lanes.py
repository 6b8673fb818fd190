"""Lanes: whole numbers by which Deliveries that must keep their order know each other. Pure."""

from functools import lru_cache
from hashlib import blake2b

_SPREAD = 0x9E3779B97F4A7C15
"""Odd, so that no two numbers below 2 ** 64 come to the same place in a family; and far apart."""

_MASK = 2**62 - 1


def lane_of(endpoint: int, *what: str | int) -> int:
    """Give the lane of what an Endpoint must be told in order, as a number of 62 bits.

    ``lane_of(7)`` is the whole Endpoint, ``lane_of(7, "Appointment", 18)`` one Subject there.
    Two that happen to share a number only wait for each other.
    """
    last = what[-1] if what else None
    if isinstance(last, int):
        return _beginning(endpoint, what[:-1]) + (last + 1) * _SPREAD & _MASK
    return _beginning(endpoint, what)


@lru_cache(maxsize=4096)
def _beginning(endpoint: int, family: tuple[str | int, ...]) -> int:
    """Give where the lanes of a family of numbers begin: it is asked for again and again."""
    name = "\0".join(map(str, (endpoint, *family))).encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big") & _MASK
