"""A process that captures a practice and is killed while it writes to the store, as with kill -9.

``python -m tests.adversarial.dying URL STORE poll|sweep|deliver N`` dies inside its Nth write,
after the work was done and before it was committed. It ends with 0 if there were fewer.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.engine.flow import EVERY, OWNER
from tests.fakes.clock import FakeClock
from tests.fakes.sender import FakeSender, Message, OnEnd
from tests.sources.opendental.office import source_at

from bitewing.dialects.opendental.speaking import OpenDental as Dialect
from bitewing.engine.capture.poller import Poller
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.dispatcher import Dispatcher
from bitewing.engine.outbox.pacer import Pacer
from bitewing.engine.signals import Signals
from bitewing.ports.store import Transaction
from bitewing.signing.standard import StandardSigner
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")


class MortalStore(SqliteStore):
    """A store whose process dies inside the write of this number."""

    def __init__(self, path: str, dies_in: int) -> None:
        super().__init__(path)
        self._lives = dies_in

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Do the work, and die before it is committed if it is time."""
        self._lives -= 1
        if self._lives:
            return await super().write(work)

        def fatal(tx: Transaction) -> T:
            work(tx)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("dead")

        return await super().write(fatal)


class WritingSender(FakeSender):
    """A receiver that keeps what it was sent in a file, whoever dies meanwhile."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def post_one(self, message: Message, on_end: OnEnd) -> None:
        """Take it: one body a line."""
        with self._file.open("ab") as file:
            file.write(message.body + b"\n")
        super().post_one(message, on_end)


async def poll(poller: Poller) -> None:
    """Read everything for the first time, then poll once."""
    while not poller.health.is_ready:
        await poller.poll()
    await poller.poll()


async def sweep(poller: Poller, clock: FakeClock) -> None:
    """Poll, and compare everything, to the end."""
    await poll(poller)
    clock.advance(5)
    poller.request_sweep()
    now = clock.monotonic()
    while poller._sweep or poller.agenda.seconds_until_next(now=now) <= 0:
        await poller.sweep()


async def deliver(poller: Poller, store: SqliteStore, clock: FakeClock) -> None:
    """Poll, then compose and send until nothing is due."""
    await poll(poller)
    signals = Signals()
    zone, name = poller._source.zone, poller._source.name
    dialects = {"opendental": Dialect(zones={name: zone}, customer_keys={OWNER: "a-key"})}
    pacer = Pacer(store, dialects=dialects, workstations={}, clock=clock, signals=signals)
    sender = WritingSender(Path(f"{store._path}.received"))
    courier = Courier(sender, dialects, StandardSigner())
    dispatcher = Dispatcher(store, courier, clock=clock, signals=signals)
    for _ in range(20):
        clock.advance(EVERY.total_seconds())
        await pacer.step()
        while await dispatcher.step() == 0:
            pass
        sender.answer_all()
        await dispatcher.step()


async def main(url: str, path: str, stage: str, dies_in: str) -> None:
    """Do one stage, for as long as it lives."""
    source, clock = source_at(url), FakeClock()
    store = MortalStore(path, int(dies_in))
    await store.open()
    poller = Poller(source, store, clock=clock, signals=Signals())
    if stage == "poll":
        await poll(poller)
    elif stage == "sweep":
        await sweep(poller, clock)
    else:
        await deliver(poller, store, clock)
    await source.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
