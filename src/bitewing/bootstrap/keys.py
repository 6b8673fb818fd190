"""Keys: which credential is whose."""

from collections.abc import Callable
from datetime import timedelta

from bitewing.engine.operations.tenants import Tenants
from bitewing.model.tenancy import Practice, owner_of
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store
from bitewing.settings import Settings
from bitewing.web.auth import SCHEME, Doorkeeper, NotAuthorizedError
from bitewing.web.nexhealth.admission import Admission, ApiCaller, UnknownCallerError
from bitewing.web.nexhealth.limits import Limit, Limits, Rate
from bitewing.web.nexhealth.visits import Door

_MINUTE = 60.0


def practices_of(settings: Settings) -> dict[str, Practice]:
    """Give customer key → whose it is."""
    return {
        key.get_secret_value(): Practice(source.name, institution.subdomain, source.workstation)
        for institution, source in settings.sources
        for key in source.customer_keys
    }


def customer_keys_of(settings: Settings) -> dict[str, str]:
    """Give owner's fingerprint → customer key."""
    return {owner_of(key): key for key in practices_of(settings)}


def doorkeeper_of(settings: Settings) -> Doorkeeper:
    """Make the one who admits callers."""
    keys = [key.get_secret_value() for key in settings.opendental.developer_keys]
    return Doorkeeper(keys, practices_of(settings))


def api_callers_of(settings: Settings) -> list[ApiCaller]:
    """Give the bearers of NexHealth's API keys."""
    keys = [(one.key.get_secret_value(), one.institutions) for one in settings.nexhealth.api_keys]
    return [ApiCaller(key, owner_of(key), tuple(reached)) for key, reached in keys]


def reach_of(settings: Settings) -> dict[str, frozenset[str]]:
    """Give the fingerprint of each API key of NexHealth's → the institutions that it sees."""
    return {one.owner: frozenset(one.institutions) for one in api_callers_of(settings)}


def door_of(settings: Settings, clock: Clock) -> Door:
    """Make the door of the NexHealth face."""
    limits = settings.nexhealth.limits
    rates = {
        Limit.ALL: Rate(limits.per_second, 1.0),
        Limit.LISTS: Rate(limits.lists_per_second, 1.0),
        Limit.RECORDS: Rate(limits.records_per_minute, _MINUTE),
        Limit.OTHERS: Rate(limits.per_minute, _MINUTE),
    }
    lifetime = timedelta(minutes=settings.nexhealth.token_minutes)
    return Door(Admission(api_callers_of(settings), clock, lifetime), Limits(rates, clock))


def owners_of(doorkeeper: Doorkeeper, admission: Admission) -> Callable[[str | None], str]:
    """Give what tells whose an Authorization header is, of either face's keys."""

    def owner(authorization: str | None) -> str:
        scheme = (authorization or "").strip().partition(" ")[0]
        if scheme.upper() == SCHEME:
            return doorkeeper.admit(authorization).owner
        try:
            return admission.admit(authorization).owner
        except UnknownCallerError:
            raise NotAuthorizedError(
                "The Authorization header must be: ODFHIR {DeveloperKey}/{CustomerKey}, "
                "or an API key of the NexHealth face, or Bearer and a token of it."
            ) from None

    return owner


def tenants_of(settings: Settings, store: Store) -> Tenants:
    """Make what knows the institutions."""
    return Tenants(
        store,
        names={one.subdomain: one.name for one in settings.institutions},
        sources={
            one.subdomain: tuple(source.name for source in one.sources)
            for one in settings.institutions
        },
    )
