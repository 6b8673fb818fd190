"""Deliveries a second: bitewing end to end beside a C client, a socket loop and aiohttp.

``python -m bench.deliver [--quick] [--memory]``. Every contender posts to the same nginx in the
same run; trust the ratios. A shared machine is faster in one minute than in the next, so bitewing
runs by turns with the socket loop, and the ratio is that to the loop just before and just behind.
Exit status 3 is a run whose ledger does not add up.
"""

import argparse
import sys
import tempfile

from bench.deliver.gauge import VOID, Cost, measure
from bench.deliver.receiver import Receiver, receiving
from bench.deliver.wrk import by_wrk
from bench.rig import machine

CONNECTIONS = 64
TURNS = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.deliver", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--memory", action="store_true", help="also with 1,000,000 waiting")
    chosen = parser.parse_args()
    scale = 10 if chosen.quick else 1
    print(machine())
    with receiving() as receiver:
        for is_tls in (False, True):
            print("\nTLS" if is_tls else "\nplain", "- CPU µs each, by one core, by the clock")
            _compare(receiver, is_tls=is_tls, scale=scale)
        if chosen.memory:
            _backlog(receiver, 1_000_000 // scale)


def _compare(receiver: Receiver, *, is_tls: bool, scale: int) -> None:
    url, ca_file = receiver.url(is_tls=is_tls), receiver.ca_file
    _show("wrk (C, unsigned)", by_wrk(url, CONNECTIONS))
    bare: dict[str, Cost] = {}
    kinds = {"sockets": 50_000, "bare": 50_000, "aiohttp": 20_000, "sender": 50_000}
    if is_tls:
        del kinds["bare"]  # what it shows is what SQLite adds
    for kind, count in kinds.items():
        given = (kind, url, ca_file, str(count // scale), str(CONNECTIONS))
        bare[kind] = measure("bench.deliver.posting", *given)
        _show(kind, bare[kind])
    for whole_events, endpoints in ((50_000, 1), (10_000, 10)):
        wholes = _by_turns(receiver, whole_events // scale, endpoints, is_tls=is_tls)
        median = sorted(wholes, key=lambda one: one.micros)[TURNS // 2]
        print(f"    {median.per_core / bare['aiohttp'].per_core:.2f} x aiohttp, by the median")
        if endpoints == 1:
            _delays(url, ca_file, median)


def _by_turns(receiver: Receiver, events: int, endpoints: int, *, is_tls: bool) -> list[Cost]:
    """Measure bitewing some times, each between two runs of the socket loop."""
    url, ca_file = receiver.url(is_tls=is_tls), receiver.ca_file
    given = ("at_once", url, ca_file, str(events), str(endpoints))
    loop = ("sockets", url, ca_file, str(events * endpoints // 2), str(CONNECTIONS))
    wholes, shares = list[Cost](), list[float]()
    before = measure("bench.deliver.posting", *loop)
    for _ in range(TURNS):
        taken = receiver.taken()
        whole = measure("bench.deliver.through", *given)
        _show(f"bitewing, {events} x {endpoints}", whole)
        _ledger(whole, events * endpoints, receiver.taken() - taken)
        behind = measure("bench.deliver.posting", *loop)
        wholes.append(whole)
        shares.append((before.micros + behind.micros) / 2 / whole.micros)
        before = behind
    each = ", ".join(f"{share:.0%}" for share in shares)
    print(f"    of the socket loop, by turns: {each}; median {sorted(shares)[TURNS // 2]:.0%}")
    return wholes


def _delays(url: str, ca_file: str, whole: Cost) -> None:
    """Measure how long a delivery takes at half the load."""
    half = int(whole.rate / 2)
    cost = measure("bench.deliver.through", "steadily", url, ca_file, str(half), "4")
    print(
        f"    at {half}/s: p50 {cost.percentile(0.5):.1f} ms, p99 {cost.percentile(0.99):.1f} ms, "
        f"worst {cost.percentile(1):.1f} ms, from its making to the whole answer"
    )


def _backlog(receiver: Receiver, waiting: int) -> None:
    """Measure the memory while very many wait."""
    with tempfile.TemporaryDirectory(prefix="bitewing-backlog-") as directory:
        path = f"{directory}/store.db"
        measure("bench.deliver.through", "fill", receiver.url(), path, str(waiting))
        given = ("with_backlog", receiver.url(), receiver.ca_file, path, "10")
        cost = measure("bench.deliver.through", *given)
    print()
    _show(f"with {waiting} waiting", cost)
    print(f"    at most {cost.megabytes:.0f} MB; delivered {cost.count}, waiting {cost.waiting}")
    if cost.count + cost.waiting + cost.failed != waiting:
        print("    VOID")
        sys.exit(VOID)


def _show(name: str, cost: Cost) -> None:
    memory = f"{cost.megabytes:5.0f} MB" if cost.megabytes else ""
    print(
        f"  {name:24} {cost.micros:7.1f} µs  {cost.per_core:8.0f}/s/core  {cost.rate:8.0f}/s "
        f"{memory}",
        flush=True,
    )


def _ledger(cost: Cost, sent: int, taken: int) -> None:
    line = (
        f"    ledger: sent {sent} = delivered {cost.count} + waiting {cost.waiting} "
        f"+ failed {cost.failed}; the receiver took {taken}"
    )
    if sent != cost.count + cost.waiting + cost.failed or taken < cost.count:
        print(line, "  VOID")
        sys.exit(VOID)
    print(line)


if __name__ == "__main__":
    main()
