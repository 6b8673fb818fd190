"""What is to be claimed for parked Endpoints."""

from datetime import timedelta

from tests.stores.samples import NOON, an_endpoint

from bitewing.engine.delivery.lines import Lines
from bitewing.ports.outbox import Turn, Want

PROBE = Want(1, is_retry=True, limit=1, is_oldest=True)


def test_a_probe_that_is_no_longer_there_is_not_asked_for_again() -> None:
    """It was cancelled or is held; another retry is due, but is not the oldest."""
    endpoint = an_endpoint(id=1, parked_until=NOON + timedelta(seconds=30), failing_since=NOON)
    lines = Lines({endpoint.dialect})
    lines.learn({1: endpoint}, 0.0)
    lines.note_oldest({1: NOON})
    turns = [Turn(1, is_retry=True, due_at=NOON)]
    lines.look(turns, NOON)
    before = lines.wants(NOON, claimed=0)
    lines.take_in(PROBE, [], most=False)
    lines.look(turns, NOON)
    after, asked = lines.wants(NOON, claimed=0), lines.asking()
    lines.note_oldest({1: NOON + timedelta(seconds=60)})

    assert before == [PROBE]
    assert after == []
    assert asked == {1}
    assert lines.wants(NOON, claimed=0) == []
    assert lines.wants(NOON + timedelta(seconds=60), claimed=0) == [PROBE]
