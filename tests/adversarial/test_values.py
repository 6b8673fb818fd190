"""Cases 18 and 19: values that are easily taken for one another, or for nothing.

Each is the only thing that changes, in two ways: with its stamp kept, so that the server's digest
of the row must differ; and within a second that was polled, so that our fingerprint must.
"""

import shutil
from pathlib import Path

import pytest
from tests.adversarial.rig import Rig
from tests.servers.mariadb import MariaDB

from bitewing.model.record import outline_of
from bitewing.model.watch import Depth, Watch

EVERYWHERE = {
    "NULL, empty": ("NULL", "''"),
    "empty, NULL": ("''", "NULL"),
    "a trailing blank": ("'a'", "'a '"),
    "only blanks": ("''", "' '"),
    "upper case": ("'smith'", "'Smith'"),
    "an accent": ("'e'", "'é'"),
    "another accent": ("'é'", "'è'"),
    "composed and not": ("'\u00e9'", "'e\u0301'"),
    "a line's end": ("'a\n'", "'a\r\n'"),
    "the mark of NULL": ("NULL", "'N;'"),
    "a quote": ("''''", "''''''"),
    "a backslash and a quote": ("'\\'", "'\\\\'"),
}
"""What differs → a text before and after, as SQL."""

TYPES = {
    "date": ["'2024-01-31'", "'0000-00-00'", "'2024-00-00'", "'0001-01-01'", "'9999-12-31'"],
    "datetime": ["'0000-00-00'", "'2024-00-00 00:00:00'", "'0001-01-01'", "'2024-01-31 23:59:59'"],
    "datetime(6)": ["'2024-01-31 00:00:00.000001'", "'2024-01-31 00:00:00.000002'", "NULL"],
    "time": ["'838:59:59'", "'-838:59:59'", "'-00:00:01'", "'00:00:01'", "'00:00:00'"],
    "time(3)": ["'00:00:00.001'", "'-00:00:00.001'"],
    "double": ["0", "1e300", "1e-300", "0.1e0", "0.1e0 + 0.2e0", "1e15", "1e16", "1e17"],
    "float": ["1.1", "16777216", "3.4e38", "1e-30"],
    "decimal(10,2)": ["1.1", "1.01", "-0.01", "0"],
    "decimal(65,30)": ["1.1", "1.000000000000000000000000000001"],
    "blob": ["''", "NULL", "x'00'", "x'0000'", "x'ff'", "x'c3a9'", "'N;'"],
    "binary(4)": ["''", "x'01'", "x'01000001'"],
    "bit(8)": ["b'0'", "b'1'", "b'11111111'", "b'10000000'", "NULL"],
    "bit(64)": ["1", "1 << 63"],
    "year": ["0", "2024"],
    "bool": ["0", "1", "NULL"],
    "int(8) unsigned zerofill": ["7", "70"],
    "bigint": ["9223372036854775807", "-9223372036854775808", "0"],
    "bigint unsigned": ["18446744073709551615", "9223372036854775808"],
    "enum('a','b','')": ["'a'", "'b'", "''", "NULL"],
    "set('a','b')": ["'a'", "'a,b'", "''"],
    "json": ["'{}'", "'{\"a\": 1}'", "'{\"a\":1}'"],
    "text character set utf8mb4": ["'😀'", "'😁'", "x'3f3f'", "'𐀀'"],
    "text character set latin1": ["'é'", "'è'", "'€'", "'e'"],
    "text character set utf8mb4 collate utf8mb4_bin": ["'a'", "'A'", "'a '"],
}
"""Type → values that a column of it has one after another, as SQL."""

ON_SQLITE = {
    "varchar(9)": ["'a'", "'A'", "'a '", "''", "NULL", "'😀'"],
    "blob": ["x'00'", "x'0000'", "x'ff'", "''", "NULL"],
    "numeric": ["0", "0.1", "0.1 + 0.2", "1e300", "1e-300", "9223372036854775807", "NULL"],
    "date": ["'0000-00-00'", "'2024-00-00'", "'0001-01-01'"],
}


async def swept(rig: Rig) -> int:
    """Compare all rows; give how many Changes that made."""
    await rig.sweep()
    return len(await rig.replay())


async def assert_digests_agree(rig: Rig, watch: Watch) -> None:
    """The server must calculate what we calculate, or every sweep would fetch the row anew."""
    theirs = await rig.source.outlines(watch, Depth.ROWS, after=None, up_to=None)
    images = (await rig.images()).items()
    ours = {key.number: outline_of(one).digest for key, one in images if key.watch == watch.name}

    assert theirs == ours


def sql_of(rig: Rig, text: str) -> str:
    """Write a text for this server: MySQL reads backslashes in it."""
    return text if rig.writer.is_sqlite else text.replace("\\", "\\\\")


@pytest.mark.parametrize(("before", "after"), EVERYWHERE.values(), ids=EVERYWHERE.keys())
async def test_case_18_a_text_is_the_only_change(rig: Rig, before: str, after: str) -> None:
    """Case 18: found with the stamp kept, and within the second of the stamp, and back again."""
    await rig.set_clock(0)
    rig.run(f"UPDATE appointment SET Note = {sql_of(rig, before)} WHERE AptNum = 1")
    await rig.verify()
    rig.run(f"UPDATE appointment SET Note = {sql_of(rig, after)} WHERE AptNum = 1")
    await rig.poll()
    polled = len(await rig.replay())
    rig.keep("appointment", f"Note = {sql_of(rig, before)}", where="WHERE AptNum = 1")
    await rig.sweep()

    assert (polled, len(await rig.replay())) == (1, 1)
    await assert_digests_agree(rig, rig.watch("Appointment"))
    await rig.verify()


async def test_case_18_a_character_moves_from_one_column_to_the_next(rig: Rig) -> None:
    """Case 18: ('a#', 'b') and ('a', '#b') are two contents; so are (NULL, 'a') and ('a', NULL)."""
    values = [("'a#'", "'b'"), ("'a'", "'#b'"), ("''", "'a#b'"), ("'1:a'", "''"), ("''", "'1:a'")]
    found = []
    for first, second in values:
        assignments = f"ProvBarText = {first}, PatternSecondary = {second}"
        rig.keep("appointment", assignments, where="WHERE AptNum = 1")
        found.append(await swept(rig))
    for first, second in (("NULL", "'a'"), ("'a'", "NULL"), ("NULL", "''"), ("''", "NULL")):
        rig.keep("appointment", f"Pattern = {first}, Note = {second}", where="WHERE AptNum = 1")
        found.append(await swept(rig))

    assert found == [1] * 9
    await rig.verify()


async def test_case_18_bytes_that_are_no_text(myisam_rig: Rig, mariadb: MariaDB) -> None:
    """Case 18: a table file that was made otherwise has them; we read what the server makes of it.

    Two such texts read alike are one; the row is told when anything else of it differs.
    """
    rig = myisam_rig
    spoil_notes(rig, mariadb._home / "data")
    await rig.restart()
    await rig.verify()
    rig.keep("appointment", "Op = 99", where="WHERE AptNum = 1")
    again = await swept(rig)

    assert again == 1
    assert b"broken" in (rig.rows(rig.watch("Appointment"))[1]["Note"] or b"")
    await assert_digests_agree(rig, rig.watch("Appointment"))
    await rig.verify()


def spoil_notes(rig: Rig, data: Path) -> None:
    """Put the rows of a table whose notes are bytes under the table whose notes are text."""
    practice = data / rig.url.rsplit("/", 1)[1]
    rig.run("CREATE TABLE other LIKE appointment")
    rig.run("INSERT INTO other SELECT * FROM appointment")
    rig.run("ALTER TABLE other MODIFY Note blob NULL")
    rig.run("UPDATE other SET Note = CONCAT('a broken ', x'ff', ' tooth') WHERE AptNum = 1")
    rig.run("FLUSH TABLES appointment, other")
    for ending in ("MYD", "MYI"):
        shutil.copyfile(practice / f"other.{ending}", practice / f"appointment.{ending}")
    rig.run("FLUSH TABLES appointment")


@pytest.mark.parametrize("kind", TYPES)
async def test_case_19_odd_values_on_a_server(server_rig: Rig, kind: str) -> None:
    """Case 19: each value is another content, for the server's digest as for ours."""
    await try_values(server_rig, kind, TYPES[kind])


@pytest.mark.parametrize("kind", ON_SQLITE)
async def test_case_19_odd_values_in_a_file(sqlite_rig: Rig, kind: str) -> None:
    """Case 19: the same for what SQLite can hold."""
    await try_values(sqlite_rig, kind, ON_SQLITE[kind])


async def try_values(rig: Rig, kind: str, values: list[str]) -> None:
    rig.run(f"ALTER TABLE patfield ADD COLUMN odd {kind} NULL")
    rig.keep("patfield", f"odd = {values[-1]}", where="WHERE PatFieldNum = 1")
    await rig.restart()
    await rig.settle()
    await rig.judge_from_here()
    found = []
    for value in values:
        rig.keep("patfield", f"odd = {value}", where="WHERE PatFieldNum = 1")
        found.append(await swept(rig))
        await assert_digests_agree(rig, rig.watch("PatField"))

    assert found == [1] * len(values)
    await rig.verify()


async def test_case_19_a_note_of_ten_megabytes(server_rig: Rig) -> None:
    """Case 19: read, digested, stored and compared whole; its last letter counts."""
    rig = server_rig
    rig.run("ALTER TABLE patfield MODIFY FieldValue longtext")
    await rig.restart()
    await rig.settle()
    rig.run("UPDATE patfield SET FieldValue = REPEAT('x', 10485760) WHERE PatFieldNum = 1")
    await rig.settle()
    first = len(await rig.replay())
    rig.keep(
        "patfield",
        "FieldValue = CONCAT(LEFT(FieldValue, 10485759), 'y')",
        where="WHERE PatFieldNum = 1",
    )

    assert (first, await swept(rig)) == (1, 1)
    await assert_digests_agree(rig, rig.watch("PatField"))
    await rig.verify()
