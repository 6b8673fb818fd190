"""What ``doctor`` finds in a practice database."""

from zoneinfo import ZoneInfo

import pytest
from tests.servers.mariadb import MariaDB
from tests.sources.opendental.office import PASSWORD, DentalOffice, source_at

from bitewing.model.health import Finding, Light

UTC_ZONE = ZoneInfo("UTC")


def database_of(office: DentalOffice) -> str:
    return office.url.rsplit("/", 1)[1]


async def findings_of(url: str, zone: ZoneInfo = UTC_ZONE) -> dict[str, Finding]:
    source = source_at(url, zone=zone)
    findings = await source.examine()
    await source.close()
    assert len({one.subject for one in findings}) == len(findings)
    return {one.subject: one for one in findings}


def account(server: MariaDB, office: DentalOffice, name: str, *rights: str) -> str:
    return server.create_account(name, PASSWORD, privileges=rights, database=database_of(office))


async def test_a_good_database_is_all_green(office: DentalOffice) -> None:
    """Everything that is examined is found to be well but for what is optional."""
    findings = await office.source.examine()
    not_green = {one.subject for one in findings if one.light is not Light.GREEN}

    assert not_green <= {"horizon", "time zone", "scheduleop"}
    assert "can be read" in findings[0].detail
    assert {"appointment", "patient", "definition"} <= {one.subject for one in findings}


async def test_a_database_that_cannot_be_read_is_red() -> None:
    """Examining never fails: what is wrong is a Finding."""
    findings = await findings_of("mysql://u:s3cret-molar@127.0.0.1:1/opendental")

    assert [one.light for one in findings.values()] == [Light.RED]
    assert "Is the server running" in findings["connection"].detail
    assert PASSWORD not in findings["connection"].detail


@pytest.mark.parametrize(
    ("rights", "named"),
    [
        (("SELECT", "INSERT"), "INSERT"),
        (("SELECT", "UPDATE (LName)"), "UPDATE"),
        (("SELECT", "CREATE", "DROP"), "CREATE, DROP"),
        (("ALL PRIVILEGES",), "ALL PRIVILEGES"),
    ],
)
async def test_rights_that_write_are_red(
    own_office: DentalOffice, mariadb: MariaDB, rights: tuple[str, ...], named: str
) -> None:
    """An account that may write is a danger to the practice; the rights are named."""
    columns = any("(" in right for right in rights)
    url = account(mariadb, own_office, "writer", *(rights if not columns else ("SELECT",)))
    if columns:
        name = database_of(own_office)
        mariadb.execute(f"GRANT {rights[1]} ON {name}.patient TO writer@'%'")
    found = (await findings_of(url))["rights"]

    assert found.light is Light.RED
    assert f"({named})" in found.detail
    assert PASSWORD not in found.detail


async def test_names_that_sound_like_rights_are_none(
    own_office: DentalOffice, mariadb: MariaDB
) -> None:
    """A user called insert, or a database called update_all, may only read."""
    mariadb.execute("CREATE DATABASE IF NOT EXISTS `update_all`")
    url = account(mariadb, own_office, "insert", "SELECT")
    mariadb.execute("GRANT SELECT ON `update_all`.* TO 'insert'@'%'")
    found = (await findings_of(url))["rights"]
    mariadb.drop_database("update_all")

    assert (found.light, found.detail) == (Light.GREEN, "The account may only read.")


async def test_the_process_right_is_an_option(
    server_office: DentalOffice, mariadb: MariaDB
) -> None:
    """Without it a note tells what it would bring; with it the horizon is green."""
    without = account(mariadb, server_office, "plain", "SELECT")
    seeing = mariadb.create_account("seer", PASSWORD, privileges=("SELECT", "PROCESS"))
    noted = (await findings_of(without))["horizon"]
    green = (await findings_of(seeing + database_of(server_office)))["horizon"]

    assert noted.light is Light.STARTING
    assert "GRANT PROCESS" in noted.mend
    assert green.light is Light.GREEN


async def test_a_wrong_zone_is_red(server_office: DentalOffice, mariadb: MariaDB) -> None:
    """The server's wall clock and the configured zone must agree, or appointments move."""
    url = account(mariadb, server_office, "plain", "SELECT")
    wrong = (await findings_of(url, ZoneInfo("Asia/Tokyo")))["time zone"]
    right = (await findings_of(url, UTC_ZONE))["time zone"]
    mariadb.execute("SET GLOBAL time_zone = '+09:00'")
    moved = (await findings_of(url, ZoneInfo("Asia/Tokyo")))["time zone"]
    mariadb.execute("SET GLOBAL time_zone = 'SYSTEM'")

    assert wrong.light is Light.RED
    assert "+00:00 from UTC" in wrong.detail
    assert "Asia/Tokyo is +09:00" in wrong.detail
    assert (right.light, moved.light) == (Light.GREEN, Light.GREEN)


async def test_a_table_without_stamp_is_noted(own_office: DentalOffice) -> None:
    """Its changes are noticed later, and the note says so."""
    own_office.writer.run("ALTER TABLE provider DROP COLUMN DateTStamp")
    found = {one.subject: one for one in await own_office.source.examine()}["provider"]

    assert found.light is Light.STARTING
    assert "no stamp column" in found.detail
    assert found.mend


async def test_a_large_table_without_index_is_noted(own_office: DentalOffice) -> None:
    """Its polls are slower; with few rows, or with an index on the stamp, all is well."""
    office = own_office
    fill(office, "patient", "PatNum")
    fill(office, "appointment", "AptNum", index=", KEY (DateTStamp)")
    found = {one.subject: one for one in await office.source.examine()}

    assert found["patient"].light is Light.STARTING
    assert "not indexed" in found["patient"].detail
    assert "slower" in found["patient"].mend
    assert found["appointment"].light is Light.GREEN
    assert found["provider"].light is Light.GREEN


def fill(office: DentalOffice, table: str, key: str, index: str = "") -> None:
    """Put a lean table of 262,144 rows in the place of Open Dental's."""
    run = office.writer.run
    run(f"ALTER TABLE {table} RENAME TO old_{table}")
    run(
        f"CREATE TABLE {table} ({key} bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, "
        "DateTStamp timestamp NOT NULL DEFAULT current_timestamp() "
        f"ON UPDATE current_timestamp(){index})"
    )
    run(f"INSERT INTO {table} () VALUES ()")
    for _ in range(18):
        run(f"INSERT INTO {table} (DateTStamp) SELECT DateTStamp FROM {table}")
