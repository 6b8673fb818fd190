"""Writer: writing into one practice, by a way that the practice's software sanctions."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bitewing.model.writing import Booking, Found, NewPatient, Paper, Result, Unavailable


class Writer(Protocol):
    """Writes into one practice. What goes wrong is a value, never an exception.

    Each ``find`` looks for what the write of the same name would have left behind; who got
    Unknown asks it before writing again. Found or written twice is the same thing once.
    """

    @property
    def source(self) -> str:
        """The name of the Source that reads the same practice."""
        ...

    async def close(self) -> None:
        """Give connections back; further calls open them again."""
        ...

    async def check_in(self) -> Unavailable | None:
        """Ask whether writing would be possible now; None if it would. Writes nothing."""
        ...

    async def book(self, booking: Booking) -> Result:
        """Make an appointment. A place that is taken is Refused."""
        ...

    async def find_booking(self, booking: Booking) -> Found:
        """Look for this patient's scheduled appointment at this place and time."""
        ...

    async def cancel(self, appointment: int) -> Result:
        """Cancel an appointment; one that is cancelled already is Written as well."""
        ...

    async def confirm(self, appointment: int) -> Result:
        """Confirm an appointment."""
        ...

    async def arrive(self, appointment: int, at: datetime, zone: ZoneInfo | None = None) -> Result:
        """Note when the patient came in.

        Args:
            appointment: the practice's own number.
            at: aware.
            zone: whose clocks hang where it takes place; None for the practice's own.
        """
        ...

    async def add_patient(self, patient: NewPatient) -> Result:
        """Add somebody. Who is there already is Refused; ``find_patient`` finds them."""
        ...

    async def find_patient(self, patient: NewPatient) -> Found:
        """Look for somebody of these names and this birthdate."""
        ...

    async def file_paper(self, paper: Paper) -> Result:
        """Put a file into a patient's folder."""
        ...

    async def find_paper(self, paper: Paper) -> Found:
        """Look for a file of this title, made at this moment, in the patient's folder."""
        ...
