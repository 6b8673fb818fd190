"""Writing desk: takes what clients want to be written; the scribe writes it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bitewing.engine.operations.albums import StoredAlbum
from bitewing.engine.signals import Signals
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.pending import PendingWrite, Wanted, WriteKind, WriteState
from bitewing.ports.album import Album
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction

IDENTITIES = {WriteKind.PATIENT: "Patient", WriteKind.APPOINTMENT: "Appointment"}
"""The kinds of what is new; papers have ids of their own."""

IsDraft = Callable[[int], bool]
Draft = Callable[[Sequence[Album], IsDraft], Sequence[Wanted]]
"""Makes of a request what is to be written; may raise what the caller shall hear."""

Tell = Callable[[Transaction, PendingWrite], None]


@dataclass(frozen=True, slots=True)
class WritingDesk:
    """Takes requests to write.

    Attributes:
        sources: subdomain → its Sources.
        tell: tells of what is only kept, because nothing is written into its practice.
        written: the Sources into whose practices something is written.
    """

    store: Store
    sources: Mapping[str, Sequence[str]]
    clock: Clock
    signals: Signals
    tell: Tell
    written: Collection[str]

    async def ask(
        self, institution: str, draft: Draft, *, owner: str, key: str = ""
    ) -> Sequence[PendingWrite]:
        """Keep what is wanted; the same caller's same key is answered with what it asked then.

        Raises:
            InvalidRequestError: the patient is not the practice's, or what is wanted has no use
                while nothing is written there.
        """
        sources = self.sources.get(institution, ())
        now = self.clock.now()

        def work(tx: Transaction) -> list[PendingWrite]:
            if key and (known := _asked_before(tx, owner, key)):
                return known
            albums = [StoredAlbum(tx, source, institution) for source in sources]
            added: list[PendingWrite] = []
            for wanted in draft(albums, lambda number: _is_draft(tx, sources, number)):
                _check_patient(tx, wanted)
                if wanted.kind not in IDENTITIES:
                    self._check_written(wanted.source)
                write = PendingWrite(
                    institution=institution,
                    source=wanted.source,
                    kind=wanted.kind,
                    subject=wanted.subject or _new_subject(tx, wanted),
                    created_at=now,
                    due_at=now,
                    updated_at=now,
                    wish=wanted.wish,
                    shown=wanted.shown,
                    state=wanted.state,
                    deadline=wanted.deadline,
                    owner=owner,
                    key=_key_of(key, len(added)),
                )
                added.append(tx.writes.add(write))
                self.tell(tx, added[-1])
            return added

        added = await self.store.write(work)
        self.signals.writing.set()
        self.signals.dispatch.set()
        return added

    async def keyed(self, owner: str, key: str) -> PendingWrite | None:
        """Give what was asked for under this key; None if nothing was."""
        return await self.store.read(lambda tx: tx.writes.keyed(owner, key))

    async def amend(
        self, number: int, change: Callable[[PendingWrite], PendingWrite]
    ) -> PendingWrite:
        """Change what is kept and not yet to be written, and tell of it.

        ``change`` is given it as it now is, and may raise what the caller shall hear.

        Raises:
            InvalidRequestError: it would have to be written where nothing is written.
        """

        def work(tx: Transaction) -> PendingWrite:
            found = tx.writes.get(number)
            if found is None:
                raise NotFoundError("There is nothing of that kind")
            changed = change(found)
            if changed.state is not WriteState.DRAFT:
                self._check_written(changed.source)
            tx.writes.put(changed)
            self.tell(tx, changed)
            return changed

        changed = await self.store.write(work)
        self.signals.writing.set()
        self.signals.dispatch.set()
        return changed

    def _check_written(self, source: str) -> None:
        """Refuse what would lie there until somebody configures a Writer, and be done then."""
        if source not in self.written:
            raise InvalidRequestError("Nothing is written into this practice")


def _key_of(key: str, number: int) -> str:
    """Give the key under which one of the writes of a request is kept, from 0.

    No header has a line break, so that no caller's key is another's.
    """
    return f"{key}\n{number}" if key and number else key


def _asked_before(tx: Transaction, owner: str, key: str) -> list[PendingWrite]:
    """Give everything that was asked for under this key, in order."""
    known: list[PendingWrite] = []
    while (write := tx.writes.keyed(owner, _key_of(key, len(known)))) is not None:
        known.append(write)
    return known


def _is_draft(tx: Transaction, sources: Collection[str], patient: int) -> bool:
    draft = tx.writes.of_subject(WriteKind.PATIENT, patient)
    return draft is not None and draft.source in sources


def _check_patient(tx: Transaction, wanted: Wanted) -> None:
    """Refuse a patient of another Source; what was looked up only shows that there is one."""
    patient = wanted.wish.get("patient")
    if patient and tx.identities.native_of("Patient", wanted.source, patient) is None:
        raise InvalidRequestError(f"Patient with id {patient} not found")


def _new_subject(tx: Transaction, wanted: Wanted) -> int:
    kind = IDENTITIES.get(wanted.kind, "Document")
    return tx.identities.reserve(kind, wanted.source)
