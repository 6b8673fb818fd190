"""The program: every worker, wired to its adapters and to each other."""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import FastAPI

from bitewing.bootstrap.adapters import make_guard, make_sender, make_sources, make_store
from bitewing.bootstrap.capturing import make_pollers, make_sync_status
from bitewing.bootstrap.customs import customs_of
from bitewing.bootstrap.dialects import Dialects, make_dialects
from bitewing.bootstrap.faces import Wiring, make_app
from bitewing.bootstrap.keys import practices_of, reach_of, tenants_of
from bitewing.bootstrap.operator import make_operator_desk, make_watchman
from bitewing.bootstrap.parts import Parts
from bitewing.bootstrap.writing import InsertionTeller, make_scribes, make_writers
from bitewing.engine.capture.listener import Listener
from bitewing.engine.capture.poller import Poller
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.dispatcher import CAPACITY, Dispatcher
from bitewing.engine.delivery.reception import Reception
from bitewing.engine.operations import enquiries
from bitewing.engine.operations.care import Caretaker
from bitewing.engine.operations.operator import OperatorDesk
from bitewing.engine.operations.tenants import Tenants
from bitewing.engine.outbox.pacer import Pacer
from bitewing.engine.signals import Signals
from bitewing.engine.supervisor import Supervisor
from bitewing.engine.upkeep.holder import Holder
from bitewing.engine.upkeep.pruner import Kept, Pruner
from bitewing.engine.upkeep.rescuer import Rescuer
from bitewing.engine.writing.closer import Closer
from bitewing.engine.writing.pulse import WriterPulse
from bitewing.model.tenancy import Practice
from bitewing.ports.clock import Clock
from bitewing.ports.sender import Sender
from bitewing.ports.source import Source
from bitewing.ports.store import Store
from bitewing.ports.writer import Writer
from bitewing.settings import Settings
from bitewing.signing.standard import StandardSigner
from bitewing.transport.files import obtain_connections


@dataclass(slots=True)
class Program:
    """Everything that runs, wired."""

    store: Store
    sources: Mapping[str, Source]
    sender: Sender
    supervisor: Supervisor
    pollers: list[Poller]
    dialects: Dialects
    tenants: Tenants
    operator: OperatorDesk
    writers: Mapping[str, Writer] = field(default_factory=dict)
    app: FastAPI = field(default_factory=FastAPI)

    async def prepare(self) -> None:
        """Look up what Messages bear and only the store knows; it must be open."""
        await self.dialects.learn(self.tenants)
        await self.operator.learn()

    async def run(self) -> None:
        """Work until ``supervisor.stop``; the store must be open."""
        try:
            await self.prepare()
            await self.supervisor.run()
        finally:
            await self.sender.close()
            for source in self.sources.values():
                await source.close()
            for writer in self.writers.values():
                await writer.close()
            await self.store.close()

    def missing(self) -> list[str]:
        """Say what is missing before it is ready; empty when it is."""
        health = [poller.health for poller in self.pollers]
        return enquiries.missing(health, list(self.supervisor.failing()))


def build(
    settings: Settings, environment: Mapping[str, str] = os.environ, parts: Parts | None = None
) -> Program:
    """Wire the program.

    Raises:
        SettingsError: the configuration cannot be used.
    """
    parts = parts or Parts()
    clock, signals, reception = parts.clock, Signals(), Reception()
    store = parts.around_store(make_store(settings, environment, reception))
    sources = make_sources(settings, environment)
    guard = make_guard(settings)
    connections = obtain_connections()
    sender = make_sender(settings, guard, connections)
    dialects, tenants = make_dialects(settings), tenants_of(settings, store)
    supervisor = Supervisor(clock)
    teller = InsertionTeller(customs_of(settings), clock, reach_of(settings))
    announcer = dialects.nexhealth
    pollers = make_pollers(
        settings, sources, store, announcer=announcer, tell=teller, clock=clock, signals=signals
    )
    writers = parts.around_writers(make_writers(settings, environment, clock))
    operator = make_operator_desk(settings, environment, store, guard, dialects.operator)
    program = Program(
        store, sources, sender, supervisor, pollers, dialects, tenants, operator, writers
    )
    caretaker = _capture(program, clock)
    practices = practices_of(settings).values()
    capacity = min(CAPACITY, connections)
    _deliver(program, practices, reception, clock=clock, signals=signals, capacity=capacity)
    supervisor.add(Pruner(store, clock=clock, kept=_kept(settings)))
    supervisor.add(make_watchman(program.sources, pollers, operator, clock, signals))
    pulses = _write_back(settings, program, teller, clock=clock, signals=signals)
    wiring = Wiring(
        store,
        sources,
        dialects.opendental,
        guard,
        clock,
        signals,
        caretaker,
        pulses,
        teller,
        tenants,
        operator.reporter,
        supervisor.spawn,
    )
    program.app = make_app(settings, wiring, program.missing)
    return program


def _kept(settings: Settings) -> Kept:
    days = settings.store
    return Kept(timedelta(days=days.keep_deliveries_days), timedelta(days=days.keep_changes_days))


def _deliver(
    program: Program,
    practices: Iterable[Practice],
    reception: Reception,
    *,
    clock: Clock,
    signals: Signals,
    capacity: int,
) -> None:
    """Add the workers that compose and send, and those that tidy up behind them."""
    store, supervisor = program.store, program.supervisor
    dialects, opendental = program.dialects, program.dialects.opendental
    courier = Courier(program.sender, dialects.by_name, StandardSigner())
    dispatcher = Dispatcher(
        store,
        courier,
        clock=clock,
        signals=signals,
        reporter=program.operator.reporter,
        reception=reception,
        capacity=capacity,
    )
    supervisor.add(dispatcher, signals.dispatch)
    supervisor.farewells.append(dispatcher.drain)
    pacer = Pacer(
        store,
        dialects={opendental.name: opendental},
        workstations={one.source: one.workstation for one in practices},
        clock=clock,
        signals=signals,
    )
    supervisor.add(pacer, signals.pacing)
    supervisor.add(Rescuer(store, clock=clock, signals=signals))
    supervisor.add(Holder(store))


def _write_back(
    settings: Settings,
    program: Program,
    teller: InsertionTeller,
    *,
    clock: Clock,
    signals: Signals,
) -> dict[str, WriterPulse]:
    """Add the workers that write into the practices, and the one that tells whether that works.

    Gives the writers' signs of life by Source.
    """
    store, supervisor, announcer = program.store, program.supervisor, program.dialects.nexhealth
    scribes = make_scribes(program.writers, store, teller, clock=clock, signals=signals)
    for scribe in scribes.values():
        supervisor.add(scribe)
    supervisor.add(Closer(store, program.writers, clock=clock, signals=signals, tell=teller))
    pulses = {name: scribe.pulse for name, scribe in scribes.items()}
    read = zip(program.sources.values(), program.pollers, strict=True)
    supervisor.add(
        make_sync_status(
            settings, read, store, pulses, announcer=announcer, clock=clock, signals=signals
        )
    )
    return pulses


def _capture(program: Program, clock: Clock) -> Caretaker:
    """Add the workers that read, and give the one who looks after them."""
    sweeps: dict[str, Callable[[bool], None]] = {}
    for source, poller in zip(program.sources.values(), program.pollers, strict=True):
        wake = asyncio.Event()
        program.supervisor.add(poller, wake)
        program.supervisor.add(Listener(source, poller, clock=clock, wake=wake))

        def sweep(accepts_all: bool, poller: Poller = poller, wake: asyncio.Event = wake) -> None:  # noqa: FBT001 - a callback's one argument
            poller.request_sweep(accepts_all=accepts_all)
            wake.set()

        sweeps[source.name] = sweep
    health = {
        source.name: (lambda poller=poller: poller.health)
        for source, poller in zip(program.sources.values(), program.pollers, strict=True)
    }
    return Caretaker(program.store, health, sweeps)
