"""Recognising: a row that is read before its write is settled is what we have asked for.

Otherwise the appointment would get a second id, by which it would be announced. Whoever comes
first, the one who reads it or the one who hears that it was written, lets our id stand for it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bitewing.model.change import Change, ChangeKind
from bitewing.model.pending import PendingWrite, WriteKind
from bitewing.model.record import NativeRow
from bitewing.ports.store import Transaction

APPOINTMENT = "Appointment"


def recognise(tx: Transaction, source: str, changes: Iterable[Change]) -> None:
    """Let our ids stand for the new appointments among these Changes that we have asked for."""
    fresh = [
        change
        for change in changes
        if change.kind is ChangeKind.CREATED and change.key.watch == APPOINTMENT
    ]
    if not fresh:
        return
    begun = tx.writes.unsettled(source, WriteKind.APPOINTMENT)
    for change in fresh if begun else ():
        write = _asked_for(tx, change, begun)
        if write is not None:
            tx.identities.bind(write.subject, str(change.key.number))


def _asked_for(
    tx: Transaction, change: Change, begun: Sequence[PendingWrite]
) -> PendingWrite | None:
    if change.after is None:
        return None
    row = change.after.native
    for write in begun:
        patient = tx.identities.native_of("Patient", write.source, int(write.wish["patient"]))
        if patient is not None and patient.key is not None and _is_it(row, write, patient.key):
            known = tx.identities.native_of(APPOINTMENT, write.source, write.subject)
            return write if known is None or known.key is None else None
    return None


def _is_it(row: NativeRow, write: PendingWrite, patient: str) -> bool:
    """Compare patient, room and time, as a Writer does that looks for it."""
    wish = write.wish
    at = datetime.fromisoformat(wish["starts_at"]).astimezone(ZoneInfo(wish["zone"] or "UTC"))
    return (
        row.get("PatNum") == patient.encode()
        and row.get("Op") == str(wish["operatory"]).encode()
        and row.get("AptDateTime") == at.strftime("%Y-%m-%d %H:%M:%S").encode()
    )
