"""One way of speaking to three kinds of server."""

from pathlib import Path

import pytest
from tests.practice.conftest import Home

from bitewing.model.errors import InvalidRequestError, SourceUnavailableError
from bitewing.practice import schema
from bitewing.practice.database import Database, connect

DEFINITION = schema.load()["definition"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "practice.db",
        "sqlite://practice.db",
        "sqlite:///",
        "mysql://host",
        "mysql://host:port/name",
        "postgresql://host/name",
    ],
)
def test_a_url_of_another_form_is_refused(url: str) -> None:
    """Only MySQL, MariaDB and SQLite URLs that name a database are taken."""
    with pytest.raises(InvalidRequestError, match="URL must be"):
        connect(url)


def test_a_file_that_does_not_exist_is_not_made_by_looking(tmp_path: Path) -> None:
    """Connecting to a practice that is not there fails and leaves nothing behind."""
    with pytest.raises(SourceUnavailableError, match="no practice database"):
        connect(f"sqlite:///{tmp_path / 'none.db'}")

    assert list(tmp_path.iterdir()) == []


def test_a_failure_to_connect_does_not_tell_the_password() -> None:
    """The message names the server, never the password."""
    with pytest.raises(SourceUnavailableError) as caught:
        connect("mysql://root:s3cret@127.0.0.1:1/opendental")

    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def _fill_and_fail(database: Database) -> None:
    with database.transaction():
        number = database.insert("definition", {"Category": 2, "ItemName": "kept?"})
        database.update(DEFINITION, number, {"ItemOrder": 1 // 0})


def test_a_failing_transaction_leaves_nothing(home: Home) -> None:
    """What a transaction did is gone when it fails, but for MyISAM, which has none."""
    with connect(home.url, create=True) as database:
        database.create_table(DEFINITION, home.engine)

        with pytest.raises(ZeroDivisionError):
            _fill_and_fail(database)

        kept = database.rows("SELECT ItemName FROM definition")
        assert kept == ([("kept?",)] if home.engine == "MyISAM" else [])


def test_a_key_is_never_given_twice(home: Home) -> None:
    """The server counts keys up, also behind a row that is gone."""
    with connect(home.url, create=True) as database:
        database.create_table(DEFINITION, home.engine)
        first = database.insert("definition", {"Category": 2, "ItemName": "first"})
        database.delete(DEFINITION, first)

        second = database.insert("definition", {"Category": 2, "ItemName": "second"})

        assert second > first
        assert database.rows("SELECT DefNum, ItemName FROM definition") == [(second, "second")]


def test_a_statement_that_fails_tells_no_value_of_a_row(home: Home) -> None:
    """An error about a row does not repeat what is in it."""
    with connect(home.url, create=True) as database:
        database.create_table(DEFINITION, home.engine)
        database.insert("definition", {"DefNum": 424242, "ItemName": "Jones"})

        with pytest.raises(SourceUnavailableError) as caught:
            database.insert("definition", {"DefNum": 424242, "ItemName": "Jones"})

        assert "Jones" not in str(caught.value)
        assert "424242" not in str(caught.value)
