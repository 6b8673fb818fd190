"""What the conformance suite of Sources needs of a practice: a few ways to change its rows."""

from datetime import datetime
from typing import Protocol

from bitewing.ports.source import Source

KEY_COLUMNS = {"Appointment": "AptNum", "Patient": "PatNum"}
"""Watch → the primary key of its table."""

NOTE_COLUMNS = {"Appointment": "Note", "Patient": "AddrNote"}
"""Watch → a text column that the suite writes to."""


class Office(Protocol):
    """A practice with its Source. Both tables, ``appointment`` and ``patient``, begin empty.

    Statements are committed at once. As in Open Dental's tables, the database stamps a row
    (whole seconds) when it is inserted and whenever one of its values really changes.
    """

    @property
    def source(self) -> Source:
        """What reads this practice."""
        ...

    def insert(self, watch: str, number: int, *, note: str | None = "") -> None:
        """Add a row with this primary key."""
        ...

    def update(self, watch: str, number: int, *, note: str | None) -> None:
        """Write the note; if it is the same, this changes nothing."""
        ...

    def delete(self, watch: str, number: int) -> None:
        """Remove the row."""
        ...

    def stamp(self, watch: str, number: int, at: datetime) -> None:
        """Set the row's stamp itself to this moment (UTC), as an import or a restore does."""
        ...
