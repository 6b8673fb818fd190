"""Examining: what ``doctor`` looks at in a practice database, in plain words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bitewing.model.errors import BitewingError
from bitewing.model.health import Finding, Light
from bitewing.sources.opendental.database import Database
from bitewing.sources.opendental.horizon import may_see_transactions, read_clock
from bitewing.sources.opendental.shapes import TableShape
from bitewing.sources.opendental.watches import TABLES, watches_of

_WRITE_RIGHTS = ("INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "ALL PRIVILEGES")
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
    return findings + [finding for shape in shapes.values() for finding in _table_findings(shape)]


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
    # The statement may carry the password's hash behind IDENTIFIED BY: only the rights are read.
    granted = [(row[0] or b"").decode().upper().split(" TO ")[0] for row in rows]
    excess = sorted({right for right in _WRITE_RIGHTS for grant in granted if right in grant})
    if excess:
        return Finding(
            Light.RED,
            "rights",
            f"The account may write ({', '.join(excess)}); bitewing only ever reads.",
            "Make an account for bitewing alone: GRANT SELECT ON opendental.* TO …",
        )
    return Finding(Light.GREEN, "rights", "The account may only read.")


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


def _table_findings(shape: TableShape) -> list[Finding]:
    if shape.stamp_column is None:
        return [
            Finding(
                Light.STARTING,
                shape.name,
                f"{shape.name} ({shape.engine}) has no stamp column; its own changes are not seen.",
            )
        ]
    index = "indexed" if shape.stamp_is_indexed else "not indexed"
    light = Light.GREEN if shape.stamp_is_indexed or shape.rows < _LARGE else Light.STARTING
    detail = (
        f"{shape.name} ({shape.engine}, about {shape.rows} rows): {shape.stamp_column}, {index}."
    )
    mend = "" if light is Light.GREEN else "Polls of it are slower and paced by what they cost."
    return [Finding(light, shape.name, detail, mend)]
