"""What people may ask of Subscriptions: list, create, change, remove."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bitewing.engine import journal
from bitewing.engine.operations.endpoints import new_endpoint
from bitewing.engine.outbox.cancelling import cancel_and
from bitewing.engine.signals import Signals
from bitewing.model.change import watch_behind
from bitewing.model.errors import (
    InvalidRequestError,
    NotFoundError,
    SourceRefusedError,
    SourceUnavailableError,
)
from bitewing.model.subscription import Bookmark, Subscription, Wish
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source
from bitewing.ports.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Desk:
    """Serves the bearers of credentials; nobody sees another's Subscriptions.

    ``judge_url`` says why a URL may not be sent to, or None if it may as far as can be told
    without asking DNS.
    """

    store: Store
    sources: Mapping[str, Source]
    judge_url: Callable[[str], str | None]
    clock: Clock
    signals: Signals
    dialect: str

    async def all_of(self, owner: str) -> list[Subscription]:
        """Give the owner's Subscriptions by number."""
        return await self.store.read(lambda tx: tx.subscriptions.of_owner(owner))

    async def create(self, owner: str, source: str, wish: Wish) -> Subscription:
        """Remember a wish.

        Raises:
            InvalidRequestError: the URL is refused, or the same wish exists already.
        """
        self._judge(wish.url)
        self._require_watch(source, wish.watch)
        now = await self._database_now(source)
        zone, made_at = self.sources[source].zone, self.clock.now()

        def work(tx: Transaction) -> Subscription:
            _refuse_twin(tx, owner, wish, now.astimezone(zone))
            endpoint = tx.endpoints.obtain(
                new_endpoint(
                    institution=self.sources[source].institution,
                    owner=owner,
                    url=wish.url,
                    dialect=self.dialect,
                    at=made_at,
                )
            )
            return tx.subscriptions.add(
                Subscription(
                    number=0,
                    institution=endpoint.institution,
                    source=source,
                    dialect=self.dialect,
                    owner=owner,
                    endpoint=endpoint.id,
                    url=wish.url,
                    event_name=wish.event_name,
                    watch=wish.watch,
                    every=wish.every,
                    workstation=wish.workstation,
                    note=wish.note,
                    starts_at=wish.starts_at or now,
                    stops_at=wish.stops_at,
                    bookmark=_starting(tx, source, wish.watch, wish.starts_at, now=now),
                    first_change=tx.changes.latest(source),
                    unwished=_there_before(tx, source, wish.watch),
                    created_at=made_at,
                    updated_at=made_at,
                )
            )

        created = await self.store.write(work)
        self._announce(created.number, "created")
        return created

    async def one(self, owner: str, number: int) -> Subscription:
        """Give one.

        Raises:
            NotFoundError: the owner has no such Subscription.
        """
        return await self.store.read(lambda tx: _owned(tx, owner, number))

    async def change(
        self, owner: str, number: int, wish_for: Callable[[Subscription], Wish]
    ) -> Subscription:
        """Change a Subscription; a new start restarts its window.

        ``wish_for`` says what it shall be, given how it stands. It is asked inside the
        transaction, so that of two changes at once neither undoes the other; what it raises
        comes out here.

        Raises:
            NotFoundError: the owner has no such Subscription.
            InvalidRequestError: the URL is refused.
        """
        now = await self._database_now((await self.one(owner, number)).source)
        at = self.clock.now()

        def owed_by(tx: Transaction) -> list[int]:
            before = _owned(tx, owner, number)
            wish = wish_for(before)
            if wish.url != before.url:
                self._judge(wish.url)
            return [number] if wish.url != before.url or wish.starts_at is not None else []

        def work(tx: Transaction) -> Subscription:
            before = _owned(tx, owner, number)
            changed = _changed(tx, before, wish_for(before), now=now, at=at)
            tx.subscriptions.put(changed)
            return changed

        changed = await cancel_and(self.store, owed_by, work)
        self._announce(number, "changed")
        return changed

    async def remove(self, owner: str, number: int) -> None:
        """Remove a Subscription and cancel what it was still owed.

        Raises:
            NotFoundError: the owner has no such Subscription.
        """

        def owed_by(tx: Transaction) -> list[int]:
            return [_owned(tx, owner, number).number]

        await cancel_and(self.store, owed_by, lambda tx: tx.subscriptions.remove(number))
        self._announce(number, "removed")

    def zone_of(self, source: str) -> ZoneInfo:
        """Give the office's time zone."""
        return self.sources[source].zone

    def _judge(self, url: str) -> None:
        refusal = self.judge_url(url)
        if refusal:
            raise InvalidRequestError(f"EndPointUrl is not allowed: {refusal}")

    def _require_watch(self, source: str, feed: str | None) -> None:
        """An older database may lack a table; a Subscription to it would wait for ever."""
        held = {watch.name for watch in self.sources[source].watches}
        if feed is not None and held and watch_behind(feed) not in held:
            raise InvalidRequestError(
                f"WatchTable is invalid. This practice's database has no {watch_behind(feed)}, or "
                "its account may not read it."
            )

    async def _database_now(self, source: str) -> datetime:
        """The database's clock counts; ours stands in while it cannot be asked."""
        try:
            return await self.sources[source].read_clock()
        except (SourceRefusedError, SourceUnavailableError):
            return self.clock.now().replace(microsecond=0)

    def _announce(self, number: int, what: str) -> None:
        journal.subscription_changed(subscription=number, what=what)
        self.signals.pacing.set()


def _owned(tx: Transaction, owner: str, number: int) -> Subscription:
    found = tx.subscriptions.get(number)
    if found is None or found.owner != owner:
        raise NotFoundError("Subscription not found.")
    return found


def _refuse_twin(tx: Transaction, owner: str, wish: Wish, today: datetime) -> None:
    """The same wish may stand once, expired ones not counted (by whole days, office time)."""
    for other in tx.subscriptions.of_owner(owner):
        is_twin = (other.url, other.event_name) == (wish.url, wish.event_name) and (
            other.workstation.casefold() == wish.workstation.casefold()
        )
        expired = other.stops_at and other.stops_at.astimezone(today.tzinfo).date() < today.date()
        if is_twin and not expired:
            raise InvalidRequestError(
                f"Subscription already exists. SubscriptionNum {other.number} has the same "
                "EndPointUrl, Workstation and event; change that one with PUT."
            )


def _starting(
    tx: Transaction, source: str, watch: str | None, start: datetime | None, *, now: datetime
) -> Bookmark:
    """Give the Bookmark for a start that was asked for, or for "from now on"."""
    latest = tx.changes.latest(source)
    if start is not None:
        return Bookmark(after=None if start > now else latest, since=start)
    cursor = tx.cursors.get(source, watch_behind(watch)) if watch else None
    if cursor is not None and cursor.first_reading_done:
        return Bookmark(after=latest)
    # What the first reading still reads silently may have changed after this moment.
    return Bookmark(after=latest, since=now)


def _changed(
    tx: Transaction, standing: Subscription, wish: Wish, *, now: datetime, at: datetime
) -> Subscription:
    changed = replace(
        standing,
        workstation=wish.workstation,
        note=wish.note,
        every=wish.every,
        stops_at=wish.stops_at,
        updated_at=at,
        # A person who touches a failing Subscription wants it tried at once.
        resume_at=None,
    )
    if wish.url != standing.url:
        endpoint = tx.endpoints.obtain(
            new_endpoint(
                institution=standing.institution,
                owner=standing.owner,
                url=wish.url,
                dialect=standing.dialect,
                at=at,
            )
        )
        changed = replace(changed, url=wish.url, endpoint=endpoint.id, window=None)
    if wish.starts_at is not None:
        changed = replace(
            changed,
            starts_at=wish.starts_at,
            bookmark=_starting(tx, standing.source, standing.watch, wish.starts_at, now=now),
            window=None,
            # The books begin anew with the start.
            first_change=tx.changes.latest(standing.source),
            unwished=_there_before(tx, standing.source, standing.watch),
            delivered=0,
            expired=0,
        )
    return changed


def _there_before(tx: Transaction, source: str, feed: str | None) -> int:
    """Count the Changes that a Subscription which begins now does not wish for."""
    latest = tx.changes.latest(source)
    return tx.changes.count(source, feed, after=0, up_to=latest, before=None) if feed else 0
