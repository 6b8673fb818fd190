"""Writing: what may be written into a practice, and what comes of asking for it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment to be made.

    Attributes:
        patient, provider, operatory, clinic, kind: the practice's own numbers; 0 leaves clinic
            and kind to the practice.
        starts_at: aware.
        minutes: how long it takes; 0 leaves it to its kind.
        is_hygiene: whether the provider is its hygienist.
        zone: whose clocks hang where it takes place; None for the practice's own.
    """

    patient: int
    provider: int
    operatory: int
    starts_at: datetime
    minutes: int = 0
    note: str = field(default="", repr=False)
    clinic: int = 0
    kind: int = 0
    is_hygiene: bool = False
    is_new_patient: bool = False
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class NewPatient:
    """Somebody whom the practice does not know yet.

    Attributes:
        gender: ``Male``, ``Female`` or ``Unknown``.
        provider, clinic: the practice's own numbers; 0 leaves them to the practice.
    """

    last_name: str = field(repr=False)
    first_name: str = field(repr=False)
    born_on: date | None = field(default=None, repr=False)
    middle_name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    cell_phone: str = field(default="", repr=False)
    home_phone: str = field(default="", repr=False)
    work_phone: str = field(default="", repr=False)
    gender: str = field(default="Unknown", repr=False)
    address: str = field(default="", repr=False)
    address_2: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    zip: str = field(default="", repr=False)
    provider: int = 0
    clinic: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """A file for a patient's folder.

    Attributes:
        patient: the practice's own number.
        made_at: aware; together with the title it tells this paper from others.
        extension: with its dot.
        category: the practice's number of the folder; 0 leaves it to the practice.
    """

    patient: int
    title: str = field(repr=False)
    made_at: datetime
    content: bytes = field(repr=False)
    extension: str = ".pdf"
    category: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """It stands in the practice now; ``native`` is its key there."""

    native: int


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be written as it is, now or later.

    Attributes:
        reason: the practice's sentence; it names a rule or a field, never a value.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing was written; trying again later may help.

    Attributes:
        retry_after: how long the practice asks to wait; None if it does not say.
    """

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been written or not: look for it before writing again."""

    reason: str


Result = Written | Refused | Unavailable | Unknown
"""What came of asking for a write."""

Found = Written | None | Unavailable
"""What came of looking for one: there it is, it is not there, or nobody could look."""
