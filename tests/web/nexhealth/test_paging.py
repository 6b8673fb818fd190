"""Paging: numbers and a count in v2, cursors that survive what happens between two pages in v3."""

import pytest
from hypothesis import given, strategies as st
from starlette.datastructures import QueryParams

from bitewing.model.errors import InvalidRequestError
from bitewing.web.nexhealth.paging import PAGING, Page, cut
from bitewing.web.nexhealth.parameters import Asked
from bitewing.web.nexhealth.versions import Version

TWELVE = [(number // 2, number) for number in range(1, 13)]


def paged(query: str, version: Version, places: list[tuple[int, int]] | None = None) -> Page:
    asked = Asked(PAGING, QueryParams(query))
    return cut(TWELVE if places is None else places, asked, version)


def ids(page: Page) -> list[int]:
    return [number for _, number in page.places]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("page=3", [11, 12]),
        ("page=4", []),
        ("page=2&per_page=10", [11, 12]),
        ("per_page=100000", list(range(1, 13))),
    ],
)
def test_pages_by_number(query: str, expected: list[int]) -> None:
    """Five if nothing is said; the count is that of all."""
    page = paged(query, Version.V2)

    assert ids(page) == expected
    assert page.further == {"count": 12}


@pytest.mark.parametrize("query", ["page=0", "per_page=0", "page=-1", "per_page=x"])
def test_a_page_that_makes_no_sense_is_refused(query: str) -> None:
    """With the parameter's name."""
    with pytest.raises(InvalidRequestError, match=query.partition("=")[0]):
        paged(query, Version.V2)


def test_cursors_lead_forward_and_back() -> None:
    """``end_cursor`` of an answer gives the next page, ``start_cursor`` the one before."""
    first = paged("per_page=5", Version.V3)
    second = paged(f"per_page=5&end_cursor={first.further['page_info']['end_cursor']}", Version.V3)
    info = second.further["page_info"]
    third = paged(f"per_page=5&end_cursor={info['end_cursor']}", Version.V3)
    again = paged(f"per_page=5&start_cursor={info['start_cursor']}", Version.V3)

    assert [ids(one) for one in (first, second, third)] == [
        [1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10],
        [11, 12],
    ]
    assert again == first
    assert (info["has_previous_page"], info["has_next_page"]) == (True, True)
    assert third.further["page_info"]["has_next_page"] is False
    assert first.further["page_info"]["has_previous_page"] is False


def test_a_blank_cursor_is_the_first_page() -> None:
    """As documented; an empty list has no cursors."""
    assert ids(paged("end_cursor=", Version.V3)) == [1, 2, 3, 4, 5]
    assert paged("", Version.V3, []).further["page_info"] == {
        "has_previous_page": False,
        "has_next_page": False,
        "start_cursor": None,
        "end_cursor": None,
    }


@pytest.mark.parametrize("cursor", ["!", "e30", "NTo", "é", "OjU=", "MTo5OTk5OTk5OTk5OQ"])
def test_a_cursor_of_somebody_elses_is_refused(cursor: str) -> None:
    """Or it is none at all."""
    with pytest.raises(InvalidRequestError, match="must be a cursor"):
        paged(f"end_cursor={cursor}", Version.V3)


@given(
    places=st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 40)), unique=True),
    size=st.integers(1, 7),
    gone=st.sets(st.integers(1, 40)),
)
def test_nothing_is_shown_twice_or_left_out(
    places: list[tuple[int, int]], size: int, gone: set[int]
) -> None:
    """Walking by cursors meets everything that stays once, though other things vanish."""
    left, cursor, met = sorted(places), "", list[tuple[int, int]]()
    while True:
        page = paged(f"per_page={size}&end_cursor={cursor}", Version.V3, left)
        met += page.places
        info = page.further["page_info"]
        if not info["has_next_page"]:
            break
        cursor = info["end_cursor"]
        left = [place for place in left if place[1] not in gone]

    assert len(set(met)) == len(met)
    assert [one for one in met if one[1] not in gone] == sorted(
        one for one in places if one[1] not in gone
    )
