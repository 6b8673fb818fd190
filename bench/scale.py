"""Scale: does a delivery cost more when the store remembers more?

``python -m bench.scale [--most 1000000]``: a store grows from a thousand settled deliveries to so
many (10,000,000 takes some minutes and 5 GB); at each step 20,000 go out, by turns with as many
from a store that remembers a thousand at first: the machine may change meanwhile.
"""

import argparse
import tempfile

from bench.deliver.gauge import Cost, measure
from bench.deliver.receiver import receiving
from bench.rig import machine

STEPS = (1_000, 100_000, 1_000_000, 10_000_000)
EVENTS = 20_000
TURNS = 7
"""Each is measured so often by turns, and the best counts: the rest is the machine's."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000)
    most = parser.parse_args().most
    print(machine())
    dearest = 0.0
    with (
        receiving() as receiver,
        tempfile.TemporaryDirectory(prefix="bitewing-scale-") as directory,
    ):

        def deliver(store: str, rows: int) -> Cost:
            path = f"{directory}/{store}.db"
            given = (receiver.url(), receiver.ca_file, path, str(rows), str(EVENTS))
            return measure("bench.deliver.through", "with_history", *given)

        for rows in [step for step in STEPS if step <= most]:
            grown, small = zip(
                *[(deliver("grown", rows), deliver("small", STEPS[0])) for _ in range(TURNS)],
                strict=True,
            )
            cost, beside = (min(one.micros for one in costs) for costs in (grown, small))
            dearest = max(dearest, cost / beside)
            print(
                f"{rows:>12,} settled: {cost:6.1f} µs CPU a delivery, beside {beside:6.1f} with "
                f"few; {cost / beside:.2f} times",
                flush=True,
            )
    print(f"dearest: {dearest:.2f} times (flat is at most 1.20)")


if __name__ == "__main__":
    main()
