"""TidingWriter: the format in which the operator is told. Pure: values in, bytes out."""

from typing import Protocol

from bitewing.model.tiding import Tiding


class TidingWriter(Protocol):
    """Writes what the operator receives.

    Attributes:
        name: the name of the Dialect in which it is sent.
    """

    name: str

    def write(self, tiding: Tiding) -> bytes:
        """Render the exact bytes of one Message."""
        ...
