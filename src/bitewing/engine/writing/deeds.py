"""Deeds: how each kind of pending write is done, and looked for when it may have been done."""

from dataclasses import dataclass, replace

from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.model.wishing import arrival_of, booking_of, paper_of, patient_of
from bitewing.model.writing import Refused, Result, Unavailable, Unknown, Written
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
        return await self.writer.arrive(appointment, *arrival_of(write.wish))

    async def _patient(self, write: PendingWrite) -> Result:
        """Give the practice's number of the patient, who is added now if there is none."""
        identity = int(write.wish["patient"])

        def look(tx: Transaction) -> tuple[int | None, PendingWrite | None]:
            draft = tx.writes.of_subject(WriteKind.PATIENT, identity)
            is_here = draft is not None and draft.source == write.source
            return _native(tx, "Patient", write.source, identity), draft if is_here else None

        known, draft = await self.store.read(look)
        if known is not None:
            if draft is not None and not draft.is_settled:
                await self._keep(draft, Written(known))  # was read before we heard that it is there
            return Written(known)
        if draft is None:
            return Refused(GONE)
        if draft.state is WriteState.FAILED:
            return Refused(draft.reason)
        begun = draft.begun(self.clock.now())
        await self.store.write(lambda tx: tx.writes.put(begun))
        result = await self._add(begun)
        await self._keep(begun, result)
        # Nothing of the appointment was sent, so that what is unknown here is found here again.
        return Unavailable(result.reason) if isinstance(result, Unknown) else result

    async def _add(self, draft: PendingWrite) -> Result:
        patient = patient_of(draft.wish)
        found = await self.writer.find_patient(patient)
        return found if found is not None else await self.writer.add_patient(patient)

    async def _keep(self, draft: PendingWrite, result: Result) -> None:
        """Remember what came of adding a patient; whoever needs them next tries again."""
        ended = draft.after(result, self.clock.now())
        if ended.state is WriteState.WAITING:
            ended = replace(ended, state=WriteState.DRAFT)
        await self.store.write(lambda tx: _keep_patient(tx, ended))


def _keep_patient(tx: Transaction, ended: PendingWrite) -> None:
    known = tx.writes.get(ended.id)
    if known is None or known.is_settled:  # it was seen in the practice meanwhile
        return
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
