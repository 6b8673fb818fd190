"""``bitewing demo``: the main job, embedded, from a made-up practice to a receiver."""

import asyncio
import json
import tempfile
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from bitewing.bootstrap import Program, build
from bitewing.cli.demo_show import SUBJECTS, Show
from bitewing.cli.hosting import host, listen_on, run_on_loop, stop_on_signals
from bitewing.cli.journal import keep_journal
from bitewing.cli.telling import fail
from bitewing.clock import SystemClock
from bitewing.engine.operations import enquiries
from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import BitewingError
from bitewing.practice.creating import HOME_ZONE, create
from bitewing.practice.simulating.simulator import simulate
from bitewing.receive import Receiver
from bitewing.settings import Settings

SOURCE = "demo-office"
PATIENTS = 150
WORKSTATION = "FRONTDESK1"
DEVELOPER_KEY, CUSTOMER_KEY = (
    "NFF6i0KrXrxDkZHt",
    "VzkmZEaUWOjnQX2z",
)  # Open Dental's public test pair
SELECTION_SECONDS = 5.0
POLL_SECONDS, SETTLING_SECONDS = 1.2, 10.0


@click.command()
@click.option("--seconds", type=click.FloatRange(min=1), help="End by itself; default: Ctrl-C.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0.1, max=100),
    default=2.0,
    show_default=True,
    help="What happens in the office, per second.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another day.")
@click.option("--verbose", is_flag=True, help="Show the journal too.")
def demo(seconds: float | None, rate: float, seed: int, *, verbose: bool) -> None:
    """Live a working day in a made-up practice and show each delivery."""
    keep_journal(quiet=not verbose)
    with tempfile.TemporaryDirectory(prefix="bitewing-demo-") as directory:
        day = _Day(Path(directory), seconds, rate, seed)
        try:
            raise SystemExit(run_on_loop(day.live()))
        except BitewingError as error:
            raise fail(error) from None


@dataclass(slots=True)
class _Day:
    """One run of the demo."""

    directory: Path
    seconds: float | None
    rate: float
    seed: int

    @property
    def practice_url(self) -> str:
        return f"sqlite:///{self.directory / 'practice.db'}"

    async def live(self) -> int:
        """Run it to its end; give the exit code."""
        clock = SystemClock()
        click.echo(f"Creating a practice with {PATIENTS} made-up patients …")
        today = clock.now().astimezone(HOME_ZONE).date()
        await asyncio.to_thread(
            create, self.practice_url, patients=PATIENTS, seed=self.seed, today=today
        )
        program = build(self._settings(), {})
        listening = listen_on("127.0.0.1", 0)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        show, stop, finished = Show(clock, HOME_ZONE), asyncio.Event(), asyncio.Event()
        receiver = Receiver(show.receive)
        port = await receiver.start()
        click.echo(f"bitewing listens on {address}; a receiver on http://127.0.0.1:{port}")
        async with asyncio.TaskGroup() as group:
            group.create_task(host(program, listening, started=lambda: None, stop=finished))
            with stop_on_signals(stop):
                await _until(lambda: not program.missing(), clock, stop)
                await asyncio.to_thread(_subscribe, address, port)
                click.echo("Subscribed to everything. A working day begins (Ctrl-C ends it).\n")
                await self._work(show, address, stop, clock)
                is_sound = await _close_books(program, show, clock)
            finished.set()
        await receiver.stop()
        listening.close()
        return 0 if is_sound else 1

    async def _work(
        self, show: Show, address: str, stop: asyncio.Event, clock: SystemClock
    ) -> None:
        """Let the office work, and a workstation report whom it selects, until told to stop."""
        loop, closing = asyncio.get_running_loop(), threading.Event()

        def office() -> None:
            for action in simulate(
                self.practice_url,
                rate=self.rate,
                seconds=None,
                seed=self.seed,
                clock=clock.now,
                wait=closing.wait,
            ):
                loop.call_soon_threadsafe(show.acted, action)
                if closing.is_set():
                    return

        async def desk() -> None:
            patient = 0
            while not stop.is_set():
                patient += 1
                show.selected(patient, WORKSTATION)
                await asyncio.to_thread(_report_selection, address, patient)
                await clock.wait(stop, SELECTION_SECONDS)

        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(office))
            group.create_task(desk())
            await clock.wait(stop, self.seconds if self.seconds is not None else 365 * 86400.0)
            stop.set()
            closing.set()

    def _settings(self) -> Settings:
        source = {
            "name": SOURCE,
            "url": self.practice_url,
            "time_zone": HOME_ZONE.key,
            "customer_keys": [CUSTOMER_KEY],
            "workstation": WORKSTATION,
        }
        return Settings.model_validate(
            {
                "store": {"url": f"sqlite:///{self.directory / 'bitewing.db'}"},
                "delivery": {"https_only": False, "allow_networks": ["127.0.0.0/8"]},
                "opendental": {"developer_keys": [DEVELOPER_KEY]},
                "institutions": [{"subdomain": "demo", "name": "Demo Dental", "sources": [source]}],
            }
        )


async def _until(holds: Callable[[], bool], clock: SystemClock, stop: asyncio.Event) -> None:
    while not holds() and not stop.is_set():
        await clock.wait(stop, 0.05)


def _post(url: str, body: dict[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server on loopback
        url,
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"ODFHIR {DEVELOPER_KEY}/{CUSTOMER_KEY}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - as above
        pass


def _subscribe(address: str, port: int) -> None:
    """Subscribe through the real HTTP face, as any client of Open Dental would."""
    for event_name in SUBJECTS:
        family, _, name = event_name.partition(": ")
        wish: dict[str, object] = {
            "EndPointUrl": f"http://127.0.0.1:{port}/{name.lower()}",
            family: name,
        }
        if family == "WatchTable":
            wish["PollingSeconds"] = 1
        _post(f"{address}/api/v1/subscriptions", wish)


def _report_selection(address: str, patient: int) -> None:
    _post(
        f"{address}/api/ui-events",
        {"UiEventType": "PatientSelected", "PatNum": patient, "Workstation": WORKSTATION},
    )


async def _close_books(program: Program, show: Show, clock: SystemClock) -> bool:
    """Let what is under way arrive, then compare the books."""
    watches = [watch.name for watch in program.sources[SOURCE].watches]
    await clock.wait(asyncio.Event(), POLL_SECONDS)  # what was done last may not be seen yet
    deadline = clock.monotonic() + SETTLING_SECONDS
    while True:
        ledger = await program.store.read(lambda tx: enquiries.ledger(tx, SOURCE, watches))
        tally = await program.store.read(lambda tx: tx.outbox.tally())
        unsettled = tally.get(DeliveryState.PENDING, 0) + tally.get(DeliveryState.CLAIMED, 0)
        if not (ledger.waiting or unsettled) or clock.monotonic() > deadline:
            return show.sum_up(ledger, acknowledged=tally.get(DeliveryState.DELIVERED, 0))
        await clock.wait(asyncio.Event(), 0.25)
