"""Scale: does a delivery cost more when the store remembers more?

``python -m bench.scale [--most 1000000]``: the same store grows from a thousand settled
deliveries to so many (10,000,000 takes some minutes and 5 GB); after each step 20,000 go out.
"""

import argparse
import tempfile

from bench.deliver.gauge import measure
from bench.deliver.receiver import receiving
from bench.rig import machine

STEPS = (1_000, 100_000, 1_000_000, 10_000_000)
EVENTS = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000)
    most = parser.parse_args().most
    print(machine())
    costs: list[float] = []
    with (
        receiving() as receiver,
        tempfile.TemporaryDirectory(prefix="bitewing-scale-") as directory,
    ):
        path = f"{directory}/store.db"
        for rows in [step for step in STEPS if step <= most]:
            given = (receiver.url(), receiver.ca_file, path, str(rows), str(EVENTS))
            cost = measure("bench.deliver.through", "with_history", *given)
            costs.append(cost.micros)
            print(
                f"{rows:>12,} settled: {cost.micros:6.1f} µs CPU a delivery, {cost.rate:6.0f}/s; "
                f"{cost.micros / costs[0]:.2f} times the first",
                flush=True,
            )
    print(f"dearest to cheapest: {max(costs) / min(costs):.2f} (flat is at most 1.20)")


if __name__ == "__main__":
    main()
