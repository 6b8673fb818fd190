"""History: the Changes of a Source, for a receiver that wants to catch up by their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bitewing.model.change import Change
from bitewing.model.errors import ForgottenError, InvalidRequestError
from bitewing.ports.dialect import Dialect
from bitewing.ports.store import Store, Transaction

MOST = 1000
"""Events that one answer may hold."""


@dataclass(frozen=True, slots=True)
class Told:
    """One Event as it was, or would have been, delivered.

    Attributes:
        number: dense per Source: a gap means that something is missing.
        event_name: None where the Dialect has no Event for such a Change.
        body: the exact bytes of its element in a Message; b"null" without an Event.
    """

    number: int
    kind: str
    watch: str
    record: int
    event_name: str | None
    noticed_at: datetime
    changed_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class History:
    """Answers questions about past Changes.

    ``event_names`` gives, for a feed of Changes, the Event that the Dialect announces it by.
    """

    store: Store
    dialect: Dialect
    event_names: Mapping[str, str]

    async def between(
        self, source: str, since: int, until: int | None, *, limit: int = MOST
    ) -> tuple[list[Told], int]:
        """Give Events numbered from ``since`` to ``until``, both included, and the latest number.

        Raises:
            InvalidRequestError: the numbers or the limit make no sense.
            ForgottenError: ``since`` is older than what is kept.
        """
        if since < 1 or limit < 1 or (until is not None and until < since):
            raise InvalidRequestError(
                "since must be 1 or more, until not below since, limit 1 or more."
            )

        def work(tx: Transaction) -> tuple[list[Change], int]:
            latest, earliest = tx.changes.latest(source), tx.changes.earliest(source)
            if since < earliest:
                raise ForgottenError(
                    f"The events of {source} before number {earliest} are no longer kept (store."
                    f"keep_changes_days). Read what is there now, then begin with since={earliest}."
                )
            end = latest if until is None else min(until, latest)
            return tx.changes.between(source, since, end, min(limit, MOST)), latest

        changes, latest = await self.store.read(work)
        return [self._told(change) for change in changes], latest

    def _told(self, change: Change) -> Told:
        event_name = self.event_names.get(change.feed)
        return Told(
            number=change.number,
            kind=change.kind.value,
            watch=change.key.watch,
            record=change.key.number,
            event_name=event_name,
            noticed_at=change.noticed_at,
            changed_at=change.changed_at,
            body=self._body(change, event_name),
        )

    def _body(self, change: Change, event_name: str | None) -> bytes:
        record = change.after or change.before
        if event_name is None or record is None:
            return b"null"
        # One element of a Message's array.
        return self.dialect.compose(event_name, change.source, [record])[1:-1]
