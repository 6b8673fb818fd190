"""The operator: where they are told what goes wrong, and the worker that watches the Sources."""

from collections.abc import Mapping, Sequence

from bitewing.clock import SystemClock
from bitewing.dialects.operator.speaking import Operator
from bitewing.engine.capture.poller import Poller
from bitewing.engine.operations.operator import OperatorDesk
from bitewing.engine.outbox.reporting import Reporter
from bitewing.engine.signals import Signals
from bitewing.engine.upkeep.watchman import Beheld, Watchman
from bitewing.model.errors import InvalidRequestError, SettingsError
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source
from bitewing.ports.store import Store
from bitewing.settings import Settings
from bitewing.signing.standard import StandardSigner
from bitewing.transport.guard import AddressGuard


def make_operator_desk(
    settings: Settings,
    environment: Mapping[str, str],
    store: Store,
    guard: AddressGuard,
    dialect: Operator,
) -> OperatorDesk:
    """Make what knows the operator's Endpoint; nothing is asked of the store yet.

    Raises:
        SettingsError: the address is not allowed, or the secret cannot be signed with.
    """
    url, secret = settings.operator.url, settings.operator.secret(environment)
    if url is None or secret is None:
        return OperatorDesk(store, SystemClock(), Reporter(dialect))
    refusal = guard.judge_url(url).detail
    if refusal:
        raise SettingsError(f"[operator] url: {refusal}")
    try:
        StandardSigner().require_fit(secret)
    except InvalidRequestError as error:
        raise SettingsError(f"[operator] secret_env: {error}") from None
    return OperatorDesk(store, SystemClock(), Reporter(dialect), url, secret)


def make_watchman(
    sources: Mapping[str, Source],
    pollers: Sequence[Poller],
    desk: OperatorDesk,
    clock: Clock,
    signals: Signals,
) -> Watchman:
    """Make the worker that tells the operator of the Sources."""
    pairs = zip(sources.values(), pollers, strict=True)
    beheld = [_beheld(source, poller) for source, poller in pairs]
    return Watchman(desk.store, beheld, desk.reporter, clock, signals)


def _beheld(source: Source, poller: Poller) -> Beheld:
    return Beheld(
        source.name,
        source.institution,
        health=lambda: poller.health,
        is_failing=lambda: poller.is_failing,
        held=lambda: poller.held,
    )
