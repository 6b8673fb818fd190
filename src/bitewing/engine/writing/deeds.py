"""Deeds: how each kind of pending write is done, and looked for when it may have been done."""

from dataclasses import dataclass
from datetime import datetime

from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.model.wishing import booking_of, paper_of, patient_of
from bitewing.model.writing import Found, Refused, Result, Unavailable, Unknown, Written
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction
from bitewing.ports.writer import Writer

GONE = "The patient is not known."


@dataclass(frozen=True, slots=True)
class Deeds:
    """Does what a pending write asks for."""

    writer: Writer
    store: Store
    clock: Clock

    async def perform(self, write: PendingWrite, *, may_be_done: bool) -> Result | None:
        """Do it, unless it is found to be done already; None if it was not, and it is too late."""
        if write.kind is WriteKind.APPOINTMENT:
            return await self._book(write, may_be_done=may_be_done)
        if write.kind is WriteKind.PAPER:
            return await self._file(write, may_be_done=may_be_done)
        # To change the same thing twice changes it once: nothing need be looked for.
        return await self._change(write)

    async def _book(self, write: PendingWrite, *, may_be_done: bool) -> Result | None:
        patient = await self._patient(write)
        if not isinstance(patient, Written):
            return patient
        booking = booking_of(write.wish, patient.native)
        if may_be_done:
            found = await self.writer.find_booking(booking)
            if found is not None:
                return _seen(found)
            if write.deadline is not None and self.clock.now() >= write.deadline:
                return None
        return await self.writer.book(booking)

    async def _file(self, write: PendingWrite, *, may_be_done: bool) -> Result:
        patient = await self._patient(write)
        if not isinstance(patient, Written):
            return patient
        paper = paper_of(write.wish, patient.native)
        if may_be_done:
            found = await self.writer.find_paper(paper)
            if found is not None:
                return _seen(found)
        return await self.writer.file_paper(paper)

    async def _change(self, write: PendingWrite) -> Result:
        appointment = await self.store.read(
            lambda tx: _native(tx, "Appointment", write.source, write.subject)
        )
        if appointment is None:
            return Refused("The appointment was not written into the practice.")
        if write.kind is WriteKind.CANCEL:
            return await self.writer.cancel(appointment)
        if write.kind is WriteKind.CONFIRM:
            return await self.writer.confirm(appointment)
        return await self.writer.arrive(appointment, datetime.fromisoformat(write.wish["at"]))

    async def _patient(self, write: PendingWrite) -> Result:
        """Give the practice's number of the patient, who is added now if there is none."""
        identity = int(write.wish["patient"])
        known = await self.store.read(lambda tx: _native(tx, "Patient", write.source, identity))
        if known is not None:
            return Written(known)
        draft = await self.store.read(lambda tx: tx.writes.of_subject(WriteKind.PATIENT, identity))
        if draft is None or draft.source != write.source:
            return Refused(GONE)
        if draft.state is WriteState.FAILED:
            return Refused(draft.reason)
        result = await self._add(draft)
        if not isinstance(result, Unavailable | Unknown):
            ended = draft.after(result, self.clock.now())
            await self.store.write(lambda tx: _keep_patient(tx, ended))
        return result

    async def _add(self, draft: PendingWrite) -> Result:
        patient = patient_of(draft.wish)
        found = await self.writer.find_patient(patient)
        if found is not None:
            return _unsent(found)
        result = await self.writer.add_patient(patient)
        # Nothing of the appointment was sent, so that what is unknown here is found here again.
        return Unavailable(result.reason) if isinstance(result, Unknown) else result


def _keep_patient(tx: Transaction, ended: PendingWrite) -> None:
    tx.writes.put(ended)
    if ended.state is WriteState.WRITTEN:
        tx.identities.bind(ended.subject, str(ended.native))


def _native(tx: Transaction, kind: str, source: str, identity: int) -> int | None:
    """Give the practice's key; None if it has none there, or is no such thing of this Source."""
    native = tx.identities.native_of(kind, source, identity)
    return None if native is None or native.key is None else int(native.key)


def _seen(found: Written | Unavailable) -> Result:
    """What could not be looked for may still have been written."""
    return Unknown(found.reason) if isinstance(found, Unavailable) else found


def _unsent(found: Found) -> Result:
    return found if found is not None else Unavailable(GONE)
