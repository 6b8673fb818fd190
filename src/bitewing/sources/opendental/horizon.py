"""Horizon: how far a poll can see, given that stamps show only when they are committed."""

from datetime import UTC, datetime, timedelta

from bitewing.model.errors import SourceRefusedError, SourceUnavailableError
from bitewing.model.watch import Reach
from bitewing.sources.opendental.database import Database

BLIND_OVERLAP = timedelta(seconds=120)
"""Looked at again when the account may not see other people's transactions."""

SEEING_OVERLAP = timedelta(seconds=10)
"""Looked at again when it may (the PROCESS right)."""

_MARGIN = timedelta(seconds=2)
_OLDEST_TRANSACTION = "SELECT UNIX_TIMESTAMP(MIN(trx_started)) FROM information_schema.INNODB_TRX"
_LONGEST_STATEMENT = (
    "SELECT COUNT(DISTINCT USER), MAX(IF(COMMAND IN ('Query', 'Execute'), TIME, 0)) "
    "FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"
)


async def read_clock(database: Database) -> datetime:
    """Give the database's clock, floored to a whole second, UTC."""
    [(seconds,)] = await database.query(f"SELECT {database.clock}")
    return datetime.fromtimestamp(int(float(seconds or b"0")), UTC)


async def may_see_transactions(database: Database) -> bool:
    """Tell whether the account has the PROCESS right (a MySQL or MariaDB server only)."""
    try:
        await database.query(_OLDEST_TRANSACTION)
    except (SourceRefusedError, SourceUnavailableError):
        # 1227: the right is missing. A lost connection comes out at the next statement again.
        return False
    return True


async def read_reach(database: Database, *, sees_transactions: bool) -> Reach:
    """Give the clock and the horizon.

    A row's stamp is the moment its statement STARTED. It shows at the commit (InnoDB) or when
    a table lock is got (MyISAM), so both the oldest transaction and the longest statement count.
    """
    now = await read_clock(database)
    if not sees_transactions:
        return Reach(now, now, BLIND_OVERLAP)
    [(started,)] = await database.query(_OLDEST_TRANSACTION)
    [(_, longest)] = await database.query(_LONGEST_STATEMENT)
    edges = [now]
    if started:
        edges.append(datetime.fromtimestamp(int(float(started)), UTC) - _MARGIN)
    if longest and int(longest) > 0:
        edges.append(now - timedelta(seconds=int(longest)) - _MARGIN)
    return Reach(now, min(edges), SEEING_OVERLAP)
