"""Horizon: how far a poll can see, given that stamps show only when they are committed."""

from datetime import UTC, datetime, timedelta

from bitewing.model.errors import SourceRefusedError
from bitewing.model.watch import Reach
from bitewing.sources.opendental.database import Database

BLIND_OVERLAP = timedelta(seconds=120)
"""Looked at again when the account may not see other people's transactions."""

SEEING_OVERLAP = timedelta(seconds=10)
"""Looked at again when it may (the PROCESS right)."""

_MARGIN = timedelta(seconds=2)
# trx_started is written in the server's own zone (SYSTEM), whatever zone the session has.
_OLDEST_TRANSACTION = (
    "SELECT TIMESTAMPDIFF(SECOND, MIN(trx_started), "
    "CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')) FROM information_schema.INNODB_TRX"
)
_LONGEST_STATEMENT = (
    "SELECT MAX(IF(COMMAND IN ('Query', 'Execute'), TIME, 0)) "
    "FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND USER <> 'system user'"
)
_CLOCKS_SET_BACK = 3600
"""Seconds by which an age comes out too small while the autumn's double hour lasts."""


async def read_clock(database: Database) -> datetime:
    """Give the database's clock, floored to a whole second, UTC."""
    [(seconds,)] = await database.query(f"SELECT {database.clock}")
    return datetime.fromtimestamp(int(float(seconds or b"0")), UTC)


async def may_see_transactions(database: Database) -> bool:
    """Tell whether the account has the PROCESS right (a MySQL or MariaDB server only)."""
    try:
        await database.query(_OLDEST_TRANSACTION)
    except SourceRefusedError:
        return False
    return True


async def read_reach(database: Database, *, sees_transactions: bool) -> Reach:
    """Give the clock and the horizon; a blind one too if the PROCESS right was taken away.

    A row's stamp is the moment its statement STARTED. It shows at the commit (InnoDB) or when
    a table lock is got (MyISAM), so both the oldest transaction and the longest statement count.
    """
    now = await read_clock(database)
    if not sees_transactions:
        return Reach(now, now, BLIND_OVERLAP)
    try:
        [(longest,)] = await database.query(_LONGEST_STATEMENT)
        [(oldest,)] = await database.query(_OLDEST_TRANSACTION)
    except SourceRefusedError:
        return Reach(now, now, BLIND_OVERLAP)
    ages = [int(age) for age in (longest, oldest) if age is not None]
    ages = [age if age >= 0 else age + _CLOCKS_SET_BACK for age in ages]
    if not any(ages):
        return Reach(now, now, SEEING_OVERLAP)
    return Reach(now, now - timedelta(seconds=max(ages)) - _MARGIN, SEEING_OVERLAP)
