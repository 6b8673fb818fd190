"""Listing: the GET methods, with their documented filters, pages of 1000 and ``serverDateTime``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bitewing.practice import moments
from bitewing.practice.database import Value
from bitewing.practice.serving import resources
from bitewing.practice.serving.call import Answer, Call, RefusedError
from bitewing.practice.serving.shaping import Shown, columns_of, look_up, shape
from bitewing.practice.simulating.desk import Desk, Found

MOST_TOGETHER = 1000
"""Local and Service mode (API Implementation page, Pagination)."""
ALWAYS_ASKED = ("Limit", "Offset")

Part = tuple[str, tuple[Value, ...]]
"""A condition in SQL and its values."""
Filter = Callable[[Desk, str, str], Part]
"""From the desk, the parameter's name and its value."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list.

    Attributes:
        order: native columns, the key last.
        always: what every row must satisfy besides.
        has_clock: whether each element begins with ``serverDateTime``.
        today_unless: where none of these parameters is given, the first of them is today.
    """

    noun: str
    table: str
    key: str
    fields: Sequence[Shown]
    order: Sequence[str]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    always: str = "1 = 1"
    has_clock: bool = False
    today_unless: Sequence[str] = ()


def whole(column: str = "") -> Filter:
    """Filter by a number."""

    def condition(_: Desk, name: str, value: str) -> Part:
        if not value.lstrip("-").isdecimal():
            raise RefusedError(f"{name} is invalid.")
        return f"`{column or name}` = ?", (int(value),)

    return condition


def word(words: Sequence[str]) -> Filter:
    """Filter by an enumeration's word."""

    def condition(_: Desk, name: str, value: str) -> Part:
        if value not in words:
            raise RefusedError(f"{name} is invalid.")
        return f"`{name}` = ?", (words.index(value),)

    return condition


def part_of(_: Desk, name: str, value: str) -> Part:
    """Filter by a part of a text, whatever the letter case."""
    escaped = value.replace("!", "!!").replace("_", "!_").replace("%", "!%")
    # The demo's statements hold no percent sign of their own, see ``database``.
    return f"LOWER(`{name}`) LIKE ? ESCAPE '!'", (f"%{escaped.lower()}%",)


def days(column: str, first: int | None, last: int | None) -> Filter:
    """Filter by days: from so many days after the given one, until before so many after it."""

    def condition(_: Desk, name: str, value: str) -> Part:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise RefusedError(f"{name} format must be yyyy-MM-dd") from None
        edges = ((">=", first), ("<", last))
        parts = [
            (f"`{column}` {side} ?", moments.midnight(day + timedelta(days=edge)))
            for side, edge in edges
            if edge is not None
        ]
        return " AND ".join(part for part, _ in parts), tuple(at for _, at in parts)

    return condition


def only_day(column: str) -> Filter:
    """Filter a DATE column by one day, or its neighbours by ``dateStart`` and ``dateEnd``."""

    def condition(_: Desk, name: str, value: str) -> Part:
        try:
            day = date.fromisoformat(value).isoformat()
        except ValueError:
            raise RefusedError(f"{name} format must be yyyy-MM-dd") from None
        side = {"dateStart": ">=", "dateEnd": "<="}.get(name, "=")
        return f"`{column}` {side} ?", (day,)

    return condition


def stamped_since(desk: Desk, name: str, value: str) -> Part:
    """Filter by a stamp; the moment is the office's, stamps are kept in UTC."""
    try:
        since = datetime.fromisoformat(value)
    except ValueError:
        raise RefusedError(f"{name} format must be yyyy-MM-dd HH:mm:ss") from None
    kept = moments.moment(since.replace(tzinfo=desk.zone).astimezone(UTC))
    return f"`{name}` >= ?", (kept,)


def many(desk: Desk, call: Call, listed: Listed) -> Answer:
    """Give the rows that the parameters ask for; parameters nobody knows are refused."""
    clock = moments.moment(desk.wall)
    asked = {name: value for name, value in call.asked.items() if value}
    if listed.today_unless and not set(listed.today_unless) & set(asked):
        asked[listed.today_unless[0]] = desk.wall.date().isoformat()
    where, values = [listed.always], list[Value]()
    for name, value in asked.items():
        if name in ALWAYS_ASKED:
            continue
        if name not in listed.filters:
            raise RefusedError(f"'{name[:100]}' is not a valid parameter.")
        condition, bound = listed.filters[name](desk, name, value)
        where.append(f"({condition})")
        values.extend(bound)
    order = ", ".join(f"`{column}`" for column in listed.order)
    page = f"LIMIT {_paging(asked, 'Limit', MOST_TOGETHER)} OFFSET {_paging(asked, 'Offset', 0)}"
    rows = desk.find(
        listed.table,
        columns_of(desk, listed.table, listed.fields),
        f"{' AND '.join(where)} ORDER BY {order} {page}",
        values,
    )
    return Answer(
        200, [_element(element, listed, clock) for element in _shaped(desk, listed, rows)]
    )


def one(desk: Desk, listed: Listed, number: int, *, status: int = 200) -> Answer:
    """Give one row by its key."""
    clock = moments.moment(desk.wall)
    element = element_of(desk, listed, number)
    return Answer(status, _element(element, listed, clock))


def element_of(desk: Desk, listed: Listed, number: int) -> dict[str, Any]:
    """Give one row as a POST or PUT shows it, without ``serverDateTime``.

    Raises:
        RefusedError: 404, it is not there.
    """
    rows = desk.find(
        listed.table,
        columns_of(desk, listed.table, listed.fields),
        f"`{listed.key}` = ?",
        (number,),
    )
    if not rows:
        raise RefusedError(f"{listed.noun} not found", 404)
    return _shaped(desk, listed, rows)[0]


def _shaped(desk: Desk, listed: Listed, rows: Sequence[Found]) -> list[dict[str, Any]]:
    if not rows:
        return []
    lexicon = look_up(desk)
    return [shape(listed.fields, row, lexicon) for row in rows]


def _element(element: dict[str, Any], listed: Listed, clock: str) -> dict[str, Any]:
    return {"serverDateTime": clock, **element} if listed.has_clock else element


def _paging(asked: Mapping[str, str], name: str, default: int) -> int:
    value = asked.get(name, str(default))
    if not value.isdecimal():
        raise RefusedError(f"{name} is invalid.")
    return min(int(value), MOST_TOGETHER) if name == "Limit" else int(value)


_APPOINTMENT_DAYS: Mapping[str, Filter] = {
    "date": days("AptDateTime", 0, 1),
    "dateStart": days("AptDateTime", 0, None),
    "dateEnd": days("AptDateTime", None, 1),
}
APPOINTMENTS = Listed(
    "Appointment",
    "appointment",
    "AptNum",
    resources.APPOINTMENT,
    ("AptDateTime", "AptNum"),
    {
        "PatNum": whole(),
        "AptStatus": word(resources.APPT_STATUS),
        "Op": whole(),
        **_APPOINTMENT_DAYS,
        "ClinicNum": whole(),
        "DateTStamp": stamped_since,
        "AppointmentTypeNum": whole(),
    },
    has_clock=True,
)
PATIENTS = Listed(
    "Patient", "patient", "PatNum", resources.PATIENT, ("PatNum",), always="`PatStatus` <> 4"
)
PATIENTS_SIMPLE = Listed(
    "Patient",
    "patient",
    "PatNum",
    resources.PATIENT,
    ("PatNum",),
    {
        "DateTStamp": stamped_since,
        "LName": part_of,
        "FName": part_of,
        "Birthdate": only_day("Birthdate"),
        "ClinicNum": whole(),
        "PatStatus": word(resources.PATIENT_STATUS),
        "PriProv": whole(),
        "Gender": word(resources.GENDER),
        "Position": word(resources.POSITION),
        "Guarantor": whole(),
        "SuperFamily": whole(),
    },
    always="`PatStatus` <> 4",
    has_clock=True,
)
PATIENTS_FOUND = Listed(
    "Patient",
    "patient",
    "PatNum",
    resources.PATIENT_FOUND,
    ("LName", "FName", "PatNum"),
    {
        **dict.fromkeys(("LName", "FName", "Address", "City", "State", "Email"), part_of),
        "SSN": part_of,
        "ChartNumber": part_of,
        "Birthdate": only_day("Birthdate"),
    },
    always="`PatStatus` <> 4",
)
OPERATORIES = Listed(
    "Operatory",
    "operatory",
    "OperatoryNum",
    resources.OPERATORY,
    ("OperatoryNum",),
    {"ClinicNum": whole()},
)
PROVIDERS = Listed(
    "Provider",
    "provider",
    "ProvNum",
    resources.PROVIDER,
    ("ProvNum",),
    {"DateTStamp": stamped_since},
)
DEFINITIONS = Listed(
    "Definition",
    "definition",
    "DefNum",
    resources.DEFINITION,
    ("Category", "ItemOrder", "DefNum"),
    {
        "Category": whole(),
        "includeHidden": lambda _, __, value: (
            "1 = 1" if value.lower() == "true" else "IsHidden = 0",
            (),
        ),
    },
)
APPOINTMENT_TYPES = Listed(
    "AppointmentType",
    "appointmenttype",
    "AppointmentTypeNum",
    resources.APPOINTMENT_TYPE,
    ("ItemOrder", "AppointmentTypeNum"),
)
DOCUMENTS = Listed(
    "Document", "document", "DocNum", resources.DOCUMENT, ("DateCreated", "DocNum"),
    {"PatNum": whole()},
)  # fmt: skip
