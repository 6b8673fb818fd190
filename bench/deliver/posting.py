"""POSTs: a bare socket loop, the same with SQLite, aiohttp, and our sender, to the same receiver.

``python -m bench.deliver.posting KIND URL CA_FILE COUNT CONNECTIONS`` prints the Cost.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_network

import aiohttp
import uvloop

from bench.deliver import contents
from bench.deliver.bare import by_bare
from bench.deliver.gauge import Cost, Gauge, tell
from bench.deliver.receiver import trusting
from bench.deliver.sockets import by_sockets
from bitewing.clock import SystemClock
from bitewing.model.delivery import Destination, Outcome
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender

_TIMEOUT = timedelta(seconds=15)


async def by_aiohttp(url: str, ca_file: str, count: int, connections: int) -> Cost:
    """The usual choice, doing nothing but POSTs of ready bytes, unsigned."""
    lines = dict(contents.headers("msg_1", contents.body(1)))
    context = trusting(ca_file) if url.startswith("https") else False
    connector = aiohttp.TCPConnector(limit=connections, ssl=context)
    todo = iter(range(count))

    async def post_some(session: aiohttp.ClientSession) -> None:
        for number in todo:
            async with session.post(url, data=contents.body(number), headers=lines) as answer:
                await answer.read()
                if answer.status != 204:
                    raise SystemExit(f"the receiver answered {answer.status}")

    async with aiohttp.ClientSession(connector=connector) as session:
        gauge = Gauge()
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(post_some(session))
        return gauge.read(count)


async def by_sender(url: str, ca_file: str, count: int, connections: int) -> Cost:
    """Our sender with its guard, signed, without a store; answers let the next ones go."""
    guard = AddressGuard([ip_network("127.0.0.0/8")], https_only=False)
    sender = HttpSender(clock=SystemClock(), guard=guard, ca_file=ca_file)
    destination = Destination(url, _TIMEOUT)
    finished, sent = asyncio.Event(), 0
    delays: list[float] = []

    def post(number: int) -> None:
        nonlocal sent
        posted = []
        for _ in range(min(number, count - sent)):
            content = contents.body(sent)
            posted.append((None, contents.headers(f"msg_{sent}", content), content))
            sent += 1
        sender.post(destination, posted, take)

    def take(ended: Sequence[tuple[None, Outcome]]) -> None:
        for _, outcome in ended:
            if outcome.status != 204:
                raise SystemExit(f"{outcome.kind}: {outcome.detail}")
            delays.append(outcome.timings.total)
        post(len(ended))
        if len(delays) == count:
            finished.set()

    gauge = Gauge()
    post(connections)
    await finished.wait()
    cost = gauge.read(count, delays)
    await sender.close()
    return cost


def main() -> None:
    kind, url, ca_file, count, connections = sys.argv[1:]
    given = (url, ca_file, int(count), int(connections))
    if kind == "sockets":
        tell(by_sockets(*given))
    elif kind == "bare":
        tell(by_bare(*given))
    elif kind == "aiohttp":
        tell(uvloop.run(by_aiohttp(*given)))
    else:
        tell(uvloop.run(by_sender(*given)))


if __name__ == "__main__":
    main()
