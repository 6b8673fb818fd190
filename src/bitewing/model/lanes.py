"""Lanes: whole numbers by which Deliveries that must keep their order know each other. Pure."""

from functools import lru_cache
from hashlib import blake2b


def lane_of(endpoint: int, *what: str | int) -> int:
    """Give the lane of what an Endpoint must be told in order, as a signed 64-bit number.

    ``lane_of(7)`` is the whole Endpoint, ``lane_of(7, "Appointment", 18)`` one Subject there.
    Two that happen to share a number only wait for each other.
    """
    if not what:
        return _number(_beginning((endpoint,), ""))
    digest = _beginning((endpoint, *what[:-1]), "\0").copy()
    digest.update(str(what[-1]).encode())
    return _number(digest)


@lru_cache(maxsize=4096)
def _beginning(names: tuple[str | int, ...], end: str) -> blake2b:
    """Digest all but the last, which alone differs from one Subject of a kind to the next."""
    return blake2b(("\0".join(map(str, names)) + end).encode(), digest_size=8)


def _number(digest: blake2b) -> int:
    return int.from_bytes(digest.digest(), "big", signed=True)
