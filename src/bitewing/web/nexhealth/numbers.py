"""Numbers in paths: an id that is none names nothing, so it is a 404."""

from bitewing.model.errors import NotFoundError

_LONGEST = 19
_LARGEST = 2**63 - 1


def read_id(what: str, text: str) -> int:
    """Read an id; ``what`` begins the refusal (``Webhook endpoint``).

    Raises:
        NotFoundError: it is not a positive whole number.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST
    if not is_number or not 0 < int(text) <= _LARGEST:
        raise NotFoundError(f"{what} not found")
    return int(text)
