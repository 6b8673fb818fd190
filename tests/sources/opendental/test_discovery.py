"""What an Open Dental database has is discovered, and what may not be read is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.servers.mariadb import Database, MariaDB
from tests.sources.opendental.office import (
    PASSWORD,
    DentalOffice,
    practice_at,
    reader_of,
    source_at,
)

from bitewing.model.errors import InvalidRequestError, SettingsError, SourceRefusedError
from bitewing.model.inquiry import Condition, Inquiry, Relation

EVERY_WATCH = [
    ("ToothInitial", "toothinitial", "ToothInitialNum", "SecDateTEdit", None),
    ("PatField", "patfield", "PatFieldNum", "SecDateTEdit", None),
    ("AppointmentDeleted", "histappointment", "HistApptNum", "DateTStamp", ("HistApptAction", 4)),
    ("Appointment", "appointment", "AptNum", "DateTStamp", None),
    ("Schedule", "schedule", "ScheduleNum", "DateTStamp", None),
    ("Operatory", "operatory", "OperatoryNum", "DateTStamp", None),
    ("Patient", "patient", "PatNum", "DateTStamp", None),
    ("Provider", "provider", "ProvNum", "DateTStamp", None),
]
"""The kinds that Open Dental announces (API Events page), children before parents."""

live = pytest.mark.live


def announced(office: DentalOffice) -> list[tuple[str, str, str, str | None, Any]]:
    """Give the Watches that Open Dental knows, as plain values."""
    return [
        (one.name, one.table, one.key_column, one.stamp_column, one.only)
        for one in office.source.watches
        if one.name in {name for name, *_ in EVERY_WATCH}
    ]


async def refusal_of(office: DentalOffice) -> str:
    with pytest.raises(SourceRefusedError) as caught:
        await office.source.open()
    await office.source.close()
    return str(caught.value)


async def test_all_watches_are_found_with_keys_and_stamps(office: DentalOffice) -> None:
    """A database of today has every Watch, children before parents."""
    before = list(office.source.watches)
    await office.source.open()

    assert before == []
    assert announced(office) == EVERY_WATCH


@pytest.mark.parametrize(
    "engine", ["SQLite", *(pytest.param(e, marks=live) for e in ("InnoDB", "MyISAM"))]
)
async def test_a_database_of_21_1_is_read_by_what_it_has(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: str
) -> None:
    """Columns that came later are left out, in rows and in questions; the rest is read."""
    if engine == "SQLite":
        url = f"sqlite:///{tmp_path_factory.mktemp('old') / 'practice.db'}"
    else:
        make: Callable[[], Database] = request.getfixturevalue("fresh_database")
        url = make().url
    with practice_at(url, engine=engine, version="21.1") as office:
        office.add("Operatory", 1)
        office.add("Appointment", 1)
        [operatory] = await office.records("Operatory")
        [appointment] = await office.records("Appointment")
        newer = Condition("OperatoryType", Relation.EQUAL, 0)
        with pytest.raises(InvalidRequestError, match="older"):
            await office.source.find(Inquiry("Operatory", (newer,)))
        await office.source.close()

    assert announced(office) == EVERY_WATCH
    assert "OperatoryType" not in operatory.native
    assert operatory.derived == {"operatoryType": ""}
    assert not {"SecurityHash", "ItemOrderPlanned", "IsMirrored"} & set(appointment.native)


async def test_missing_side_tables_leave_their_watches_out(own_office: DentalOffice) -> None:
    """Without histappointment, patfield and the like the rest is read, names staying empty."""
    office = own_office
    for table in ("clinic", "site", "scheduleop", "patfield", "toothinitial", "histappointment"):
        office.writer.run(f"DROP TABLE {table}")
    office.add("Patient", 1, {"ClinicNum": 1, "SiteNum": 1})
    office.add("Schedule", 1)
    patient = await office.record("Patient")
    schedule = await office.record("Schedule")

    assert [name for name, *_ in announced(office)] == [
        *("Appointment", "Schedule", "Operatory", "Patient", "Provider")
    ]
    assert (patient.derived["clinicAbbr"], patient.derived["siteDesc"]) == ("", "")
    assert schedule.derived == {"blockoutType": ""}


@pytest.mark.parametrize("table", ["appointment", "patient", "provider", "operatory", "definition"])
async def test_a_database_without_the_heart_is_refused(
    file_office: DentalOffice, table: str
) -> None:
    """What lacks one of the main tables is not Open Dental's; the message names what and where."""
    file_office.writer.run(f"DROP TABLE {table}")
    text = await refusal_of(file_office)

    assert f"no table {table}" in text
    assert "practice.db" in text
    assert "SELECT" in text


@live
async def test_a_database_of_another_program_is_refused(
    fresh_database: Callable[[], Database],
) -> None:
    """An empty database is refused with its name and host."""
    place = fresh_database()
    source = source_at(place.url)
    with pytest.raises(SourceRefusedError, match=f"{place.name} at 127.0.0.1:"):
        await source.open()
    await source.close()

    assert list(source.watches) == []


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("", "missing"),
        (", ADD PRIMARY KEY (PatNum, LName)", "PatNum, LName"),
        (", ADD PRIMARY KEY (LName)", "LName"),
    ],
)
async def test_a_table_with_another_primary_key_is_refused(
    own_office: DentalOffice, keys: str, shown: str
) -> None:
    """Without Open Dental's key changes cannot be told apart; the message says what it found."""
    own_office.writer.run(
        f"ALTER TABLE patient MODIFY PatNum bigint NOT NULL, MODIFY LName varchar(50) NOT NULL, "
        f"DROP PRIMARY KEY{keys}"
    )
    text = await refusal_of(own_office)

    assert f"primary key of patient is ({shown}) and not PatNum" in text


async def test_an_account_with_rights_on_some_tables_reads_those(
    own_office: DentalOffice, mariadb: MariaDB
) -> None:
    """A table that the account may not read leaves its Watch out; doctor says why."""
    name = own_office.url.rsplit("/", 1)[1]
    mariadb.execute("CREATE OR REPLACE USER narrow@'%' IDENTIFIED BY 's3cret-molar'")
    names = "appointment patient provider operatory definition clinic schedule scheduleop"
    for table in names.split():
        mariadb.execute(f"GRANT SELECT ON {name}.{table} TO narrow@'%'")
    source = source_at(mariadb.url(name, "narrow", PASSWORD))
    await source.open()
    findings = {one.subject: one for one in await source.examine()}
    await source.close()

    watched = {watch.name for watch in source.watches}
    assert {"Appointment", "Schedule", "Operatory", "Patient", "Provider"} <= watched
    assert not {"PatField", "ToothInitial", "AppointmentDeleted"} & watched
    assert "PatField is not watched" in findings["patfield"].detail
    assert "names that it lends stay empty" in findings["site"].detail
    assert "SELECT on patfield" in findings["patfield"].mend


async def test_an_account_without_rights_on_the_main_tables_is_refused(
    server_office: DentalOffice, mariadb: MariaDB
) -> None:
    """The message names the tables and the right that is missing."""
    name = server_office.url.rsplit("/", 1)[1]
    mariadb.execute("CREATE OR REPLACE USER narrower@'%' IDENTIFIED BY 's3cret-molar'")
    mariadb.execute(f"GRANT SELECT ON {name}.patient TO narrower@'%'")
    source = source_at(mariadb.url(name, "narrower", PASSWORD))
    with pytest.raises(SourceRefusedError, match="appointment, provider, operatory") as caught:
        await source.open()
    await source.close()

    assert "grant the account SELECT" in str(caught.value)
    assert PASSWORD not in str(caught.value)


async def test_a_right_that_is_taken_away_while_reading_is_named(
    own_office: DentalOffice, mariadb: MariaDB
) -> None:
    """The message names the table and the right; given back, all is well."""
    office = own_office
    name = office.url.rsplit("/", 1)[1]
    reader = f"'reader_{name}'@'%'"
    await office.records("Patient")
    mariadb.execute(f"REVOKE SELECT ON `{name}`.* FROM {reader}")
    mariadb.execute(f"GRANT SELECT ON `{name}`.appointment TO {reader}")
    await office.source.polling.close()
    with pytest.raises(SourceRefusedError, match="patient") as caught:
        await office.source.fetch(office.watch("Patient"), [1])
    mariadb.execute(f"GRANT SELECT ON `{name}`.* TO {reader}")

    assert "Grant the account SELECT" in str(caught.value)
    assert await office.records("Patient") == []


async def test_columns_that_the_account_may_not_read_are_left_out(
    own_office: DentalOffice, mariadb: MariaDB
) -> None:
    """An office may keep a column to itself, the social security number say."""
    name = own_office.url.rsplit("/", 1)[1]
    mariadb.execute("CREATE OR REPLACE USER discreet@'%' IDENTIFIED BY 's3cret-molar'")
    for table in ("appointment", "provider", "operatory", "definition"):
        mariadb.execute(f"GRANT SELECT ON {name}.{table} TO discreet@'%'")
    mariadb.execute(f"GRANT SELECT (PatNum, LName, DateTStamp) ON {name}.patient TO discreet@'%'")
    own_office.add("Patient", 1, {"LName": "Smith", "SSN": "123456789"})
    source = source_at(mariadb.url(name, "discreet", PASSWORD))
    await source.open()
    patients = next(watch for watch in source.watches if watch.name == "Patient")
    [record] = await source.read_after(patients, None, 10)
    await source.close()

    assert list(record.native) == ["PatNum", "LName", "DateTStamp"]


async def test_a_table_without_stamp_is_watched_all_the_same(own_office: DentalOffice) -> None:
    """Its Watch says that it has no stamp; its rows can be read."""
    own_office.writer.run("ALTER TABLE provider DROP COLUMN DateTStamp")
    own_office.add("Provider", 1, {"Abbr": "DOC1"})
    record = await own_office.record("Provider")

    assert own_office.watch("Provider").stamp_column is None
    assert record.stamped_at is None


async def test_a_column_added_later_is_found_when_opened_again(own_office: DentalOffice) -> None:
    """An upgrade of Open Dental adds columns; the next opening reads them."""
    own_office.add("Provider", 1)
    before = await own_office.record("Provider")
    own_office.writer.run("ALTER TABLE provider ADD COLUMN Extra int NOT NULL")
    after = await own_office.record("Provider")

    assert set(after.native) - set(before.native) == {"Extra"}


@live
async def test_a_server_that_folds_names_is_read() -> None:
    """Windows servers keep table names in lower case; the database's name may be in any."""
    server = MariaDB(options=["--lower-case-table-names=1"])
    server.start()
    try:
        place = server.create_database("OpenDental")
        reader = reader_of(server, place)
        with practice_at(place.url, reader=reader) as office:
            office.writer.run("ALTER TABLE `patient` RENAME TO `Patient`")
            office.add("Patient", 1)
            records = await office.records("Patient")
            await office.source.close()
    finally:
        server.remove()

    assert len(records) == 1
    assert announced(office) == EVERY_WATCH


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@h/db",
        "opendental",
        "mysql://127.0.0.1/opendental",
        "mysql://u@127.0.0.1",
        "mysql:///opendental",
        "mysql://u:s3cret-molar@h:port/opendental",
        "mysql://u:s3cret-molar@[h/opendental",
        "sqlite:practice.db",
        "sqlite:///",
    ],
)
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    """The message shows what a url looks like, and not the password in it."""
    with pytest.raises(SettingsError, match="must") as caught:
        source_at(url)

    assert PASSWORD not in str(caught.value)


def test_a_url_says_where_everything_is() -> None:
    """Signs that mean something in a url are escaped in it; a password from elsewhere wins."""
    escaped = source_at("mariadb://u%40x:p%2Fw@db.example:3307/open%20dental").polling
    plain = source_at("mysql://u:ignored@db.example/od", password=PASSWORD).polling

    assert escaped.place == "open dental at db.example:3307"
    assert plain.place == "od at db.example:3306"
    assert PASSWORD not in repr(plain)
