"""Adapters: the concrete store, sources, sender and guard for a configuration."""

import os
from collections.abc import Mapping

from bitewing.bootstrap.advice import advice_about_nexhealth
from bitewing.clock import SystemClock
from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.engine.capture.measuring import measure
from bitewing.engine.operations.examination import Examination
from bitewing.model.errors import SettingsError
from bitewing.model.headers import require_fit_headers
from bitewing.model.health import Finding
from bitewing.model.subscription import Endpoint
from bitewing.ports.outbox import Reception
from bitewing.ports.source import Source
from bitewing.ports.store import Store
from bitewing.settings import Settings
from bitewing.signing.standard import StandardSigner
from bitewing.sources.opendental import open_dental
from bitewing.stores.key_places import key_file_of, seal_from_file, seal_from_variable
from bitewing.stores.sqlite.store import SqliteStore
from bitewing.transport.contexts import own_context
from bitewing.transport.files import MOST_CONNECTIONS
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.proxy import parse_proxy


def make_store(
    settings: Settings,
    environment: Mapping[str, str] = os.environ,
    reception: Reception | None = None,
) -> Store:
    """Make the store, whose secrets are sealed; nothing is opened yet.

    ``reception`` is given what was added and could go out at once.

    Raises:
        SettingsError: the environment does not hold the key that it should hold.
    """
    store = settings.store
    key = store.secret_key(environment)
    if key is not None and store.secret_key_env is not None:
        return SqliteStore(store.path, seal_from_variable(store.secret_key_env, key), reception)
    seal = seal_from_file(store.key_file or key_file_of(store.path))
    return SqliteStore(store.path, seal, reception)


def make_sources(
    settings: Settings, environment: Mapping[str, str] = os.environ
) -> dict[str, Source]:
    """Make the Sources by name; nothing is connected yet.

    Raises:
        SettingsError: a url or a password is not usable.
    """
    made: dict[str, Source] = {}
    further = {name for key in settings.nexhealth.api_keys for name in key.institutions}
    for institution, source in settings.sources:
        password = source.password(environment)
        try:
            made[source.name] = open_dental(
                name=source.name,
                institution=institution.subdomain,
                zone=source.zone,
                url=source.url,
                password=password,
                reads_further=institution.subdomain in further,
            )
        except SettingsError as error:
            raise SettingsError(f"Source {source.name}: {error}") from None
    return made


def make_guard(settings: Settings) -> AddressGuard:
    """Make the policy about receivers' addresses."""
    delivery = settings.delivery
    return AddressGuard(delivery.allow_networks, https_only=delivery.https_only)


def make_sender(
    settings: Settings, guard: AddressGuard, most_open: int = MOST_CONNECTIONS
) -> HttpSender:
    """Make the sender, with so many connections at once; nothing is opened yet.

    Raises:
        SettingsError: the proxy or the further certificate authorities cannot be used.
    """
    ca_file, given = settings.delivery.ca_file, settings.delivery.proxy
    try:
        proxy = None if given is None else parse_proxy(given.get_secret_value())
    except SettingsError as error:
        raise SettingsError(f"[delivery] proxy: {error}") from None
    try:
        return HttpSender(
            clock=SystemClock(),
            guard=guard,
            ca_file=ca_file,
            proxy=proxy,
            most_open=most_open,
        )
    except SettingsError as error:
        raise SettingsError(f"[delivery] ca_file: {error}") from None


def require_fit_endpoint(endpoint: Endpoint) -> None:
    """Let an Endpoint pass whose secret, headers and authorities can be used.

    Raises:
        InvalidRequestError: one of them cannot; the message says which and why.
    """
    taken = ("authorization",) if endpoint.dialect == OpenDental.name else ()
    require_fit_headers(endpoint.headers, taken=taken)
    if endpoint.secret:
        StandardSigner().require_fit(endpoint.secret)
    if endpoint.ca_pem is not None:
        own_context(endpoint.ca_pem)


async def examine_all(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """Look at the practice databases, the store and the receivers, for ``doctor``.

    Raises:
        SettingsError: the configuration cannot be used.
    """
    sources = make_sources(settings, environment)
    sender = make_sender(settings, make_guard(settings))
    try:
        found = await Examination(
            list(sources.values()),
            make_store(settings, environment),
            sender,
            SystemClock(),
            measure,
            [source.name for _, source in settings.sources if source.writer is not None],
        ).findings()
        return [*advice_about_nexhealth(settings), *found]
    finally:
        await sender.close()
        for source in sources.values():
            await source.close()
