"""Tenancy: a credential's fingerprint stands for it in the store."""

from bitewing.model.tenancy import owner_of

CREDENTIAL = "VzkmZEaUWOjnQX2z"


def test_an_owner_is_known_by_a_fingerprint() -> None:
    """The same for the same credential, another for another, and without a trace of it."""
    owner = owner_of(CREDENTIAL)

    assert owner == owner_of(CREDENTIAL)
    assert owner != owner_of(CREDENTIAL.lower())
    assert CREDENTIAL not in owner
    assert len(owner) == 32
