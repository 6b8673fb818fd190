"""Health: when a Source is ready."""

import pytest

from bitewing.model.health import Light, SourceHealth


@pytest.mark.parametrize(
    ("first_readings", "expected"),
    [
        ({}, False),
        ({"Appointment": False}, False),
        ({"Appointment": True, "Patient": False}, False),
        ({"Appointment": True, "Patient": True}, True),
    ],
)
def test_a_source_is_ready_when_every_watch_was_read(
    first_readings: dict[str, bool],
    expected: bool,  # noqa: FBT001
) -> None:
    """Before it was opened it has none, and is not ready."""
    health = SourceHealth("main", Light.GREEN, "", None, first_readings)

    assert health.is_ready is expected
