"""Previous attributes: exactly the changed keys, with the values they had."""

from hypothesis import given, strategies as st

from bitewing.dialects.nexhealth.previous_attributes import changed

BOOKKEEPING = frozenset({"updated_at", "patient"})


def test_only_changed_keys_are_there() -> None:
    """With their old values, a null too."""
    before = {"id": 1, "confirmed": False, "checkin_at": None, "note": "x"}
    after = {"id": 1, "confirmed": True, "checkin_at": "2024-01-01T00:00:00.000Z", "note": "x"}

    assert changed(before, after, bookkeeping=BOOKKEEPING) == {
        "confirmed": False,
        "checkin_at": None,
    }


def test_an_object_is_given_as_a_whole() -> None:
    """Of a bio in which the city is another, the whole old bio."""
    before = {"bio": {"city": "Salem", "state": "OR"}}
    after = {"bio": {"city": "Eugene", "state": "OR"}}

    assert changed(before, after, bookkeeping=BOOKKEEPING) == before


def test_bookkeeping_is_no_difference() -> None:
    """A row that was only touched tells nobody anything."""
    before = {"id": 1, "updated_at": "a", "patient": {"email": "x"}}
    after = {"id": 1, "updated_at": "b", "patient": {"email": "y"}}

    assert changed(before, after, bookkeeping=BOOKKEEPING) == {}


def test_a_key_that_comes_was_false() -> None:
    """``deleted`` of a resource that normally does not bear it."""
    assert changed({"id": 1}, {"id": 1, "deleted": True}, bookkeeping=BOOKKEEPING) == {
        "deleted": False
    }


_objects = st.dictionaries(
    st.sampled_from("abcdef"), st.none() | st.booleans() | st.text(max_size=2)
)


@given(_objects, _objects)
def test_what_was_is_what_is_overlaid(before: dict[str, object], after: dict[str, object]) -> None:
    """A receiver who keeps nothing can tell what was: resources keep their keys."""
    after = {key: after.get(key) for key in before}

    previous = changed(before, after, bookkeeping=frozenset())

    assert {**after, **previous} == before
    assert all(after[key] != value for key, value in previous.items())
