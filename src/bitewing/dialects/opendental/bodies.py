"""Bodies: the JSON object in a request to Open Dental's API, read as leniently as theirs is."""

import re

import msgspec

from bitewing.model.errors import InvalidRequestError

_decode = msgspec.json.Decoder(dict[str, object]).decode
_STRING_OR_TRAILING_COMMA = re.compile(
    # Possessive, and an unclosed string reaches to the end: linear whatever is sent.
    r'"(?:[^"\\]|\\.?)*+"?|,(?=\s*[}\]])',
    re.DOTALL,
)


def read_object(body: bytes) -> dict[str, object]:
    """Read a JSON object; commas before a closing bracket are forgiven.

    An example of the API Subscriptions page itself has such a comma.

    Raises:
        InvalidRequestError: it is not a JSON object in UTF-8.
    """
    try:
        written = body.decode("utf-8-sig")
        try:
            return _decode(written)
        except msgspec.DecodeError:
            return _decode(without_trailing_commas(written))
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        # The parser's own words are left out: they may repeat what was sent.
        raise InvalidRequestError("The request body must be a JSON object in UTF-8.") from None


def without_trailing_commas(written: str) -> str:
    """Drop the commas that stand before ``}`` or ``]``, but not those inside strings."""
    return _STRING_OR_TRAILING_COMMA.sub(lambda found: found[0].removeprefix(","), written)
