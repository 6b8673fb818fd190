"""What the operator receives: one shape for all that may happen."""

from datetime import UTC, datetime

import msgspec
import pytest

from bitewing.dialects.operator.speaking import Operator
from bitewing.model.errors import NotFoundError
from bitewing.model.tiding import Tiding, TidingKind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_every_kind_has_one_shape() -> None:
    """The same keys in the same order, whatever it is."""
    shapes = set()
    for kind in TidingKind:
        body = msgspec.json.decode(Operator().write(Tiding(kind, NOON, "one", source="main")))
        shapes.add((*body, *body["data"]))

    assert shapes == {
        (
            *("type", "timestamp", "data"),
            *("institution", "source", "endpoint"),
            *("since", "detail", "held"),
        )
    }


def test_an_endpoint_to_the_letter() -> None:
    """As docs/operator-events.md shows it."""
    tiding = Tiding(
        TidingKind.ENDPOINT_DISABLED,
        NOON,
        "",
        endpoint=7,
        dialect="nexhealth",
        address="https://receiver.example",
        since=NOON,
        detail="It is gone.",
    )

    assert Operator().write(tiding) == (
        b'{"type":"endpoint.disabled","timestamp":"2026-03-02T12:00:00Z","data":{'
        b'"institution":null,"source":null,"endpoint":{"id":7,"dialect":"nexhealth",'
        b'"address":"https://receiver.example"},"since":"2026-03-02T12:00:00Z",'
        b'"detail":"It is gone.","held":{}}}'
    )


def test_no_record_is_told_of() -> None:
    """The operator has no right to see patients."""
    with pytest.raises(NotFoundError, match="no Records"):
        Operator().compose("WatchTable: Patient", "main", [])
