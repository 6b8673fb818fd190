"""The operator's Endpoint: found or made at the start, as the configuration has it."""

from dataclasses import dataclass, field, replace

from bitewing.engine.outbox.reporting import OWNER, Reporter
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """Knows where the operator wants to be told.

    Attributes:
        reporter: learns the Endpoint's id.
        url: None where nobody wants to be told.
        secret: what the Messages are signed with.
    """

    store: Store
    clock: Clock
    reporter: Reporter
    url: str | None = None
    secret: str = field(default="", repr=False)

    async def learn(self) -> None:
        """Let the operator be told; the store must be open.

        What is owed to an address that is configured no more is held there.
        """
        self.reporter.endpoint = await self.store.write(self._obtain)

    def _obtain(self, tx: Transaction) -> int | None:
        for old in tx.endpoints.of_owner(OWNER):
            if old.url != self.url and old.state is not EndpointState.DISABLED:
                why = "The configuration names another address."
                tx.endpoints.put(replace(old, state=EndpointState.DISABLED, reason=why))
        if self.url is None:
            return None
        found = tx.endpoints.obtain(self._wished(self.url))
        if found.secret != self.secret or found.state is not EndpointState.ACTIVE:
            active = EndpointState.ACTIVE
            tx.endpoints.put(replace(found, secret=self.secret, state=active, reason=""))
        return found.id

    def _wished(self, url: str) -> Endpoint:
        now = self.clock.now()
        return Endpoint(
            id=0,
            institution="",
            owner=OWNER,
            url=url,
            dialect=self.reporter.writer.name,
            created_at=now,
            updated_at=now,
            secret=self.secret,
        )
