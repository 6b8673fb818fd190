"""Errors: each has a code of its own and says in its docstring what it means."""

from bitewing.model import errors
from bitewing.model.errors import BitewingError

ERRORS = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, BitewingError)
]


def test_every_error_has_its_own_code() -> None:
    """Codes are stable names: people and programs look them up."""
    codes = [error.code for error in ERRORS]

    assert len(set(codes)) == len(codes) > 5


def test_every_error_says_what_it_means() -> None:
    """In one sentence that people can read."""
    assert [error for error in ERRORS if not (error.__doc__ or "").strip()] == []


def test_a_message_comes_out_as_it_was_written() -> None:
    """Nothing is added to what was said where it was raised."""
    assert str(BitewingError("The disk is full.")) == "The disk is full."
