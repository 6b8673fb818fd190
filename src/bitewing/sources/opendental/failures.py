"""Failures: what a MySQL driver raises, as a sentence that a person can act on."""

import asyncio

from asyncmy.errors import MySQLError

from bitewing.model.errors import BitewingError, SourceRefusedError, SourceUnavailableError

DRIVER_ERRORS = (MySQLError, OSError, EOFError, asyncio.TimeoutError, asyncio.IncompleteReadError)
"""Everything that asyncmy lets out when a server or the network fails."""

_UNKNOWN_TABLE = 1109
_MENDS = {
    1040: "The server has no connection free; raise max_connections or try later.",
    1044: "Grant the account SELECT on this database.",
    1045: "The server refuses the account or its password; check the url and password_env.",
    1049: "Check the database's name in the source's url.",
    1053: "The server is shutting down; reading goes on when it is back.",
    1054: "The table has been changed; it is discovered anew at the next try.",
    _UNKNOWN_TABLE: "This server has no InnoDB.",
    1129: "The server has locked this machine out after failed connections: mysqladmin flush-hosts",
    1130: "The server does not let this machine in; create the account for this host.",
    1142: "Grant the account SELECT on all tables of this database.",
    1143: "Grant the account SELECT on all columns of this database.",
    1146: "The table was there before; is the database being restored or upgraded?",
    1194: "The table is marked as crashed; repair it with Open Dental's database maintenance.",
    1203: "The account has no connection free; raise max_user_connections or try later.",
    1226: "The account has used up what the server allows it; raise its limits or try later.",
    1227: "Optional: GRANT PROCESS ON *.* TO the account.",
    1698: "The server refuses the account or its password; check the url and password_env.",
    1969: "The statement took too long and was stopped.",
    2003: "Is the server running, and is the address right?",
    2006: "The server has closed the connection; it is opened again at the next try.",
    2013: "The server has closed the connection; it is opened again at the next try.",
    3024: "The statement took too long and was stopped.",
}
"""Error numbers whose own words name hosts, accounts, tables and columns, but never a value."""

_REFUSALS = {1044, _UNKNOWN_TABLE, 1142, 1143, 1227}
"""Trying again will not help until a person has changed something."""


def explained(error: BaseException, place: str) -> BitewingError:
    """Turn a driver's error into a sentence: what, where, how to mend it."""
    if isinstance(error, BitewingError):
        return error
    if isinstance(error, TimeoutError):
        return SourceUnavailableError(f"{place} does not answer in time. Is the server busy?")
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    # The server's own words may quote a value of a row, except in these kinds of errors.
    words = str(error.args[-1]) if number in _MENDS and len(error.args) > 1 else ""
    mend = _MENDS.get(number, f"The driver reports error {number} ({type(error).__name__}).")
    text = f"Cannot read {place}. {words}{'. ' if words else ''}{mend}"
    return SourceRefusedError(text) if number in _REFUSALS else SourceUnavailableError(text)
