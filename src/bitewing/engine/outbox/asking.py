"""Asking: what was said of a thing of the practice when it was asked for here."""

from collections.abc import Mapping
from typing import Any

from bitewing.model.pending import WriteKind
from bitewing.ports.store import Transaction

_KINDS = {"Appointment": WriteKind.APPOINTMENT}
"""Of whose writes something is kept that no column of the practice holds."""
_NOTHING: Mapping[str, Any] = {}


def said_of(tx: Transaction, kind: str, identity: int) -> Mapping[str, Any]:
    """Give ``shown`` of the write that made it; empty if it was not made by us."""
    write = tx.writes.of_subject(_KINDS[kind], identity) if kind in _KINDS else None
    return _NOTHING if write is None else write.shown
