"""Lanes: whole numbers by which Deliveries that must keep their order know each other. Pure."""

from functools import lru_cache
from hashlib import blake2b


def lane_of(endpoint: int, *what: str | int) -> int:
    """Give the lane of what an Endpoint must be told in order, as a signed 64-bit number.

    ``lane_of(7)`` is the whole Endpoint, ``lane_of(7, "Appointment", 18)`` one Subject there.
    Two that happen to share a number only wait for each other.
    """
    digest = _begun(endpoint, *what[:-1])
    if what:
        digest = digest.copy()
        digest.update(f"\0{what[-1]}".encode())
    return int.from_bytes(digest.digest(), "big", signed=True)


@lru_cache(maxsize=4096)
def _begun(*names: str | int) -> blake2b:
    """Digest what comes before the last: it is the same for all Subjects of a kind."""
    return blake2b("\0".join(map(str, names)).encode(), digest_size=8)
