"""Recognising: a row that is read before its write is settled is what we have asked for.

Otherwise the appointment or patient would get a second id, by which it would be announced.
Whoever comes first, the one who reads it or the one who hears that it was written, lets our id
stand for it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bitewing.model.change import Change, ChangeKind
from bitewing.model.pending import PendingWrite, WriteKind
from bitewing.model.record import NativeRow
from bitewing.ports.store import Transaction

PATIENT, APPOINTMENT = "Patient", "Appointment"
NEVER = "0001-01-01"
"""The birthdate of whom none is known of."""

IsIt = Callable[[Transaction, NativeRow, PendingWrite], bool]
"""Tells whether a row is what a write has asked for; as a Writer does that looks for it."""


def recognise(
    tx: Transaction, source: str, changes: Iterable[Change]
) -> list[tuple[PendingWrite, int]]:
    """Let our ids stand for the new rows among these Changes that we have asked for.

    Gives the writes that are seen to be done, with the keys of their rows.
    """
    done: list[tuple[PendingWrite, int]] = []
    fresh = [change for change in changes if change.kind is ChangeKind.CREATED]
    # Patients come first: an appointment is recognised by its patient, too.
    for watch, kind, is_it in (
        (PATIENT, WriteKind.PATIENT, _is_patient),
        (APPOINTMENT, WriteKind.APPOINTMENT, _is_appointment),
    ):
        rows = [change for change in fresh if change.key.watch == watch]
        begun = tx.writes.unsettled(source, kind) if rows else ()
        for change in rows if begun else ():
            write = _asked_for(tx, change, begun, is_it)
            if write is not None and _is_unbound(tx, watch, write):
                tx.identities.bind(write.subject, str(change.key.number))
                done.append((write, change.key.number))
    return done


def _asked_for(
    tx: Transaction, change: Change, begun: Sequence[PendingWrite], is_it: IsIt
) -> PendingWrite | None:
    if change.after is None:
        return None
    row = change.after.native
    return next((write for write in begun if is_it(tx, row, write)), None)


def _is_unbound(tx: Transaction, kind: str, write: PendingWrite) -> bool:
    known = tx.identities.native_of(kind, write.source, write.subject)
    return known is None or known.key is None


def _is_patient(_tx: Transaction, row: NativeRow, write: PendingWrite) -> bool:
    """Compare whole names, letter case apart, and birthdate."""
    wish = write.wish
    return (
        _text(row, "LName") == wish["last_name"].lower()
        and _text(row, "FName") == wish["first_name"].lower()
        and _text(row, "Birthdate")[:10] == (wish["born_on"] or NEVER)
    )


def _is_appointment(tx: Transaction, row: NativeRow, write: PendingWrite) -> bool:
    """Compare patient, room and time."""
    wish = write.wish
    patient = tx.identities.native_of(PATIENT, write.source, int(wish["patient"]))
    if patient is None or patient.key is None:
        return False
    at = datetime.fromisoformat(wish["starts_at"]).astimezone(ZoneInfo(wish["zone"] or "UTC"))
    return (
        row.get("PatNum") == patient.key.encode()
        and row.get("Op") == str(wish["operatory"]).encode()
        and row.get("AptDateTime") == at.strftime("%Y-%m-%d %H:%M:%S").encode()
    )


def _text(row: NativeRow, column: str) -> str:
    return (row.get(column) or b"").decode("utf-8", "replace").lower()
