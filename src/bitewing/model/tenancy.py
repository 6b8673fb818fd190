"""Tenancy: who calls, and whose practice they may see."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Practice:
    """A Source as its callers know it.

    Attributes:
        source, institution: names from the configuration.
        workstation: the machine name that its Messages bear when a Subscription names none.
    """

    source: str
    institution: str
    workstation: str


def owner_of(credential: str) -> str:
    """Give the fingerprint under which a credential's belongings are stored.

    The credential itself stays in the configuration and never enters the store.
    """
    return hashlib.sha256(credential.encode()).hexdigest()[:32]
