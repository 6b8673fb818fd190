"""Bootstrap: the only place that names concrete adapters; it builds the whole program."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI

from bitewing.clock import SystemClock
from bitewing.dialects.opendental.catalogue import CATALOGUE, Family
from bitewing.dialects.opendental.speaking import OpenDental as OpenDentalDialect
from bitewing.engine.capture.listener import Listener
from bitewing.engine.capture.poller import Poller
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.dispatcher import Dispatcher
from bitewing.engine.operations import enquiries
from bitewing.engine.operations.examination import Examination
from bitewing.engine.operations.lookup import Lookup
from bitewing.engine.operations.subscriptions import Desk
from bitewing.engine.operations.ui_events import Counter
from bitewing.engine.outbox.pacer import Pacer
from bitewing.engine.signals import Signals
from bitewing.engine.supervisor import Supervisor
from bitewing.engine.upkeep.rescuer import Rescuer
from bitewing.model.errors import SettingsError
from bitewing.model.health import Finding
from bitewing.model.tenancy import Practice, owner_of
from bitewing.ports.sender import Sender
from bitewing.ports.source import Source
from bitewing.ports.store import Store
from bitewing.settings import Settings
from bitewing.sources.opendental import open_dental
from bitewing.stores.sqlite.store import SqliteStore
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.web.app import create_app
from bitewing.web.auth import Doorkeeper
from bitewing.web.opendental.face import open_dental_face


@dataclass(slots=True)
class Program:
    """Everything that runs, wired."""

    store: Store
    sources: Mapping[str, Source]
    sender: Sender
    supervisor: Supervisor
    pollers: list[Poller]
    app: FastAPI

    async def run(self) -> None:
        """Work until ``supervisor.stop``; the store must be open."""
        try:
            await self.supervisor.run()
        finally:
            await self.sender.close()
            for source in self.sources.values():
                await source.close()
            await self.store.close()

    def missing(self) -> list[str]:
        """Say what is missing before it is ready; empty when it is."""
        health = [poller.health for poller in self.pollers]
        return enquiries.missing(health, list(self.supervisor.failing()))


def make_store(settings: Settings) -> Store:
    """Make the store; nothing is opened yet."""
    return SqliteStore(settings.store.path)


def make_sources(
    settings: Settings, environment: Mapping[str, str] = os.environ
) -> dict[str, Source]:
    """Make the Sources by name; nothing is connected yet.

    Raises:
        SettingsError: a url or a password is not usable.
    """
    made: dict[str, Source] = {}
    for institution, source in settings.sources:
        password = source.password(environment)
        try:
            made[source.name] = open_dental(
                name=source.name,
                institution=institution.subdomain,
                zone=source.zone,
                url=source.url,
                password=password,
            )
        except SettingsError as error:
            raise SettingsError(f"Source {source.name}: {error}") from None
    return made


def make_guard(settings: Settings) -> AddressGuard:
    """Make the policy about receivers' addresses."""
    delivery = settings.delivery
    return AddressGuard(delivery.allow_networks, https_only=delivery.https_only)


def make_sender(settings: Settings, guard: AddressGuard) -> HttpSender:
    """Make the sender; nothing is opened yet.

    Raises:
        SettingsError: the further certificate authorities cannot be used.
    """
    ca_file = settings.delivery.ca_file
    try:
        return HttpSender(clock=SystemClock(), guard=guard, ca_file=ca_file)
    except SettingsError as error:
        raise SettingsError(f"[delivery] ca_file: {error}") from None


async def examine_all(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """Look at the practice databases, the store and the receivers, for ``doctor``.

    Raises:
        SettingsError: the configuration cannot be used.
    """
    sources = make_sources(settings, environment)
    sender = make_sender(settings, make_guard(settings))
    try:
        return await Examination(
            list(sources.values()), make_store(settings), sender, SystemClock()
        ).findings()
    finally:
        await sender.close()
        for source in sources.values():
            await source.close()


def build(settings: Settings, environment: Mapping[str, str] = os.environ) -> Program:
    """Wire the program.

    Raises:
        SettingsError: the configuration cannot be used.
    """
    clock, signals = SystemClock(), Signals()
    store, sources, guard = (
        make_store(settings),
        make_sources(settings, environment),
        make_guard(settings),
    )
    sender = make_sender(settings, guard)
    practices = _practices(settings)
    dialect = OpenDentalDialect(
        zones={name: source.zone for name, source in sources.items()},
        customer_keys={owner_of(key): key for key in practices},
        version=settings.opendental.version,
    )
    dialects = {dialect.name: dialect}
    supervisor = Supervisor(clock)
    pollers = [Poller(one, store, clock=clock, signals=signals) for one in sources.values()]
    for source, poller in zip(sources.values(), pollers, strict=True):
        wake = asyncio.Event()
        supervisor.add(poller, wake)
        supervisor.add(Listener(source, poller, wake=wake))
    courier = Courier(store, sender, dialects, clock)
    supervisor.add(
        Dispatcher(store, courier, clock=clock, signals=signals, spawn=supervisor.spawn),
        signals.dispatch,
    )
    workstations = {practice.source: practice.workstation for practice in practices.values()}
    supervisor.add(
        Pacer(store, dialects=dialects, workstations=workstations, clock=clock, signals=signals),
        signals.pacing,
    )
    supervisor.add(Rescuer(store, clock=clock, signals=signals))
    program = Program(store, sources, sender, supervisor, pollers, FastAPI())
    desk = Desk(store, sources, _judging(guard), clock, signals, dialect.name)
    counter = Counter(store, sources, dialects, clock, signals, _ui_event_names())
    doorkeeper = _doorkeeper(settings, practices)
    program.app = create_app(
        missing=program.missing,
        counter=counter,
        doorkeeper=doorkeeper,
        open_dental=open_dental_face(
            desk=desk, lookup=Lookup(sources, clock), doorkeeper=doorkeeper, dialect=dialect
        ),
    )
    return program


def _practices(settings: Settings) -> dict[str, Practice]:
    """Customer key → whose it is."""
    return {
        key.get_secret_value(): Practice(source.name, institution.subdomain, source.workstation)
        for institution, source in settings.sources
        for key in source.customer_keys
    }


def _doorkeeper(settings: Settings, practices: Mapping[str, Practice]) -> Doorkeeper:
    keys = [key.get_secret_value() for key in settings.opendental.developer_keys]
    return Doorkeeper(keys, practices)


def _ui_event_names() -> dict[str, str]:
    return {one.name: one.event_name for one in CATALOGUE if one.family is Family.UI_EVENT_TYPE}


def _judging(guard: AddressGuard) -> Callable[[str], str | None]:
    def judge(url: str) -> str | None:
        return guard.judge_url(url).detail or None

    return judge
