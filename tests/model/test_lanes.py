"""Lanes: the same number for the same thing, for ever."""

from bitewing.model.lanes import lane_of


def test_a_lane_is_the_same_in_every_process() -> None:
    """The number is stored, so it must not change from version to version."""
    assert lane_of(7) == -1778895692996505726
    assert lane_of(7, "Appointment", 18) == 6845107131320374698


def test_different_things_have_different_lanes() -> None:
    """Endpoint, resource and number all count, and do not run into each other."""
    lanes = {lane_of(1), lane_of(11), lane_of(1, 1), lane_of(1, "a", 1), lane_of(1, "a1")}

    assert len(lanes) == 5
    assert all(-(2**63) <= lane < 2**63 for lane in lanes)
