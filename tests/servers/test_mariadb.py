"""The private MariaDB server behaves as the other tests expect."""

from collections.abc import Callable, Iterator

import pymysql
import pytest
from tests.servers.mariadb import HOST, Database, MariaDB

pytestmark = pytest.mark.live


@pytest.fixture
def own_server() -> Iterator[MariaDB]:
    """A server that a test may kill."""
    server = MariaDB()
    server.start()
    yield server
    server.remove()


def test_fresh_databases_are_empty_and_different(
    mariadb: MariaDB, fresh_database: Callable[[], Database]
) -> None:
    """Two fresh databases of one test have different names and no tables."""
    first, second = fresh_database(), fresh_database()

    assert first.name != second.name
    assert mariadb.execute("SHOW TABLES", first.name) == []
    assert first.url == f"mysql://root@{HOST}:{mariadb.port}/{first.name}"


def test_a_limited_account_may_read_but_not_write(
    mariadb: MariaDB, fresh_database: Callable[[], Database]
) -> None:
    """An account with SELECT on one database can do nothing else there."""
    database = fresh_database()
    mariadb.execute("CREATE TABLE t (n INT)", database.name)
    url = mariadb.create_account("reader", "s3cret", database=database.name)

    assert url == f"mysql://reader:s3cret@{HOST}:{mariadb.port}/{database.name}"
    with (
        pymysql.connect(
            host=HOST,
            port=mariadb.port,
            user="reader",
            password="s3cret",
            database=database.name,
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM t")
        with pytest.raises(pymysql.OperationalError, match="denied"):
            cursor.execute("INSERT INTO t VALUES (1)")


def test_a_killed_server_serves_its_data_again_on_the_same_port(own_server: MariaDB) -> None:
    """What was committed before a kill -9 is there after the next start."""
    database = own_server.create_database("kept")
    own_server.execute("CREATE TABLE t (n INT) ENGINE=InnoDB", database.name)
    own_server.execute("INSERT INTO t VALUES (7)", database.name)
    port = own_server.port

    own_server.kill()
    assert not own_server.is_running
    own_server.start()

    assert own_server.port == port
    assert own_server.execute("SELECT n FROM t", database.name) == [(7,)]
