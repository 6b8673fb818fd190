"""A small Open Dental practice on any server: its Source, and a hand that writes to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.servers.mariadb import Database as Place, MariaDB

from bitewing.model.record import Record
from bitewing.model.watch import Watch
from bitewing.practice import schema
from bitewing.practice.database import Database, Value, connect
from bitewing.sources.opendental import OpenDental, open_dental
from bitewing.sources.opendental.watches import TABLES, WATCHED

NEW_YORK = ZoneInfo("America/New_York")
PASSWORD = "s3cret-molar"
_NOTES = {"Appointment": "Note", "Patient": "AddrNote"}


@dataclass
class DentalOffice:
    """Open Dental's tables, all empty, and what reads them."""

    source: OpenDental
    writer: Database
    url: str

    def insert(self, watch: str, number: int, *, note: str | None = "") -> None:
        """Add a row with this primary key."""
        self.add(watch, number, {_NOTES[watch]: note})

    def update(self, watch: str, number: int, *, note: str | None) -> None:
        """Write the note."""
        self.change(watch, number, {_NOTES[watch]: note})

    def delete(self, watch: str, number: int) -> None:
        """Remove the row."""
        self.writer.delete(_table(watch), number)

    def stamp(self, watch: str, number: int, at: datetime) -> None:
        """Set the row's stamp itself."""
        table = _table(watch)
        text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        self.change(watch, number, {table.stamp or "": text})

    def add(self, watch: str, number: int, values: Mapping[str, Value] | None = None) -> None:
        """Add a row with these values; the others are what a lenient server gives."""
        table = _table(watch)
        self.writer.insert(table.name, {table.key: number, **(values or {})})

    def change(self, watch: str, number: int, values: Mapping[str, Value]) -> None:
        """Write these columns."""
        self.writer.update(_table(watch), number, values)

    def watch(self, name: str) -> Watch:
        """Give a Watch of the opened source."""
        return next(watch for watch in self.source.watches if watch.name == name)

    async def records(self, name: str) -> list[Record]:
        """Read all of a Watch, opening the source first."""
        await self.source.open()
        return await self.source.read_after(self.watch(name), None, 1000)

    async def record(self, name: str) -> Record:
        """Read the only row of a Watch."""
        (record,) = await self.records(name)
        return record


def _table(watch: str) -> schema.Table:
    return schema.load()[WATCHED[watch][0]]


def source_at(
    url: str,
    *,
    password: str | None = None,
    zone: ZoneInfo = NEW_YORK,
    reads_further: bool = False,
) -> OpenDental:
    """Make an Open Dental Source for a url."""
    return open_dental(
        name="main-office",
        institution="bright-smiles",
        zone=zone,
        url=url,
        password=password,
        reads_further=reads_further,
    )


@contextmanager
def office_at(url: str, *, reader: str = "") -> Iterator[DentalOffice]:
    """Give a practice that exists."""
    with connect(url) as writer:
        if not writer.is_sqlite:
            writer.run("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        yield DentalOffice(source_at(reader or url), writer, url)


@contextmanager
def practice_at(
    url: str,
    *,
    reader: str = "",
    engine: str = "InnoDB",
    version: str = schema.LATEST,
    without: tuple[str, ...] = (),
) -> Iterator[DentalOffice]:
    """Create the tables that bitewing reads, in a database that exists, and a Source for it."""
    tables = schema.load(version)
    with connect(url, create=True) as writer:
        for name in TABLES:
            if name not in without:
                writer.create_table(tables[name], engine)
    with office_at(url, reader=reader) as office:
        yield office


def reader_of(server: MariaDB, place: Place) -> str:
    """Make an account that may only read this database; give its url."""
    return server.create_account(f"reader_{place.name}", PASSWORD, database=place.name)
