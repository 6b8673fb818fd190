"""Keys: which credential is whose."""

from bitewing.model.tenancy import Practice, owner_of
from bitewing.settings import Settings
from bitewing.web.auth import Doorkeeper


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
