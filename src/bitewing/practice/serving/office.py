"""The office: finds out what a call asks for, whether the caller may, and answers it."""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from bitewing.model.errors import SourceUnavailableError
from bitewing.practice.database import Database, connect
from bitewing.practice.schema import Table
from bitewing.practice.serving import booking, changing, documents, listing, patients, schedules
from bitewing.practice.serving.call import Answer, Call, RefusedError
from bitewing.practice.serving.listing import Listed
from bitewing.practice.simulating.desk import Desk, present_tables

SCHEME = "ODFHIR"
API_SERVICE = 6
"""OpenDentalAPIService among the origins of an appointment's history (EServiceTypes)."""
COMPUTER = "APISERVICE"
LONGEST_ECHO = 100

Deed = Callable[[Desk, Call], Answer]
NumberedDeed = Callable[[Desk, Call, int], Answer]


def _one(listed: Listed) -> NumberedDeed:
    return lambda desk, _, number: listing.one(desk, listed, number)


DEEDS: Mapping[tuple[str, str], Deed] = {
    ("GET", "appointments"): partial(listing.many, listed=listing.APPOINTMENTS),
    ("POST", "appointments"): booking.book,
    ("GET", "patients"): partial(listing.many, listed=listing.PATIENTS_FOUND),
    ("GET", "patients/Simple"): partial(listing.many, listed=listing.PATIENTS_SIMPLE),
    ("POST", "patients"): patients.add,
    ("GET", "documents"): documents.list_documents,
    ("POST", "documents/Upload"): documents.upload,
    ("GET", "operatories"): partial(listing.many, listed=listing.OPERATORIES),
    ("GET", "providers"): partial(listing.many, listed=listing.PROVIDERS),
    ("GET", "schedules"): schedules.list_schedules,
    ("GET", "definitions"): partial(listing.many, listed=listing.DEFINITIONS),
    ("GET", "appointmenttypes"): partial(listing.many, listed=listing.APPOINTMENT_TYPES),
}
NUMBERED: Mapping[tuple[str, str], NumberedDeed] = {
    ("GET", "appointments/#"): _one(listing.APPOINTMENTS),
    ("PUT", "appointments/#"): changing.update,
    ("PUT", "appointments/#/Note"): changing.append_note,
    ("PUT", "appointments/#/Confirm"): changing.confirm,
    ("PUT", "appointments/#/Break"): changing.break_appointment,
    ("GET", "patients/#"): _one(listing.PATIENTS),
    ("GET", "documents/#"): _one(listing.DOCUMENTS),
    ("GET", "operatories/#"): _one(listing.OPERATORIES),
    ("GET", "providers/#"): _one(listing.PROVIDERS),
}
RESOURCES = {path.split("/")[0] for _, path in (*DEEDS, *NUMBERED)}
_NUMBER = re.compile(r"(?<=/)\d{1,19}(?=/|$)", re.ASCII)


@dataclass(slots=True)
class Office:
    """Answers calls about one practice, one after another, each on a connection of its own.

    Attributes:
        url: the practice; see ``database.connect``.
        clock: gives the present moment, aware.
        zone: the office's.
        developer_key, customer_key: the pair that is let in.
        password: used in place of the URL's.
    """

    url: str
    clock: Callable[[], datetime]
    zone: ZoneInfo
    developer_key: str = field(repr=False)
    customer_key: str = field(repr=False)
    password: str | None = field(default=None, repr=False)
    _tables: Mapping[str, Table] = field(default_factory=dict, repr=False)

    def open(self) -> None:
        """Look whether the practice is there.

        Raises:
            InvalidRequestError: it is no Open Dental database.
            SourceUnavailableError: the server refused.
        """
        with connect(self.url, password=self.password) as database:
            self._tables = present_tables(database)

    def answer(self, call: Call) -> Answer:
        """Do what a call asks for; never raises for what the caller did wrong."""
        try:
            self._admit(call.authorization)
            deed = _deed(call)
            with connect(self.url, password=self.password) as database:
                return deed(self._desk(database), call)
        except RefusedError as refusal:
            return Answer(refusal.status, str(refusal))
        except SourceUnavailableError:
            return Answer(400, "Could not connect to the database.")

    def _desk(self, database: Database) -> Desk:
        if not self._tables:
            self._tables = present_tables(database)
        return Desk(
            database,
            self._tables,
            Random(0),
            self.clock,
            self.zone,
            program=API_SERVICE,
            computer=COMPUTER,
        )

    def _admit(self, authorization: str) -> None:
        """Let in who holds both keys (API Specification page, Authorization)."""
        scheme, _, keys = authorization.strip().partition(" ")
        if scheme.upper() != SCHEME:
            raise RefusedError(
                "The Authorization header must be: ODFHIR {DeveloperKey}/{CustomerKey}", 401
            )
        held = f"{self.developer_key}/{self.customer_key}"
        if not hmac.compare_digest(keys.strip().encode(), held.encode()):
            raise RefusedError("API key has not been assigned.", 401)


def _deed(call: Call) -> Deed:
    """Find what a path and a method stand for.

    Raises:
        RefusedError: 404, there is no such resource; 400, it does not have that method.
    """
    if deed := DEEDS.get((call.method, call.path)):
        return deed
    number = _NUMBER.search(call.path)
    if number is not None:
        pattern = _NUMBER.sub("#", call.path, count=1)
        if numbered := NUMBERED.get((call.method, pattern)):
            return lambda desk, asked: numbered(desk, asked, int(number[0]))
    resource, _, rest = call.path[:LONGEST_ECHO].partition("/")
    if resource not in RESOURCES:
        raise RefusedError(f"'{resource}' is not a valid resource.", 404)
    words = " ".join(part for part in (resource, call.method, rest) if part)
    raise RefusedError(f"{words} is not a valid method.")
