"""Picture: what the baseline of one Source shows to a Dialect that composes whole resources."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bitewing.model.record import Record


class Picture(Protocol):
    """The Records of one Source as they are known inside one piece of work.

    Attributes:
        source, institution: whose Records.
        worked_out: what a Dialect has worked out about things (which, its number); gone when
            a Record is another.
    """

    source: str
    institution: str
    worked_out: dict[tuple[str, int], Any]

    def record(self, watch: str, number: int) -> Record | None:
        """Give one Record; None if it is not known."""
        ...

    def linked(self, watch: str, column: str, number: int) -> Sequence[Record]:
        """Give the Records whose ``column`` holds this number, by their keys.

        The column is one of the Watch's handles (``Watch.handles``).
        """
        ...

    def every(self, watch: str) -> Sequence[Record]:
        """Give all Records of a Watch that is known to have few (``Preference``), by their keys."""
        ...

    def identity(self, kind: str, native: str) -> int:
        """Give our id for a thing of this Source, making one when it is asked for first.

        ``kind`` is the Dialect's resource (``Appointment``, ``Location``, …). An ``Institution``
        (native: its subdomain) and a ``DataSource`` (native: the Source's name) belong to no
        Source.
        """
        ...

    def asked_for(self, kind: str, native: str) -> Mapping[str, Any]:
        """Give what was said of a thing when it was asked for here; empty if it was not.

        It is ``PendingWrite.shown``, and never changes.
        """
        ...
