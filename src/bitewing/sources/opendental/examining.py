"""Examining: what ``doctor`` looks at in a practice database, in plain words."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bitewing.model.errors import BitewingError
from bitewing.model.health import Finding, Light
from bitewing.sources.opendental.database import Database
from bitewing.sources.opendental.horizon import may_see_transactions, read_clock
from bitewing.sources.opendental.shapes import TableShape
from bitewing.sources.opendental.watches import LOOKED_UP, PARTS, TABLES, WATCHED, watches_of

_HARMLESS_RIGHTS = {
    *("SELECT", "USAGE", "PROCESS", "SHOW DATABASES", "SHOW VIEW", "LOCK TABLES"),
    *("REPLICATION CLIENT", "BINLOG MONITOR", "SLAVE MONITOR", "REPLICA MONITOR"),
}
_NAMED_COLUMNS = re.compile(r"\([^)]*\)")
_USES = {
    **dict.fromkeys(LOOKED_UP, "lends names"),
    **{WATCHED[name][0]: "never has a stamp; compared whole" for name in PARTS},
    "signalod": "hastens polls",
}
"""Tables that no poll asks for by a stamp → what for they are read."""

_LARGE = 200_000
"""Rows from which a poll without an index is felt (about 50 ms on an office's server)."""


async def examine(database: Database, zone: ZoneInfo) -> list[Finding]:
    """Give one Finding for everything worth saying; never raises for what is wrong."""
    try:
        shapes = await database.discover(TABLES)
        watches_of(shapes, database.place)
        clock = await read_clock(database)
        server = any(shape.engine != "SQLite" for shape in shapes.values())
        findings = [Finding(Light.GREEN, "connection", f"{database.place} can be read.")]
        if server:
            findings += await _server_findings(database, zone, clock)
    except BitewingError as error:
        return [Finding(Light.RED, "connection", str(error))]
    return [*findings, *_missing_tables(shapes), *map(_table, shapes.values())]


async def _server_findings(database: Database, zone: ZoneInfo, clock: datetime) -> list[Finding]:
    [(version, offset)] = await database.query(
        "SELECT VERSION(), TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), "
        "CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@global.time_zone))"
    )
    findings = [
        Finding(Light.GREEN, "version", (version or b"?").decode()),
        Finding(Light.GREEN, "session", "autocommit, read only, UTC"),
        await _rights(database),
        _zone(zone, clock, offset),
    ]
    if await may_see_transactions(database):
        findings.append(Finding(Light.GREEN, "horizon", "PROCESS is granted: overlap 10 s."))
    else:
        findings.append(
            Finding(
                Light.STARTING,
                "horizon",
                "Without the PROCESS right every poll looks 120 s back.",
                "Optional: GRANT PROCESS ON *.* TO the account; polls become cheaper.",
            )
        )
    return findings


async def _rights(database: Database) -> Finding:
    rows = await database.query("SHOW GRANTS")
    excess = sorted(_rights_in((row[0] or b"").decode() for row in rows) - _HARMLESS_RIGHTS)
    if excess:
        return Finding(
            Light.RED,
            "rights",
            f"The account may write ({', '.join(excess)}); bitewing only ever reads.",
            "Make an account for bitewing alone: GRANT SELECT ON opendental.* TO …",
        )
    return Finding(Light.GREEN, "rights", "The account may only read.")


def _rights_in(grants: Iterable[str]) -> set[str]:
    """Read the rights alone: behind them stand names, and the password's hash."""
    rights: set[str] = set()
    for grant in grants:
        listed, on, _ = grant.partition(" ON ")
        if on:  # without it, a role is granted, whose own rights stand in lines of their own
            bare = _NAMED_COLUMNS.sub("", listed.upper().removeprefix("GRANT "))
            rights |= {right.strip() for right in bare.split(",")}
    return rights


def _zone(zone: ZoneInfo, clock: datetime, offset: bytes | None) -> Finding:
    configured = clock.astimezone(zone).utcoffset() or timedelta()
    if offset is not None and abs(int(offset) - configured.total_seconds()) > 60:  # noqa: PLR2004 - a minute
        return Finding(
            Light.RED,
            "time zone",
            f"The server's wall clock is {_hours(int(offset))} from UTC, the configured zone "
            f"{zone.key} is {_hours(int(configured.total_seconds()))}.",
            "Set the source's time_zone to the zone of the practice server.",
        )
    return Finding(Light.GREEN, "time zone", f"{zone.key}")


def _hours(seconds: int) -> str:
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{abs(seconds) // 3600:02}:{abs(seconds) % 3600 // 60:02}"


def _missing_tables(shapes: Mapping[str, TableShape]) -> list[Finding]:
    """Say what the database does not have, or does not show to this account."""
    watched = {table: f"{name} is not watched" for name, (table, _, _) in WATCHED.items()}
    return [
        Finding(
            Light.STARTING,
            table,
            f"There is no table {table}, or the account may not read it: "
            f"{watched.get(table, 'the names that it lends stay empty')}.",
            f"If this practice has it, grant the account SELECT on {table}.",
        )
        for table in TABLES
        if table not in shapes
    ]


def _table(shape: TableShape) -> Finding:
    about = f"{shape.name} ({shape.engine}, about {shape.rows} rows)"
    if shape.name in _USES:
        return Finding(Light.GREEN, shape.name, f"{about}: {_USES[shape.name]}.")
    if shape.stamp_column is None:
        return Finding(
            Light.STARTING,
            shape.name,
            f"{about} has no stamp column; it is compared whole, so changes are noticed later.",
            "Run Open Dental's database maintenance, which repairs stamp columns.",
        )
    if shape.stamp_is_indexed or shape.rows < _LARGE:
        index = "indexed" if shape.stamp_is_indexed else "not indexed"
        return Finding(Light.GREEN, shape.name, f"{about}: {shape.stamp_column}, {index}.")
    return Finding(
        Light.STARTING,
        shape.name,
        f"{about}: {shape.stamp_column}, not indexed.",
        "Polls of it are slower and paced by what they cost.",
    )
