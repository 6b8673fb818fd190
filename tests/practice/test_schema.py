"""The tables are Open Dental's, as its version has them."""

import pytest

from bitewing.model.errors import InvalidRequestError
from bitewing.practice import schema


def test_version_25_4_has_34_tables_with_their_columns() -> None:
    """The newest version that we know has 34 tables with 791 columns."""
    tables = schema.load("25.4")

    assert len(tables) == 34
    assert sum(len(table.columns) for table in tables.values()) == 791


def test_an_older_version_lacks_what_came_later() -> None:
    """Version 21.1 has neither later tables, columns and indexes nor later types."""
    old, new = schema.load("21.1"), schema.load("25.4")

    assert set(new) - set(old) == {"eform", "eformfield", "apisubscription"}
    assert set(new["appointment"].columns) - set(old["appointment"].columns) == {
        "SecurityHash",
        "ItemOrderPlanned",
        "IsMirrored",
    }
    assert "DateTStamp" not in {index.name for index in old["appointment"].indexes}
    assert old["appointment"].columns["ProcDescript"].type == "varchar(255)"
    assert old["procedurelog"].columns["SecDateEntry"].type == "date"


def test_a_version_between_has_what_came_before_it() -> None:
    """Version 24.2 has the electronic forms, but not their later status."""
    tables = schema.load("24.2.1")

    assert "eform" in tables
    assert "Status" not in tables["eform"].columns


def test_every_reference_names_a_table_that_exists() -> None:
    """A column that holds a key holds the key of a table that we know."""
    tables = schema.load()
    named = {column.refers for table in tables.values() for column in table.columns.values()}

    assert named - {""} <= set(tables)


@pytest.mark.parametrize("text", ["", "25", "25.x", "version 25.4"])
def test_what_is_no_version_is_refused(text: str) -> None:
    """Something else than two to four numbers is no version."""
    with pytest.raises(InvalidRequestError, match="not an Open Dental version"):
        schema.load(text)
