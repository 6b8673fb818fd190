"""Lights turn red by the age of the last success, and by nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from bitewing.model.health import Light
from bitewing.model.lights import Lights, Thresholds, lights_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "read", "write"),
    [
        (0, Light.GREEN, Light.GREEN),
        (25, Light.GREEN, Light.GREEN),
        (26, Light.GREEN, Light.RED),
        (150, Light.GREEN, Light.RED),
        (151, Light.RED, Light.RED),
        (-10, Light.GREEN, Light.GREEN),
    ],
)
def test_the_documented_thresholds(minutes: int, read: Light, write: Light) -> None:
    """150 and 25 minutes, these included; a clock that was set back makes nothing red."""
    at = NOW - timedelta(minutes=minutes)

    assert lights_of(at, at, now=NOW, after=Thresholds()) == Lights(read, at, write, at)


def test_what_never_worked_is_red() -> None:
    """A practice that has not been read yet, or that nothing is written to."""
    lights = lights_of(None, None, now=NOW, after=Thresholds())

    assert lights == Lights(Light.RED, None, Light.RED, None)
