"""Flow: the whole engine over fakes and a real store, driven step by step."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.fakes.announcer import FakeAnnouncer
from tests.fakes.clock import FakeClock
from tests.fakes.dialect import FakeDialect, Image, read_body
from tests.fakes.sender import FakeSender, Message
from tests.fakes.source import FakeSource

from bitewing.dialects.operator.speaking import Operator
from bitewing.engine.capture.agenda import STAMPS_SECONDS
from bitewing.engine.capture.poller import Poller
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.dispatcher import Dispatcher
from bitewing.engine.delivery.reception import Reception
from bitewing.engine.operations.enquiries import Ledger, ledger
from bitewing.engine.operations.subscriptions import Desk
from bitewing.engine.operations.ui_events import Counter
from bitewing.engine.outbox.announcing import Announcing
from bitewing.engine.outbox.pacer import Pacer
from bitewing.engine.outbox.reporting import Reporter
from bitewing.engine.signals import Signals
from bitewing.engine.upkeep.rescuer import Rescuer
from bitewing.model.change import Change
from bitewing.model.delivery import DeliveryState
from bitewing.model.record import Record
from bitewing.model.subscription import Subscription, Wish
from bitewing.ports.store import Store, Transaction
from bitewing.signing.standard import StandardSigner

URL = "https://receiver.example/events"
OWNER = "owner-1"
EVERY = timedelta(seconds=10)
A_WISH = Wish(
    url=URL,
    event_name="WatchTable: Appointment",
    watch="Appointment",
    every=EVERY,
    workstation="",
    note="",
    starts_at=None,
    stops_at=None,
)
SELECTED = replace(
    A_WISH, event_name="UiEventType: PatientSelected", watch=None, every=None, url=f"{URL}/ui"
)


@dataclass
class Flow:
    """One practice, one store, one receiver, and the workers between them."""

    store: Store
    source: FakeSource = field(default_factory=FakeSource)
    clock: FakeClock = field(default_factory=FakeClock)
    sender: FakeSender = field(default_factory=FakeSender)
    dialect: FakeDialect = field(default_factory=FakeDialect)
    signals: Signals = field(default_factory=Signals)
    announces_renamed: bool = False
    announcer: FakeAnnouncer = field(default_factory=FakeAnnouncer)
    reporter: Reporter = field(default_factory=lambda: Reporter(Operator()))
    reception: Reception | None = None

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Make new workers, as a new process does; the old ones are gone."""
        store, clock, signals = self.store, self.clock, self.signals
        sources, dialects = {self.source.name: self.source}, {self.dialect.name: self.dialect}
        self.poller = Poller(
            self.source,
            store,
            clock=clock,
            signals=signals,
            announces_renamed=self.announces_renamed,
            announcing=Announcing(
                [self.announcer], self.source.name, self.source.institution, clock
            ),
        )
        self.pacer = Pacer(
            store,
            dialects=dialects,
            workstations={self.source.name: "BITEWING"},
            clock=clock,
            signals=signals,
        )
        spoken = dialects | {Operator.name: Operator()}
        courier = Courier(self.sender, spoken, StandardSigner())
        self.dispatcher = Dispatcher(
            store,
            courier,
            clock=clock,
            signals=signals,
            reporter=self.reporter,
            reception=self.reception,
        )
        self.rescuer = Rescuer(store, clock=clock, signals=signals)
        names = {"PatientSelected": SELECTED.event_name}
        self.desk = Desk(store, sources, lambda _: None, clock, signals, self.dialect.name)
        self.counter = Counter(store, sources, dialects, clock, signals, names)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, here and in the practice."""
        self.clock.advance(seconds)
        self.source.now += timedelta(seconds=seconds)

    async def read_first(self) -> None:
        """Poll until every Watch has been read once."""
        while not self.poller.health.is_ready:
            await self.poller.poll()

    async def live(self, seconds: float) -> None:
        """Let the poller work for so long, step by step, as its supervisor does."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            pause = await self.poller.step()
            self.pass_time(max(0.005, min(pause, end - self.clock.monotonic())))

    async def live_on(self, *, until: float = STAMPS_SECONDS) -> None:
        """Let nobody work for so long, and then for as long as all that is due takes."""
        self.pass_time(until)
        await self.live(3)

    async def sweep(self, *, accepts_all: bool = False) -> None:
        """Let a person ask for a sweep of everything, and let it come to its end."""
        self.poller.request_sweep(accepts_all=accepts_all)
        await self.live(0.5)

    async def subscribe(self, wish: Wish = A_WISH, *, owner: str = OWNER) -> int:
        """Create a Subscription; give its number."""
        return (await self.desk.create(owner, self.source.name, wish)).number

    async def subscription(self, number: int) -> Subscription:
        found = await self.store.read(lambda tx: tx.subscriptions.get(number))
        assert found is not None
        return found

    async def dispatch(self) -> int:
        """Let the dispatcher begin all that it may; give how many exchanges are under way."""
        while await self.dispatcher.step() == 0:
            pass
        return self.dispatcher.under_way

    async def answer(self) -> int:
        """Let the receivers answer, and have that settled; give how many there were."""
        answered = self.sender.answer_all()
        await self.dispatcher.step()
        return answered

    def crash(self) -> None:
        """Forget what is under way, as a crash does."""
        self.sender.posted.clear()

    async def send(self) -> int:
        """Compose and send until nothing is due at this moment; give how many Messages."""
        sent = 0
        while True:
            await self.pacer.step()
            await self.dispatch()
            answered = await self.answer()
            if not answered:
                return sent
            sent += answered

    async def run(self, seconds: int = 11) -> None:
        """Poll, then let enough time pass for every Subscription's next window, and send."""
        await self.poller.poll()
        self.pass_time(seconds)
        await self.poller.poll()
        await self.send()

    @property
    def received(self) -> list[list[Image]]:
        """Give what the receivers were sent, Message by Message."""
        return [read_body(message.body) for message in self.sender.messages]

    @property
    def received_keys(self) -> list[list[int]]:
        """Give the keys that the receivers were sent, Message by Message."""
        return [[image.key for image in message] for message in self.received]

    @property
    def last_message(self) -> Message:
        return self.sender.messages[-1]

    async def changes(self) -> list[Change]:
        """Give all Changes noticed so far."""
        return await self.store.read(
            lambda tx: tx.changes.between(self.source.name, 1, 1_000_000, 1_000_000)
        )

    async def told(self) -> list[tuple[str, str, int]]:
        """Give kind, Watch and key of every Change so far, in their order."""
        return [
            (change.kind.value, change.key.watch, change.key.number)
            for change in await self.changes()
        ]

    async def known(self, watch: str = "Appointment") -> dict[int, Record]:
        """Give the baseline of a Watch."""

        def work(tx: Transaction) -> dict[int, Record]:
            name = self.source.name
            keys = list(tx.records.outlines(name, watch, after=None, up_to=None))
            return tx.records.images(name, watch, keys)

        return await self.store.read(work)

    async def changed_keys(self) -> list[int]:
        """Give the Record's key of every Change so far, in their order."""
        return [change.key.number for change in await self.changes()]

    async def read_up_to(self, watch: str = "Appointment") -> datetime | None:
        """Give the Cursor's moment."""
        cursor = await self.store.read(lambda tx: tx.cursors.get(self.source.name, watch))
        return None if cursor is None else cursor.read_up_to

    async def ledger(self) -> Ledger:
        watches = [watch.name for watch in self.source.watches]
        return await self.store.read(lambda tx: ledger(tx, self.source.name, watches))

    async def tally(self) -> dict[DeliveryState, int]:
        """Count the Deliveries by state, without the states of none."""
        tally = await self.store.read(lambda tx: tx.outbox.tally())
        return {state: count for state, count in tally.items() if count}
