"""Wishes for Events that are announced at once: list, add, change, move, remove."""

from dataclasses import dataclass, replace

from bitewing.engine import journal
from bitewing.engine.operations.endpoints import EndpointDesk
from bitewing.engine.outbox.cancelling import cancel_and
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Bookmark, Endpoint, EndpointState, Subscription
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class EventWish:
    """What a Subscription to one Event of one institution shall be.

    Attributes:
        institution: its subdomain.
        event_name: the bare Event (``appointment_updated``).
        version: the version of the dialect's Events; it stays what it was at the beginning.
        is_active: whether anything is composed for it.
        locations: our ids of the Locations whose Events it wishes for; () is all.
    """

    institution: str
    event_name: str
    version: str
    is_active: bool = True
    locations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WishChange:
    """What shall change of a Subscription; None leaves a thing as it is."""

    is_active: bool | None = None
    endpoint: int | None = None
    locations: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class WishDesk:
    """Serves the bearers of credentials; nobody sees what belongs to another's Endpoint."""

    store: Store
    endpoints: EndpointDesk
    clock: Clock
    dialect: str

    async def all_of(
        self, owner: str, endpoint: int, institution: str | None = None
    ) -> list[Subscription]:
        """Give the Subscriptions of an Endpoint by number, or those of one institution.

        Raises:
            NotFoundError: the owner has no such Endpoint.
        """

        def work(tx: Transaction) -> list[Subscription]:
            self._endpoint(tx, owner, endpoint)
            wishes = tx.subscriptions.of_endpoint(endpoint)
            return [one for one in wishes if institution in (None, one.institution)]

        return await self.store.read(work)

    async def create(self, owner: str, endpoint: int, wish: EventWish) -> Subscription:
        """Remember a wish. One that stands already is not doubled: it becomes as wished.

        Made inactive, that one is owed nothing any more.

        Raises:
            NotFoundError: the owner has no such Endpoint.
        """
        now = self.clock.now()

        def twin_in(tx: Transaction) -> Subscription | None:
            self._endpoint(tx, owner, endpoint)
            return next(iter(_twins(tx, endpoint, wish.institution, wish.event_name)), None)

        def owed_by(tx: Transaction) -> list[int]:
            twin = twin_in(tx)
            return [twin.number] if twin is not None and not wish.is_active else []

        def work(tx: Transaction) -> Subscription:
            twin = twin_in(tx)
            if twin is not None:
                change = WishChange(is_active=wish.is_active, locations=wish.locations)
                return self._put(tx, twin, change)
            receiver = self._endpoint(tx, owner, endpoint)
            return tx.subscriptions.add(
                Subscription(
                    number=0,
                    institution=wish.institution,
                    source="",
                    dialect=self.dialect,
                    owner=owner,
                    endpoint=endpoint,
                    url=receiver.url,
                    event_name=wish.event_name,
                    watch=None,
                    every=None,
                    workstation="",
                    note="",
                    starts_at=now,
                    stops_at=None,
                    bookmark=Bookmark(after=None),
                    is_active=wish.is_active,
                    created_at=now,
                    updated_at=now,
                    locations=wish.locations,
                    version=wish.version,
                )
            )

        return self._told(await cancel_and(self.store, owed_by, work), "created")

    async def change(
        self, owner: str, endpoint: int, number: int, institution: str, change: WishChange
    ) -> Subscription:
        """Change a Subscription, or move it to another Endpoint of the same owner.

        Made active, it also lets its Endpoint be sent to again. Made inactive, it is owed
        nothing any more.

        Raises:
            NotFoundError: the owner has no such Endpoint, or that no such Subscription.
            InvalidRequestError: its Events would reach an Endpoint twice.
        """

        def owed_by(tx: Transaction) -> list[int]:
            before = self._owned(tx, owner, endpoint, number)
            if before.institution != institution:
                raise _unknown(number)
            self._changed(tx, before, change)  # what is refused cancels nothing
            return [number] if change.is_active is False else []

        def work(tx: Transaction) -> Subscription:
            return self._put(tx, self._owned(tx, owner, endpoint, number), change)

        changed = self._told(await cancel_and(self.store, owed_by, work), "changed")
        return await self._with_endpoint_active(changed, is_wanted=bool(change.is_active))

    async def remove(self, owner: str, endpoint: int, number: int) -> None:
        """Remove a Subscription and cancel what it was still owed.

        Raises:
            NotFoundError: the owner has no such Endpoint, or that no such Subscription.
        """

        def owed_by(tx: Transaction) -> list[int]:
            return [self._owned(tx, owner, endpoint, number).number]

        def work(tx: Transaction) -> Subscription:
            found = self._owned(tx, owner, endpoint, number)
            tx.subscriptions.remove(number)
            return found

        self._told(await cancel_and(self.store, owed_by, work), "removed")

    def _put(self, tx: Transaction, before: Subscription, change: WishChange) -> Subscription:
        changed = self._changed(tx, before, change)
        tx.subscriptions.put(changed)
        return changed

    def _changed(self, tx: Transaction, before: Subscription, change: WishChange) -> Subscription:
        changed = replace(before, updated_at=self.clock.now())
        if change.locations is not None:
            changed = replace(changed, locations=change.locations)
        if change.endpoint is not None:
            receiver = self._endpoint(tx, before.owner, change.endpoint)
            changed = replace(changed, endpoint=receiver.id, url=receiver.url)
        if change.is_active is not None:
            changed = replace(changed, is_active=change.is_active)
        _refuse_twin(tx, before, changed)
        return changed

    async def _with_endpoint_active(self, wish: Subscription, *, is_wanted: bool) -> Subscription:
        """Let the Endpoint of an active wish be sent to again (NexHealth, "Webhook endpoints")."""
        receiver = await self.endpoints.one(wish.owner, wish.endpoint)
        if is_wanted and receiver.state is EndpointState.DISABLED:
            await self.endpoints.activate(wish.owner, wish.endpoint)
        return wish

    def _endpoint(self, tx: Transaction, owner: str, number: int) -> Endpoint:
        found = tx.endpoints.get(number)
        if found is None or (found.owner, found.dialect) != (owner, self.dialect):
            raise NotFoundError(f"Webhook endpoint with id {number} not found")
        return found

    def _owned(self, tx: Transaction, owner: str, endpoint: int, number: int) -> Subscription:
        self._endpoint(tx, owner, endpoint)
        found = tx.subscriptions.get(number)
        if found is None or found.endpoint != endpoint:
            raise _unknown(number)
        return found

    def _told(self, wish: Subscription, what: str) -> Subscription:
        journal.subscription_changed(subscription=wish.number, what=what)
        return wish


def _twins(tx: Transaction, endpoint: int, institution: str, event_name: str) -> list[Subscription]:
    """Give the Subscriptions of an Endpoint to this Event, the active ones first."""
    wishes = tx.subscriptions.of_endpoint(endpoint)
    wished = (institution, event_name)
    twins = [one for one in wishes if (one.institution, one.event_name) == wished]
    return sorted(twins, key=lambda one: not one.is_active)


def _refuse_twin(tx: Transaction, before: Subscription, after: Subscription) -> None:
    """An Event reaches an Endpoint once; so neither a move nor a new beginning may double it."""
    is_moved = after.endpoint != before.endpoint
    is_begun = after.is_active and not before.is_active
    if not is_moved and not is_begun:
        return
    for twin in _twins(tx, after.endpoint, after.institution, after.event_name):
        if twin.number != after.number and (is_moved or twin.is_active):
            raise InvalidRequestError(
                f"Webhook endpoint with id {after.endpoint} has webhook subscription "
                f"{twin.number} to {twin.event_name} of this institution already; change or "
                "delete that one"
            )


def _unknown(number: int) -> NotFoundError:
    return NotFoundError(f"Webhook subscription with id {number} not found")
