"""``python -m bench.chaos``: fifty deaths, a full disk, a jumping clock, and the books closed."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from bench.chaos.running import LIVES_SECONDS, Chaos
from bench.rig import machine

STATES = ("delivered", "pending", "held", "exhausted")
_START_SECONDS = 3.0


def main() -> int:
    """Run it and print the ledger; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seconds", type=float, help="as many kills as fit in about so long")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kills = arguments.kills
    if arguments.seconds is not None:
        kills = max(1, round(arguments.seconds / (sum(LIVES_SECONDS) / 2 + _START_SECONDS)))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bitewing-chaos-") as directory:
        chaos = Chaos(Path(directory), kills, arguments.seed)
        asyncio.run(chaos.run())
    print(f"# chaos, {machine()}, {time.monotonic() - began:.0f} s")
    return 0 if say(chaos) else 1


def say(chaos: Chaos) -> bool:
    """Print the ledger; tell whether it is clean."""
    verdict, receivers = chaos.verdict, chaos.receivers
    print("# " + ", ".join(f"{what} {count}" for what, count in sorted(chaos.deeds.items())))
    print(f"{'receiver':12}" + "".join(f"{state:>11}" for state in STATES))
    for path, counted in verdict.states.items():
        print(f"{path:12}" + "".join(f"{counted[state]:11}" for state in STATES))
    total = sum(sum(counted.values()) for counted in verdict.states.values())
    said = " + ".join(f"{state} {verdict.total(state)}" for state in STATES)
    print(f"deliveries {total} = {said}; {receivers.repeats} repeats, each under its own id")
    print(f"{len(chaos.office.notes)} appointments booked; Open Dental's windows: {chaos.books}")
    for what, count in verdict.faults.items():
        print(f"! {what}: {count}, for example {verdict.examples.get(what, '')}")
    print(f"lost or wrong: {verdict.faults.total()}")
    return verdict.is_clean


if __name__ == "__main__":
    raise SystemExit(main())
