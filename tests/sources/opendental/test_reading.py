"""Reading an Open Dental database by keys, chunks and inquiries."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.sources.opendental.office import DentalOffice

from bitewing.model.errors import InvalidRequestError
from bitewing.model.inquiry import Condition, Inquiry, Relation
from bitewing.model.record import Record

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
RANDOM_KEYS = [-9223372036854775808, -5, 0, 1, 7319466121012345678, 9223372036854775807]


def numbers(records: list[Record]) -> list[int]:
    return [record.key.number for record in records]


async def names_found(office: DentalOffice, *conditions: Condition) -> list[str]:
    await office.source.open()
    found = await office.source.find(Inquiry("Patient", conditions, ("LName",)))
    return [(record.native["LName"] or b"").decode() for record in found]


async def test_keys_may_be_negative_zero_and_random(office: DentalOffice) -> None:
    """Random primary keys of 63 bits are read in chunks, listed and fetched like any others."""
    for number in reversed(RANDOM_KEYS):
        office.insert("Patient", number)
    await office.source.open()
    watch = office.watch("Patient")
    first = await office.source.read_after(watch, None, 4)
    second = await office.source.read_after(watch, first[-1].key.number, 4)
    listed = await office.source.keys_stamped_since(watch, NOON - timedelta(days=400))
    fetched = await office.source.fetch(watch, RANDOM_KEYS)

    assert numbers(first + second) == RANDOM_KEYS
    assert sorted(listed) == RANDOM_KEYS
    assert sorted(numbers(fetched)) == RANDOM_KEYS


async def test_keys_stamped_since_includes_the_edge(office: DentalOffice) -> None:
    """A row stamped in the very second is listed, the second before it is not."""
    for number, seconds in ((1, -1), (2, 0), (3, 1), (4, 86_400 * 365)):
        office.insert("Patient", number)
        office.stamp("Patient", number, NOON + timedelta(seconds=seconds))
    await office.source.open()
    listed = await office.source.keys_stamped_since(office.watch("Patient"), NOON)

    assert sorted(listed) == [2, 3, 4]


async def test_the_moment_may_be_given_in_any_zone(office: DentalOffice) -> None:
    """What counts is the moment, not how it is written."""
    office.insert("Patient", 1)
    office.stamp("Patient", 1, NOON)
    await office.source.open()
    in_new_york = NOON.astimezone(office.source.zone)
    listed = await office.source.keys_stamped_since(office.watch("Patient"), in_new_york)
    record = await office.record("Patient")

    assert listed == [1]
    assert record.stamped_at == NOON


async def test_only_deleted_appointments_belong_to_their_watch(office: DentalOffice) -> None:
    """AppointmentDeleted is the part of the history with the action 4; find shows all of it."""
    for number, action in ((1, 0), (2, 4), (3, 1), (4, 4)):
        office.add("AppointmentDeleted", number, {"HistApptAction": action})
    await office.source.open()
    watch = office.watch("AppointmentDeleted")
    low = NOON - timedelta(days=400)

    assert numbers(await office.source.read_after(watch, None, 10)) == [2, 4]
    assert sorted(await office.source.keys_stamped_since(watch, low)) == [2, 4]
    assert numbers(await office.source.fetch(watch, [1, 2])) == [2]
    assert numbers(await office.source.find(Inquiry("AppointmentDeleted"))) == [1, 2, 3, 4]


async def test_fetch_gives_what_still_exists_in_any_number(office: DentalOffice) -> None:
    """More keys than one statement holds are fetched in several; absent keys are left out."""
    with office.writer.transaction():
        for number in range(1, 2502):
            office.insert("Patient", number)
    office.delete("Patient", 1001)
    await office.source.open()
    fetched = await office.source.fetch(office.watch("Patient"), range(3000))
    nothing = await office.source.fetch(office.watch("Patient"), [])

    assert sorted(numbers(fetched)) == [n for n in range(1, 2502) if n != 1001]
    assert nothing == []


async def test_a_chunk_ends_at_its_limit(office: DentalOffice) -> None:
    """999, 1,000 and 1,001 rows behind each other: never one too many or too few."""
    with office.writer.transaction():
        for number in range(1, 1002):
            office.insert("Patient", number)
    await office.source.open()
    watch = office.watch("Patient")
    sizes = [len(await office.source.read_after(watch, None, limit)) for limit in (999, 1000, 1002)]

    assert sizes == [999, 1000, 1001]
    assert numbers(await office.source.read_after(watch, 1000, 10)) == [1001]
    assert await office.source.read_after(watch, 1001, 10) == []


@pytest.mark.parametrize(
    "name", ["100%", "a_b", "bang!", "back\\slash", "O'Hara", 'quo"te', "semi;colon", "Ünal", "%s"]
)
async def test_contains_takes_every_sign_literally(office: DentalOffice, name: str) -> None:
    """No sign of LIKE, SQL or the driver means anything in a name that is looked for."""
    office.add("Patient", 1, {"LName": f"x{name}y"})
    office.add("Patient", 2, {"LName": "x100 aXb bang backslash OHara quote y"})
    found = await names_found(office, Condition("LName", Relation.CONTAINS, name))

    assert found == [f"x{name}y"]


async def test_every_relation_selects_what_it_says(office: DentalOffice) -> None:
    """Equal, not equal, at least, below and contains; several conditions hold together."""
    for number, name in enumerate(("Adams", "Baker", "Clark", "Davis"), 1):
        office.add("Patient", number, {"LName": name, "PriProv": number % 2})

    def of(relation: Relation, value: str | int, column: str = "LName") -> Condition:
        return Condition(column, relation, value)

    at_least, below = of(Relation.AT_LEAST, "Baker"), of(Relation.BELOW, "Davis")

    assert await names_found(office, of(Relation.EQUAL, "Baker")) == ["Baker"]
    assert await names_found(office, of(Relation.NOT_EQUAL, 1, "PriProv")) == ["Baker", "Davis"]
    assert await names_found(office, at_least, below) == ["Baker", "Clark"]
    assert await names_found(office, of(Relation.CONTAINS, "a"), below) == [
        "Adams",
        "Baker",
        "Clark",
    ]


async def test_moments_are_compared_in_utc(office: DentalOffice) -> None:
    """A TIMESTAMP column is compared with UTC text to the second."""
    office.add("Patient", 1, {"LName": "Adams"})
    office.stamp("Patient", 1, NOON)
    exact = Condition("DateTStamp", Relation.AT_LEAST, "2026-03-02 17:00:00")
    later = Condition("DateTStamp", Relation.AT_LEAST, "2026-03-02 17:00:01")

    assert await names_found(office, exact) == ["Adams"]
    assert await names_found(office, later) == []


async def test_pages_of_equal_rows_neither_repeat_nor_drop(office: DentalOffice) -> None:
    """Rows that are alike in the order's columns are told apart by their keys."""
    order = [(key * 37) % 100 for key in range(100)]
    for number in order:
        office.add("Patient", number, {"LName": "Smith", "Address": f"{number:03} Main St"})
    office.writer.run("DELETE FROM patient WHERE PatNum = 50")
    office.add("Patient", 50, {"LName": "Smith"})
    await office.source.open()
    pages = [
        await office.source.find(Inquiry("Patient", (), ("LName",), limit=7, offset=offset))
        for offset in range(0, 105, 7)
    ]

    assert [number for page in pages for number in numbers(page)] == list(range(100))


async def test_an_unknown_column_or_watch_is_the_callers_mistake(office: DentalOffice) -> None:
    """The caller is told, and nothing of what they wrote gets into the SQL."""
    await office.source.open()
    strange = "LName` = `LName` OR `LName"

    with pytest.raises(InvalidRequestError, match="patient"):
        await names_found(office, Condition(strange, Relation.EQUAL, "x"))
    with pytest.raises(InvalidRequestError, match="patient"):
        await office.source.find(Inquiry("Patient", (), (strange,)))
    with pytest.raises(InvalidRequestError, match="no Unicorn"):
        await office.source.find(Inquiry("Unicorn"))


async def test_find_opens_the_source_itself(office: DentalOffice) -> None:
    """A question may come before the first poll."""
    office.insert("Patient", 1)

    assert numbers(await office.source.find(Inquiry("Patient"))) == [1]


async def test_a_closed_source_opens_again(office: DentalOffice) -> None:
    """Closing gives the connections back; the next question opens them anew."""
    office.insert("Patient", 1)
    first = await office.records("Patient")
    await office.source.close()
    await office.source.close()

    assert await office.records("Patient") == first
