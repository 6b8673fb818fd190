"""What people may ask of Endpoints: list, create, change, activate, rotate the secret, remove."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bitewing.engine import journal
from bitewing.engine.outbox.cancelling import cancel_and
from bitewing.engine.outbox.reporting import Reporter
from bitewing.engine.signals import Signals
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.model.tiding import about_endpoint
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction

OVERLAP = timedelta(hours=24)
"""How long the secret before is used beside a new one, unless a person says otherwise."""

LONGEST_OVERLAP = timedelta(days=7)

_SECRET_BYTES = 32
_HOLD_BATCH = 500


def new_secret() -> str:
    """Make a secret in the form of Standard Webhooks: ``whsec_`` and base64 of 32 bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def new_endpoint(*, institution: str, owner: str, url: str, dialect: str, at: datetime) -> Endpoint:
    """Make an active Endpoint with a secret of its own; its id is the store's to give."""
    return Endpoint(
        id=0,
        institution=institution,
        owner=owner,
        url=url,
        dialect=dialect,
        created_at=at,
        updated_at=at,
        secret=new_secret(),
    )


def _require_nothing(_: Endpoint) -> None:
    """Let every Endpoint pass."""


@dataclass(frozen=True, slots=True)
class EndpointDesk:
    """Serves the bearers of credentials; nobody sees another's Endpoints.

    Attributes:
        judge_url: says why a URL may not be sent to, or None if it may as far as can be told
            without asking DNS.
        require_fit: lets an Endpoint pass whose secret, headers and authorities can be used;
            raises InvalidRequestError for others.
        reporter: tells the operator; None where nobody is told.
    """

    store: Store
    judge_url: Callable[[str], str | None]
    clock: Clock
    signals: Signals
    require_fit: Callable[[Endpoint], None] = _require_nothing
    reporter: Reporter | None = None

    async def all_of(self, owner: str) -> list[Endpoint]:
        """Give the owner's Endpoints by id."""
        return await self.store.read(lambda tx: tx.endpoints.of_owner(owner))

    async def one(self, owner: str, number: int) -> Endpoint:
        """Give one.

        Raises:
            NotFoundError: the owner has no such Endpoint.
        """
        return await self.store.read(lambda tx: _owned(tx, owner, number))

    async def create(self, wished: Endpoint) -> Endpoint:
        """Remember a new one (see ``new_endpoint``).

        Raises:
            InvalidRequestError: the URL is refused, or something else of it cannot be used.
        """
        self._judge(wished.url)
        self.require_fit(wished)
        created = await self.store.write(lambda tx: tx.endpoints.add(wished))
        journal.endpoint_changed(endpoint=created.id, what="created")
        return created

    async def change(
        self, owner: str, number: int, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint:
        """Change one; ``change`` is asked inside the transaction, given how it stands.

        Its state is changed by ``activate``, ``pause`` and ``disable``.

        Raises:
            NotFoundError: the owner has no such Endpoint.
            InvalidRequestError: the new URL is refused, or something else of it cannot be used.
        """

        def work(tx: Transaction) -> Endpoint:
            before = _owned(tx, owner, number)
            changed = change(before)
            if changed.url != before.url:
                self._judge(changed.url)
            self.require_fit(changed)
            return self._put(tx, replace(changed, state=before.state, reason=before.reason))

        return await self._write(number, "changed", work)

    async def activate(self, owner: str, number: int) -> Endpoint:
        """Let what is composed from now on be sent; what is held stays held.

        Raises:
            NotFoundError: the owner has no such Endpoint.
        """
        if (await self.one(owner, number)).state is EndpointState.DISABLED:
            await self._hold_what_is_left(number)

        def work(tx: Transaction) -> Endpoint:
            before = _owned(tx, owner, number)
            after = replace(
                before,
                state=EndpointState.ACTIVE,
                reason="",
                failing_since=None,
                parked_until=None,
            )
            if self.reporter is not None:
                self.reporter.activated(tx, before, after, self.clock.now())
            return self._put(tx, after)

        return await self._write(number, "activated", work)

    async def pause(self, owner: str, number: int, reason: str) -> Endpoint:
        """Send nothing; what is owed waits and goes out after ``activate``.

        Raises:
            NotFoundError: the owner has no such Endpoint.
        """

        def work(tx: Transaction) -> Endpoint:
            before = _owned(tx, owner, number)
            return self._put(tx, replace(before, state=EndpointState.PAUSED, reason=reason))

        return await self._write(number, "paused", work)

    async def disable(self, owner: str, number: int, reason: str) -> Endpoint:
        """Send nothing; what is owed is held until a person resumes it.

        Raises:
            NotFoundError: the owner has no such Endpoint.
        """

        def work(tx: Transaction) -> Endpoint:
            before = _owned(tx, owner, number)
            return self._put(tx, replace(before, state=EndpointState.DISABLED, reason=reason))

        return await self._write(number, "disabled", work)

    async def rotate_secret(
        self, owner: str, number: int, secret: str, *, overlap: timedelta = OVERLAP
    ) -> Endpoint:
        """Sign with a new secret, and for a while also with the one before.

        Raises:
            NotFoundError: the owner has no such Endpoint.
            InvalidRequestError: the secret cannot be signed with, or the overlap is negative or
                longer than a week.
        """
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise InvalidRequestError("The overlap of two secrets is between 0 and 7 days.")

        def work(tx: Transaction) -> Endpoint:
            before = _owned(tx, owner, number)
            rotated = replace(
                before,
                secret=secret,
                old_secret=before.secret if overlap else "",
                old_secret_until=self.clock.now() + overlap if overlap else None,
            )
            self.require_fit(rotated)
            return self._put(tx, rotated)

        return await self._write(number, "given a new secret", work)

    async def remove(self, owner: str, number: int) -> None:
        """Remove one with its Subscriptions, and cancel what it was still owed.

        Raises:
            NotFoundError: the owner has no such Endpoint.
        """

        def owed_by(tx: Transaction) -> list[int]:
            _owned(tx, owner, number)
            return [wish.number for wish in tx.subscriptions.of_endpoint(number)]

        def work(tx: Transaction) -> None:
            for wish in owed_by(tx):
                tx.subscriptions.remove(wish)
            tx.endpoints.remove(number)
            tx.told.forget(about_endpoint(number))

        await cancel_and(self.store, owed_by, work)
        self._announce(number, "removed")

    async def _hold_what_is_left(self, number: int) -> None:
        """What was owed before must not be sprung on a receiver that comes back."""

        def work(tx: Transaction) -> int:
            return tx.outbox.hold(number, _HOLD_BATCH)

        while await self.store.write(work):
            pass

    def _put(self, tx: Transaction, endpoint: Endpoint) -> Endpoint:
        # Later than before, whatever the clock says: by this the dispatcher knows of a touch.
        at = max(self.clock.now(), endpoint.updated_at + timedelta.resolution)
        changed = replace(endpoint, updated_at=at)
        tx.endpoints.put(changed)
        return changed

    async def _write(
        self, number: int, what: str, work: Callable[[Transaction], Endpoint]
    ) -> Endpoint:
        changed = await self.store.write(work)
        self._announce(number, what)
        return changed

    def _announce(self, number: int, what: str) -> None:
        journal.endpoint_changed(endpoint=number, what=what)
        self.signals.endpoints.add(number)
        self.signals.dispatch.set()

    def _judge(self, url: str) -> None:
        refusal = self.judge_url(url)
        if refusal:
            raise InvalidRequestError(f"The endpoint's URL is not allowed: {refusal}")


def _owned(tx: Transaction, owner: str, number: int) -> Endpoint:
    found = tx.endpoints.get(number)
    if found is None or found.owner != owner:
        raise NotFoundError(f"Webhook endpoint with id {number} not found")
    return found
