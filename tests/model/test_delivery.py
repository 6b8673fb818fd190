"""Deliveries: which states may follow which, and what acknowledges."""

from datetime import timedelta

import pytest

from bitewing.model.delivery import TRANSITIONS, DeliveryState, Destination, Outcome, OutcomeKind


def test_every_state_says_what_may_follow() -> None:
    """The table is complete, and leads only to states that there are."""
    assert set(TRANSITIONS) == set(DeliveryState)
    assert all(following <= set(DeliveryState) for following in TRANSITIONS.values())


def test_every_delivery_can_come_to_an_end() -> None:
    """From every state an end can be reached, and nothing leaves an end."""
    ends = {state for state, following in TRANSITIONS.items() if not following}
    reaching = set(ends)
    for _ in DeliveryState:
        reaching |= {state for state, following in TRANSITIONS.items() if following & reaching}

    assert ends == {DeliveryState.DELIVERED, DeliveryState.EXHAUSTED, DeliveryState.CANCELLED}
    assert reaching == set(DeliveryState)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(None, False), (100, False), (199, False), (200, True), (299, True), (300, False)],
)
def test_any_2xx_acknowledges(status: int | None, expected: bool) -> None:  # noqa: FBT001
    """And nothing else does (RFC 9110, 15.3)."""
    assert Outcome(OutcomeKind.ANSWERED, status).is_acknowledged is expected


@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.ANSWERED])
def test_what_broke_after_the_status_acknowledges_nothing(kind: OutcomeKind) -> None:
    """A 200 counts only when the exchange has come to its end."""
    assert not Outcome(kind, 200).is_acknowledged


def test_a_destination_does_not_show_its_url() -> None:
    """It may bear a credential."""
    assert "key" not in repr(Destination("https://r/?key=1", timedelta(seconds=1)))
