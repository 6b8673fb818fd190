"""The gauge: what a piece of work cost, measured in a process of its own on a core of its own."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

LIMIT_SECONDS = 900
_MOST_DELAYS = 2000
VOID = 3
"""The exit status of a run whose ledger does not add up."""


@dataclass
class Cost:
    """What was done and what it took.

    Attributes:
        count: exchanges.
        wall, cpu: seconds; cpu is user and system time of the whole process.
        delays: milliseconds, sorted, thinned; empty if they were not asked for.
        megabytes: the most memory that the process has had.
        opening: delays of the beginning, where that is told apart.
    """

    count: int
    wall: float
    cpu: float
    delays: list[float] = field(default_factory=list)
    megabytes: float = 0.0
    waiting: int = 0
    failed: int = 0
    opening: list[float] = field(default_factory=list)

    @property
    def micros(self) -> float:
        """CPU microseconds for one."""
        return self.cpu / max(1, self.count) * 1e6

    @property
    def per_core(self) -> float:
        """How many one core can do in a second."""
        return self.count / self.cpu if self.cpu else 0.0

    @property
    def rate(self) -> float:
        """How many a second by the clock on the wall."""
        return self.count / self.wall if self.wall else 0.0

    def percentile(self, share: float) -> float:
        """Give the delay that this share does not exceed, in milliseconds."""
        return percentile(self.delays, share)


def percentile(delays: Sequence[float], share: float) -> float:
    """Give the one of these sorted delays that this share does not exceed; 0 without any."""
    return delays[min(len(delays) - 1, int(len(delays) * share))] if delays else 0.0


class Gauge:
    """Measures from its making to ``read``."""

    def __init__(self) -> None:
        self._cpu = _cpu()
        self._started = time.perf_counter()

    def read(self, count: int, delays: Iterable[float] = ()) -> Cost:
        """Say what it cost until now."""
        wall = time.perf_counter() - self._started
        return Cost(count, wall, _cpu() - self._cpu, thinned(delays), peak_megabytes())


def thinned(delays: Iterable[float]) -> list[float]:
    """Sort, and keep so many that percentiles are still exact enough; always the worst."""
    ordered = sorted(delays)
    step = max(1, len(ordered) // _MOST_DELAYS)
    return ordered[::-step][::-1]


def peak_megabytes() -> float:
    """Give the most memory that this process has had."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if "VmHWM" in line)
    return int(kilobytes) / 1024


def pinned(core: int) -> list[str]:
    """Give what to write before a command to keep it on one core, if there is another."""
    return ["taskset", "-c", str(core)] if (os.cpu_count() or 1) > 1 else []


def measure(module: str, *options: str) -> Cost:
    """Run a module that prints its Cost, on the first core."""
    with tempfile.TemporaryFile("w+") as journal:
        done = subprocess.run(
            [*pinned(0), sys.executable, "-m", module, *options],
            stdout=subprocess.PIPE,
            stderr=journal,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        if done.returncode:
            journal.seek(0)
            print(*journal.readlines()[-20:], sep="", end="")
            print(f"{module} {' '.join(options)} ended with {done.returncode}   VOID")
            raise SystemExit(VOID)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def run(command: Sequence[str]) -> tuple[str, float, float]:
    """Run another program on the first core; give what it said, wall and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [*pinned(0), *command], stdout=subprocess.PIPE, text=True, timeout=120, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, time.perf_counter() - started, cpu


def tell(cost: Cost) -> None:
    """Hand a Cost to the process that asked for it."""
    print(json.dumps(asdict(cost)))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
