"""Admission: who bears which key, until when, and which institutions they reach."""

from datetime import timedelta

import pytest
from tests.fakes.clock import FakeClock

from bitewing.web.nexhealth.admission import (
    Admission,
    ApiCaller,
    NoAccessError,
    UnknownCallerError,
)

FIRST = ApiCaller("nx-first", "owner-1", ("bright-smiles",))
SECOND = ApiCaller("nx-second", "owner-2", ("dark-smiles", "bright-smiles"))


def admission(clock: FakeClock, *callers: ApiCaller) -> Admission:
    return Admission(callers or (FIRST, SECOND), clock, timedelta(hours=1))


def test_a_token_admits_whom_it_was_given_to() -> None:
    """The scheme's letter case does not count."""
    door = admission(FakeClock())
    caller, token = door.token_for("nx-second")

    assert caller == SECOND
    assert door.admit(f"Bearer {token}") == SECOND
    assert door.admit(f" bearer  {token} ") == SECOND


@pytest.mark.parametrize("authorization", ["nx-first", "Bearer nx-first", " nx-first "])
def test_the_key_itself_is_accepted(authorization: str) -> None:
    """Clients in production send it on ordinary routes too."""
    assert admission(FakeClock()).admit(authorization) == FIRST


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "nx-", "NX-FIRST", "é"])
def test_anybody_else_stays_out(authorization: str | None) -> None:
    """The refusal repeats nothing of what was shown."""
    door = admission(FakeClock())

    with pytest.raises(UnknownCallerError) as admitted:
        door.admit(authorization)
    with pytest.raises(UnknownCallerError) as given:
        door.token_for(authorization)

    assert "nx-" not in f"{admitted.value} {given.value}".lower()


def test_a_token_ends_by_the_clock() -> None:
    """After an hour; another one can be had."""
    clock = FakeClock()
    door = admission(clock)
    _, token = door.token_for("nx-first")
    clock.advance(3600)

    with pytest.raises(UnknownCallerError):
        door.admit(f"Bearer {token}")

    assert door.admit(f"Bearer {door.token_for('nx-first')[1]}") == FIRST


def test_a_token_outlives_a_restart_but_not_its_key() -> None:
    """What signs it is derived from the key, and the key is in the configuration."""
    clock = FakeClock()
    _, token = admission(clock).token_for("nx-first")

    assert admission(clock).admit(token) == FIRST
    with pytest.raises(UnknownCallerError):
        admission(clock, SECOND).admit(token)


def test_a_token_does_not_admit_for_another_token() -> None:
    """Only a key is changed for a token, so that a stolen token ends."""
    door = admission(FakeClock())
    _, token = door.token_for("nx-first")

    with pytest.raises(UnknownCallerError):
        door.token_for(f"Bearer {token}")


def test_institutions_are_reached_to_the_letter() -> None:
    """Unknown ones, another's and misspelt ones are all the same."""
    assert SECOND.require("bright-smiles") == "bright-smiles"
    for subdomain in ("dark-smiles", "Bright-Smiles", "nowhere", ""):
        with pytest.raises(NoAccessError, match=r"You don't have access to perform this action\."):
            FIRST.require(subdomain)


def test_a_caller_does_not_show_the_key() -> None:
    """Not by repr."""
    assert "nx-first" not in f"{FIRST!r} {admission(FakeClock())!r}"
