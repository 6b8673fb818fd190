"""Clocks: whether the database's clock went on as ours did since it was last read."""

from dataclasses import dataclass

from bitewing.model.watch import Reach

STEP_SECONDS = 3.0
"""Less is whole seconds and the time that asking takes."""


@dataclass(slots=True)
class Clocks:
    """Remembers both clocks as they were.

    Attributes:
        last: what the database said when it was last asked; None after a failure.
    """

    last: Reach | None = None
    _then: float = 0.0

    def step(self, reach: Reach, *, monotonic: float) -> float | None:
        """Give by how many seconds the database's clock was set, if it was."""
        before, then = self.last, self._then
        self.last, self._then = reach, monotonic
        if before is None:
            return None
        step = (reach.now - before.now).total_seconds() - (monotonic - then)
        return step if abs(step) > STEP_SECONDS else None
