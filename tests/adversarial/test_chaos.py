"""A little of the chaos of ``python -m bench.chaos``; that one kills the server fifty times."""

import sys
from pathlib import Path

import pytest
from bench.chaos.running import Chaos


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files")
async def test_every_delivery_is_accounted_for_after_chaos(tmp_path: Path) -> None:
    """Real processes die, the disk is full, the clock jumps, and eleven receivers misbehave.

    Nothing is lost, nothing is sent that the store does not know, repeats carry the same id and
    bytes, of no appointment anything older follows something newer, and what is owed still waits
    or is held with a reason. Takes 15 s: processes start again and again, and real time passes.
    """
    chaos = Chaos(tmp_path, kills=2, seed=3, lives_seconds=(0.5, 1.5), is_short=True)

    await chaos.run()

    verdict = chaos.verdict
    assert dict(verdict.faults) == {}, verdict.examples
    assert chaos.deeds["killed"] == chaos.deeds["disk full"] == 2
    assert verdict.total("delivered") > 100
    assert verdict.total("pending")
    assert verdict.total("held")
    assert chaos.receivers.repeats
