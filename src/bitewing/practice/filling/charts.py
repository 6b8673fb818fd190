"""The charts: marks on teeth, the office's own patient fields, and recalls."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from bitewing.practice import moments
from bitewing.practice.filling.families import Person
from bitewing.practice.filling.office import USERS, Office
from bitewing.practice.filling.premises import FIELD_KINDS
from bitewing.practice.filling.writing import Row, Writing

MARKED = 0.45
FIELDED = 0.5
RECALL_EVERY = timedelta(days=183)
SIX_MONTHS = 6 << 16
"""RecallInterval packs years, months, weeks and days into one byte each; months are the third."""
MISSING, PRIMARY, DRAWING = 0, 2, 9
PRIMARY_TEETH = "ABCDEFGHIJKLMNOPQRST"
BLACK = -16777216


def chart(
    writing: Writing,
    office: Office,
    people: Sequence[Person],
    seen: Mapping[int, tuple[date, datetime]],
) -> None:
    """Write all of it; ``seen`` tells when those who came were last touched."""
    writing.write("toothinitial", _tooth_marks(office, people))
    writing.write("patfield", _fields(office, people))
    writing.write("recall", _recalls(office, people, seen))


def field_value(name: str, dice: Random, day: date) -> str:
    """Give something that an office might write into that field of its own."""
    for kind_name, kind, choices in FIELD_KINDS:
        if kind_name == name and kind == 1:
            return dice.choice(choices.split("\r\n"))
        if kind_name == name and kind == 2:  # noqa: PLR2004 - PatFieldType Date
            return (day - timedelta(days=dice.randrange(400))).isoformat()
        if kind_name == name and kind == 3:  # noqa: PLR2004 - PatFieldType Checkbox
            return "1"
    return dice.choice(("Any", "Female", "The tall one", "Whoever is free"))


def _tooth_marks(office: Office, people: Sequence[Person]) -> Iterator[Row]:
    dice = office.random("teeth")
    number = 0
    for person in people:
        is_child = person.is_child(office.today)
        for _ in range(dice.randint(1, 4) if dice.random() < MARKED else 0):
            number += 1
            at = _moment_since(office, person, dice)
            tooth = dice.choice(PRIMARY_TEETH) if is_child else str(dice.randint(1, 32))
            yield {
                "ToothInitialNum": number,
                "PatNum": person.number,
                "ToothNum": tooth,
                "InitialType": PRIMARY if is_child else MISSING,
                "Movement": 0,
                "DrawingSegment": "",
                "ColorDraw": BLACK,
                "SecDateTEntry": moments.moment(at),
                "SecDateTEdit": office.stamp(at),
                "DrawText": "",
            }


def _fields(office: Office, people: Sequence[Person]) -> Iterator[Row]:
    dice = office.random("fields")
    number = 0
    for person in people:
        for name, _, _ in FIELD_KINDS:
            if dice.random() > FIELDED:
                continue
            number += 1
            at = _moment_since(office, person, dice)
            yield {
                "PatFieldNum": number,
                "PatNum": person.number,
                "FieldName": name,
                "FieldValue": field_value(name, dice, office.today),
                "SecUserNumEntry": 1 + dice.randrange(USERS),
                "SecDateEntry": at.date().isoformat(),
                "SecDateTEdit": office.stamp(at),
            }


def _recalls(
    office: Office, people: Sequence[Person], seen: Mapping[int, tuple[date, datetime]]
) -> Iterator[Row]:
    came = (person for person in people if person.number in seen)
    for number, person in enumerate(came, start=1):
        _, last_at = seen[person.number]
        due = (last_at.date() + RECALL_EVERY).isoformat()
        yield {
            "RecallNum": number,
            "PatNum": person.number,
            "DateDueCalc": due,
            "DateDue": due,
            "DatePrevious": last_at.date().isoformat(),
            "RecallInterval": SIX_MONTHS,
            "Note": "",
            "RecallTypeNum": 1,
            "DateTStamp": office.stamp(last_at),
        }


def _moment_since(office: Office, person: Person, dice: Random) -> datetime:
    """Give some moment since the person came and two years are kept."""
    first = max(person.joined_on, office.opened_on).toordinal()
    day = date.fromordinal(dice.randint(first, office.closed_at.toordinal()))
    return min(office.closed_at, datetime.combine(day, time(9 + dice.randrange(8))))
