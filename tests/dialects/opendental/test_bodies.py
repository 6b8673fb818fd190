"""Reading request bodies."""

import json

import pytest
from hypothesis import given, strategies as st

from bitewing.dialects.opendental.bodies import read_object, without_trailing_commas
from bitewing.model.errors import InvalidRequestError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b'{"Note":"a"}', {"Note": "a"}),
        (b'{"Note":"a",}', {"Note": "a"}),
        (b'\xef\xbb\xbf{"Note": "a" ,\r\n}', {"Note": "a"}),
        (b'{"Note":"a,}","Other":[1,2,],}', {"Note": "a,}", "Other": [1, 2]}),
        (b'{"Note":"\\",}\\\\",}', {"Note": '",}\\'}),
    ],
    ids=["plain", "comma", "mark and blanks", "comma in a string", "escapes"],
)
def test_commas_before_a_closing_bracket_are_forgiven(written: bytes, read: object) -> None:
    """Those between brackets go, those inside strings stay."""
    assert read_object(written) == read


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"[]",
        b'"text"',
        b"{",
        b'{"Note":"a",,}',
        b'{"Note":"SECRET',
        b'{"Note":"SECRET\xff"}',
        b'{"Note":"SECRET\\',
        b"[" * 100_000,
        b'{"Note":1e999}',
    ],
    ids=range(10),
)
def test_anything_else_is_refused_without_repeating_it(written: bytes) -> None:
    """The sentence says what is expected, and nothing of what was sent."""
    with pytest.raises(InvalidRequestError, match=r"^The request body must be a JSON object"):
        read_object(written)


@given(JSON)
def test_sound_json_is_left_alone(value: object) -> None:
    """The forgiving pass changes nothing that needs no forgiving."""
    written = json.dumps(value)

    assert without_trailing_commas(written) == written


@given(st.text(alphabet='{}[]",\\ a1:', max_size=60))
def test_any_text_is_either_read_or_refused(written: str) -> None:
    """Nothing but our own error comes out."""
    try:
        read = read_object(written.encode())
    except InvalidRequestError:
        return

    assert isinstance(read, dict)
