"""The program: every worker, wired to its adapters and to each other."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI

from bitewing.bootstrap.adapters import make_guard, make_sender, make_sources, make_store
from bitewing.bootstrap.customs import customs_of
from bitewing.bootstrap.faces import Wiring, make_app
from bitewing.bootstrap.keys import customer_keys_of, practices_of
from bitewing.bootstrap.writing import InsertionTeller, make_scribes, make_writers
from bitewing.clock import SystemClock
from bitewing.dialects.opendental.speaking import OpenDental as OpenDentalDialect
from bitewing.engine.capture.listener import Listener
from bitewing.engine.capture.poller import Poller
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.dispatcher import Dispatcher
from bitewing.engine.operations import enquiries
from bitewing.engine.operations.care import Caretaker
from bitewing.engine.outbox.pacer import Pacer
from bitewing.engine.signals import Signals
from bitewing.engine.supervisor import Supervisor
from bitewing.engine.upkeep.holder import Holder
from bitewing.engine.upkeep.pruner import Pruner
from bitewing.engine.upkeep.rescuer import Rescuer
from bitewing.ports.clock import Clock
from bitewing.ports.sender import Sender
from bitewing.ports.source import Source
from bitewing.ports.store import Store
from bitewing.ports.writer import Writer
from bitewing.settings import Settings
from bitewing.signing.standard import StandardSigner


@dataclass(slots=True)
class Program:
    """Everything that runs, wired."""

    store: Store
    sources: Mapping[str, Source]
    sender: Sender
    supervisor: Supervisor
    pollers: list[Poller]
    writers: Mapping[str, Writer] = field(default_factory=dict)
    app: FastAPI = field(default_factory=FastAPI)

    async def run(self) -> None:
        """Work until ``supervisor.stop``; the store must be open."""
        try:
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


def build(settings: Settings, environment: Mapping[str, str] = os.environ) -> Program:
    """Wire the program.

    Raises:
        SettingsError: the configuration cannot be used.
    """
    clock, signals = SystemClock(), Signals()
    store, sources = make_store(settings, environment), make_sources(settings, environment)
    guard = make_guard(settings)
    sender = make_sender(settings, guard)
    dialect = OpenDentalDialect(
        zones={name: source.zone for name, source in sources.items()},
        customer_keys=customer_keys_of(settings),
        version=settings.opendental.version,
    )
    supervisor = Supervisor(clock)
    renamed = settings.opendental.announce_renamed
    pollers = [
        Poller(one, store, clock=clock, signals=signals, announces_renamed=renamed)
        for one in sources.values()
    ]
    writers = make_writers(settings, environment, clock)
    teller = InsertionTeller(customs_of(settings), clock)
    scribes = make_scribes(writers, store, teller, clock=clock, signals=signals)
    program = Program(store, sources, sender, supervisor, pollers, writers)
    caretaker = _capture(program)
    _deliver(program, Courier(sender, {dialect.name: dialect}, StandardSigner()), clock, signals)
    pacer = Pacer(
        store,
        dialects={dialect.name: dialect},
        workstations={one.source: one.workstation for one in practices_of(settings).values()},
        clock=clock,
        signals=signals,
    )
    supervisor.add(pacer, signals.pacing)
    for scribe in scribes.values():
        supervisor.add(scribe)
    pulses = {name: scribe.pulse for name, scribe in scribes.items()}
    wiring = Wiring(store, sources, dialect, guard, clock, signals, caretaker, pulses, teller)
    program.app = make_app(settings, wiring, program.missing)
    return program


def _deliver(program: Program, courier: Courier, clock: Clock, signals: Signals) -> None:
    """Add the workers that send, and those that tidy up behind them."""
    store, supervisor = program.store, program.supervisor
    dispatcher = Dispatcher(store, courier, clock=clock, signals=signals)
    supervisor.add(dispatcher, signals.dispatch)
    supervisor.farewells.append(dispatcher.drain)
    supervisor.add(Rescuer(store, clock=clock, signals=signals))
    supervisor.add(Pruner(store, clock=clock))
    supervisor.add(Holder(store))


def _capture(program: Program) -> Caretaker:
    """Add the workers that read, and give the one who looks after them."""
    sweeps: dict[str, Callable[[bool], None]] = {}
    for source, poller in zip(program.sources.values(), program.pollers, strict=True):
        wake = asyncio.Event()
        program.supervisor.add(poller, wake)
        program.supervisor.add(Listener(source, poller, clock=SystemClock(), wake=wake))

        def sweep(accepts_all: bool, poller: Poller = poller, wake: asyncio.Event = wake) -> None:  # noqa: FBT001 - a callback's one argument
            poller.request_sweep(accepts_all=accepts_all)
            wake.set()

        sweeps[source.name] = sweep
    health = {
        source.name: (lambda poller=poller: poller.health)
        for source, poller in zip(program.sources.values(), program.pollers, strict=True)
    }
    return Caretaker(program.store, health, sweeps)
