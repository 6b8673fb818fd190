"""``python -m bench.chaos.shifted …``: ``bitewing …`` on a machine whose clock can be set.

The file that the environment names holds by how many seconds the clock is wrong. A real clock can
be set only by an administrator, and for everybody.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bitewing.cli.main import main
from bitewing.clock import SystemClock

FILE = "BENCH_CLOCK"
_READ_EVERY_SECONDS = 0.05


class Shift:
    """Reads the file now and then."""

    def __init__(self, path: Path) -> None:
        self._path, self._read_at, self._seconds = path, float("-inf"), 0.0

    def now(self) -> datetime:
        """Give the wall time as this machine has it."""
        if time.monotonic() - self._read_at > _READ_EVERY_SECONDS:
            self._seconds = float(self._path.read_text() or self._seconds)
            self._read_at = time.monotonic()
        return datetime.now(UTC) + timedelta(seconds=self._seconds)


if __name__ == "__main__":
    shift = Shift(Path(os.environ[FILE]))
    SystemClock.now = staticmethod(shift.now)  # type: ignore[assignment, method-assign]
    main()
