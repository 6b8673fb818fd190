"""Faces: the HTTP application over the engine's operations."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from bitewing.bootstrap.adapters import require_fit_endpoint
from bitewing.bootstrap.customs import customs_of
from bitewing.bootstrap.keys import door_of, doorkeeper_of, owners_of
from bitewing.bootstrap.writing import InsertionTeller
from bitewing.dialects.nexhealth.reading.library import Library
from bitewing.dialects.nexhealth.resources.sync_status import System
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.dialects.nexhealth.writing.drafting import find_draft
from bitewing.dialects.opendental.catalogue import CATALOGUE, Family
from bitewing.dialects.opendental.speaking import OpenDental as OpenDentalDialect
from bitewing.engine.operations.backlog import BacklogDesk
from bitewing.engine.operations.care import Caretaker
from bitewing.engine.operations.endpoints import EndpointDesk
from bitewing.engine.operations.history import History
from bitewing.engine.operations.lookup import Lookup
from bitewing.engine.operations.readback import Readback
from bitewing.engine.operations.replays import ReplayDesk
from bitewing.engine.operations.subscriptions import Desk
from bitewing.engine.operations.tenants import Tenants
from bitewing.engine.operations.ui_events import Counter
from bitewing.engine.operations.wishes import WishDesk
from bitewing.engine.operations.writing import WritingDesk
from bitewing.engine.outbox.reporting import Reporter
from bitewing.engine.signals import Signals
from bitewing.engine.writing.pulse import WriterPulse
from bitewing.model.lights import Lights, Thresholds, lights_of
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source
from bitewing.ports.store import Store
from bitewing.settings import Settings
from bitewing.transport.guard import AddressGuard
from bitewing.web.api.deliveries import Deliveries
from bitewing.web.api.health import health_router
from bitewing.web.api.sources import Sources
from bitewing.web.api.ui_events import ui_events_router
from bitewing.web.app import create_app
from bitewing.web.nexhealth.appointments import Appointments
from bitewing.web.nexhealth.authenticates import Authenticates
from bitewing.web.nexhealth.endpoints import Endpoints
from bitewing.web.nexhealth.face import nexhealth_face
from bitewing.web.nexhealth.patients import Patients
from bitewing.web.nexhealth.premises import Premises
from bitewing.web.nexhealth.records import ChartRecords
from bitewing.web.nexhealth.shelf import Shelf
from bitewing.web.nexhealth.slots import Slots
from bitewing.web.nexhealth.statuses import SyncStatuses
from bitewing.web.nexhealth.subscriptions import Subscriptions
from bitewing.web.nexhealth.writes.appointments import AppointmentWrites
from bitewing.web.nexhealth.writes.documents import DocumentWrites
from bitewing.web.nexhealth.writes.form_page import FormPage
from bitewing.web.nexhealth.writes.form_tray import FormTray
from bitewing.web.nexhealth.writes.forms import Forms
from bitewing.web.nexhealth.writes.patients import PatientWrites
from bitewing.web.opendental.face import open_dental_face


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the operations behind the faces work with."""

    store: Store
    sources: Mapping[str, Source]
    dialect: OpenDentalDialect
    guard: AddressGuard
    clock: Clock
    signals: Signals
    caretaker: Caretaker
    pulses: Mapping[str, WriterPulse]
    teller: InsertionTeller
    tenants: Tenants
    reporter: Reporter
    spawn: Callable[[Coroutine[Any, Any, None]], object]


def make_app(settings: Settings, wiring: Wiring, missing: Callable[[], list[str]]) -> FastAPI:
    """Make every face and our own API."""
    store, sources, dialect = wiring.store, wiring.sources, wiring.dialect
    clock, signals = wiring.clock, wiring.signals
    desk = Desk(store, sources, _judging(wiring.guard), clock, signals, dialect.name)
    spoken = {dialect.name: dialect}
    counter = Counter(store, sources, spoken, clock, signals, _ui_event_names())
    history = History(store, dialect, _event_names(dialect))
    doorkeeper = doorkeeper_of(settings)
    return create_app(
        routers=[
            health_router(missing),
            ui_events_router(counter, doorkeeper),
            Sources(wiring.caretaker, history, doorkeeper).router(),
            _deliveries(settings, wiring).router(),
        ],
        open_dental=open_dental_face(
            desk=desk, lookup=Lookup(sources, clock), doorkeeper=doorkeeper, dialect=dialect
        ),
        nexhealth=_nexhealth(settings, wiring),
    )


def _nexhealth(settings: Settings, wiring: Wiring) -> FastAPI:
    door = door_of(settings, wiring.clock)
    store, clock, tenants = wiring.store, wiring.clock, wiring.tenants
    customs = customs_of(settings)
    readback = Readback(
        store, tenants.sources, lambda source: wiring.caretaker.look(source).read_at
    )
    shelf = Shelf(door, readback, Library(customs, find_draft), tenants, clock)
    endpoints = _endpoint_desk(wiring)
    written = frozenset(name for name, office in customs.offices.items() if office.is_written)
    writing = WritingDesk(store, tenants.sources, clock, wiring.signals, wiring.teller, written)
    wishes = WishDesk(store, endpoints, clock, NexHealth.name)
    tray = FormTray(writing)
    return nexhealth_face(
        one.router()
        for one in (
            Authenticates(door),
            Endpoints(endpoints, door, NexHealth.name),
            Subscriptions(wishes, tenants, door),
            Appointments(shelf),
            Patients(shelf),
            ChartRecords(shelf),
            Premises(shelf),
            Slots(shelf),
            AppointmentWrites(shelf, writing, customs),
            PatientWrites(shelf, writing),
            DocumentWrites(shelf, writing, customs),
            Forms(shelf, writing, tray, settings.server.address),
            FormPage(tray),
            SyncStatuses(shelf, _lights(settings, wiring), System()),
        )
    )


def _endpoint_desk(wiring: Wiring) -> EndpointDesk:
    judge = _judging(wiring.guard)
    return EndpointDesk(
        wiring.store, judge, wiring.clock, wiring.signals, require_fit_endpoint, wiring.reporter
    )


def _deliveries(settings: Settings, wiring: Wiring) -> Deliveries:
    store, clock = wiring.store, wiring.clock
    admission = door_of(settings, clock).admission
    replays = ReplayDesk(store, clock, wiring.signals, wiring.spawn)
    return Deliveries(
        BacklogDesk(store, replays),
        _endpoint_desk(wiring),
        owners_of(doorkeeper_of(settings), admission),
    )


def _lights(settings: Settings, wiring: Wiring) -> Callable[[str], Lights]:
    nexhealth = settings.nexhealth
    thresholds = Thresholds(nexhealth.read_red_after, nexhealth.write_red_after)

    def lights(source: str) -> Lights:
        read_at = wiring.caretaker.look(source).read_at
        pulse = wiring.pulses.get(source)
        write_at = pulse.alive_at if pulse else None
        return lights_of(read_at, write_at, now=wiring.clock.now(), after=thresholds)

    return lights


def _event_names(dialect: OpenDentalDialect) -> dict[str, str]:
    """Give feed → Event, as far as this version knows it."""
    offered = [one for one in CATALOGUE if one.since <= dialect.version]
    return {one.watch: one.event_name for one in offered if one.watch}


def _ui_event_names() -> dict[str, str]:
    return {one.name: one.event_name for one in CATALOGUE if one.family is Family.UI_EVENT_TYPE}


def _judging(guard: AddressGuard) -> Callable[[str], str | None]:
    def judge(url: str) -> str | None:
        return guard.judge_url(url).detail or None

    return judge
