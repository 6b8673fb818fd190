"""Fairness: do endpoints that hang or fail make the healthy ones wait?

``python -m bench.fair [--seconds 20]``: 1,000 endpoints get one delivery a second each; 200 of
them never answer, 200 answer 500. Beside them, in the same run, the 600 healthy ones alone.
The first two seconds, in which a thousand connections are opened, are shown apart.
"""

import argparse
import sys

from bench.deliver.gauge import VOID, Cost, measure, percentile
from bench.deliver.hanging import hanging
from bench.deliver.receiver import receiving
from bench.rig import machine

HEALTHY, HANGING, FAILING = 600, 200, 200
MOST_TIMES = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.fair", description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    seconds = str(parser.parse_args().seconds)
    print(machine())
    with receiving() as receiver, hanging() as silent:
        where = (receiver.url(), silent, receiver.ca_file, seconds)
        alone = _run(*where, HEALTHY, 0, 0)
        _show("alone", alone)
        together = _run(*where, HEALTHY, HANGING, FAILING)
        _show("beside 200 that hang and 200 that fail", together)
    times = together.percentile(0.99) / max(0.001, alone.percentile(0.99))
    first = percentile(together.opening, 0.99) / max(0.001, percentile(alone.opening, 0.99))
    print(f"p99 of the healthy: {times:.2f} times (at most {MOST_TIMES:g}); at first {first:.2f}")


def _run(url: str, silent: str, ca_file: str, seconds: str, *numbers: int) -> Cost:
    given = (url, silent, ca_file, seconds, *map(str, numbers))
    return measure("bench.deliver.through", "fairly", *given)


def _show(name: str, cost: Cost) -> None:
    print(
        f"{name:40} p50 {cost.percentile(0.5):7.1f}  p99 {cost.percentile(0.99):7.1f}  "
        f"worst {cost.percentile(1):7.1f} ms (the first two seconds: p99 "
        f"{percentile(cost.opening, 0.99):.1f}); {cost.micros:.0f} µs CPU each, "
        f"{cost.megabytes:.0f} MB; delivered {cost.count}, waiting {cost.waiting}, "
        f"failed {cost.failed}",
        flush=True,
    )
    if not cost.delays:
        print("VOID: nothing arrived")
        sys.exit(VOID)


if __name__ == "__main__":
    main()
