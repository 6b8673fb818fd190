"""Parts: what the settings do not choose when the program is built."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bitewing.clock import SystemClock
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store
from bitewing.ports.writer import Writer


@dataclass(frozen=True, slots=True)
class Parts:
    """What the settings do not choose; each may be replaced by something of the same port.

    Attributes:
        clock: what time it is.
        around_store, around_writers: given the adapters that the settings name, give what is used.
    """

    clock: Clock = field(default_factory=SystemClock)
    around_store: Callable[[Store], Store] = lambda store: store
    around_writers: Callable[[dict[str, Writer]], dict[str, Writer]] = lambda writers: writers
