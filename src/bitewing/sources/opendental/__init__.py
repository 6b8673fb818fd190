"""Reading an Open Dental database, on MySQL, MariaDB or the demo practice's SQLite."""

from zoneinfo import ZoneInfo

from bitewing.model.errors import SettingsError
from bitewing.sources.opendental.database import Database
from bitewing.sources.opendental.mysql import MySqlDatabase
from bitewing.sources.opendental.practice_source import OpenDental
from bitewing.sources.opendental.sqlite import SqliteDatabase

__all__ = ["OpenDental", "open_dental"]


def open_dental(
    *,
    name: str,
    institution: str,
    zone: ZoneInfo,
    url: str,
    password: str | None,
    reads_further: bool = False,
) -> OpenDental:
    """Make the Source for a url; nothing is connected yet.

    ``reads_further``: follow what NexHealth's resources are composed of, too.

    Raises:
        SettingsError: the url is neither mysql:, mariadb: nor sqlite:.
    """

    def connect() -> Database:
        scheme = url.split(":", 1)[0]
        if scheme in {"mysql", "mariadb"}:
            return MySqlDatabase.at(url, password)
        if scheme == "sqlite":
            return SqliteDatabase.at(url)
        raise SettingsError(
            f"The url of source {name} begins with {scheme}:; it must be "
            "mysql://user@host:3306/opendental or sqlite:///practice.db"
        )

    return OpenDental(
        name, institution, zone, polling=connect(), asking=connect(), reads_further=reads_further
    )
