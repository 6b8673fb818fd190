"""Writing back: the Writers that are configured, their scribes, and who is told how it went."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.resources import patient
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.dialects.nexhealth.writing import patients, telling
from bitewing.engine.operations.albums import StoredAlbum
from bitewing.engine.outbox.telling import Teller
from bitewing.engine.signals import Signals
from bitewing.engine.writing.scribe import Scribe
from bitewing.model.errors import SettingsError
from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction
from bitewing.ports.writer import Writer
from bitewing.settings import Settings
from bitewing.settings.section import secret_of
from bitewing.sources.opendental.writing import open_dental_writer


def make_writers(
    settings: Settings, environment: Mapping[str, str], clock: Clock
) -> dict[str, Writer]:
    """Make the Writers by Source; nothing is connected yet.

    Raises:
        SettingsError: an address or its keys are not usable.
    """
    made: dict[str, Writer] = {}
    for _, source in settings.sources:
        if source.writer is None:
            continue
        authorization = secret_of(
            source.writer.authorization_env,
            environment,
            place=f"Source {source.name}",
            what="the keys of Open Dental's API (writer.authorization_env)",
        )
        try:
            made[source.name] = open_dental_writer(
                source=source.name,
                zone=source.zone,
                url=source.writer.url,
                authorization=authorization,
                clock=clock,
                interval=source.writer.seconds_between_calls,
            )
        except SettingsError as error:
            raise SettingsError(f"Source {source.name}: {error}") from None
    return made


@dataclass(frozen=True, slots=True)
class InsertionTeller:
    """Tells everybody who wishes for it how writing went (NexHealth's ``…_insertion``)."""

    customs: Customs
    clock: Clock
    reach: Mapping[str, Collection[str]] | None = None
    _institutions: dict[str, int] = field(default_factory=dict)

    def __call__(self, tx: Transaction, write: PendingWrite) -> None:
        """Owe the Message about a write, in the transaction that settles it."""
        dialect = NexHealth(self.customs, institutions=self._institutions, reach=self.reach)
        teller = Teller(dialect, write.source, write.institution)
        wishes = teller.wishes(tx)
        if not wishes:
            return
        is_request = write.kind is WriteKind.APPOINTMENT and write.state is WriteState.DRAFT
        event = telling.event_of(write, patient=self._patient(tx, write) if is_request else None)
        if event is not None:
            self._institutions.update(tx.identities.obtain("Institution", "", [write.institution]))
            teller.tell(tx, wishes, [event], self.clock.now())

    def _patient(self, tx: Transaction, write: PendingWrite) -> dict[str, object] | None:
        """Give the patient as the practice knows them, or as we were told."""
        identity = int(write.wish.get("patient", 0))
        album = StoredAlbum(tx, write.source, write.institution)
        native = album.native_of("Patient", identity)
        if native is not None:
            scene = Scene(album, self.customs)
            row = scene.find("Patient", int(native))
            return None if row is None else patient.render(row, scene)
        draft = tx.writes.of_subject(WriteKind.PATIENT, identity)
        if draft is None or draft.source != write.source:
            return None
        return patients.shown_as(draft)


def make_scribes(
    writers: Mapping[str, Writer],
    store: Store,
    teller: InsertionTeller,
    *,
    clock: Clock,
    signals: Signals,
) -> dict[str, Scribe]:
    """Make the worker of each Writer."""
    return {
        source: Scribe(writer, store, clock=clock, signals=signals, tell=teller)
        for source, writer in writers.items()
    }
