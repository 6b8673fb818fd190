"""The binary log: where a server has it on, it tells of a commit within a millisecond.

It is a hint and nothing else: what was written is read with the same SELECT as ever, so a log that
is cut, purged or never begun loses nothing. Only the ends of transactions are looked at.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asyncmy.errors import MySQLError
from asyncmy.replication.binlogstream import BinLogStream
from asyncmy.replication.errors import BinLogNotEnabledError
from asyncmy.replication.events import QueryEvent, XidEvent

_ERRORS = (MySQLError, BinLogNotEnabledError, OSError, EOFError, TimeoutError, ValueError)
"""A statement in another character set than ours is a ValueError of the driver's."""

_LARGEST_SERVER_ID = 2**32 - 2


@dataclass(slots=True)
class Binlog:
    """Listens as a replica does, from the present end of the log on.

    ``make_connection`` gives a connection that is not yet open. The account needs REPLICATION
    SLAVE, and BINLOG MONITOR (MariaDB) or REPLICATION CLIENT (MySQL) to find the log's end.
    """

    make_connection: Callable[[], Any]
    _stream: BinLogStream | None = None

    async def wait(self) -> bool:
        """Return True when a transaction has ended; False if the log cannot be read."""
        try:
            if self._stream is None:
                self._stream = BinLogStream(
                    self.make_connection(),
                    self.make_connection(),
                    server_id=1 + secrets.randbelow(_LARGEST_SERVER_ID),
                    resume_stream=True,
                    blocking=True,
                    # MyISAM ends a transaction with a statement COMMIT, InnoDB with an Xid.
                    only_events=[QueryEvent, XidEvent],
                    freeze_schema=True,
                )
            await anext(self._stream)
        except (*_ERRORS, StopAsyncIteration):
            await self.close()
            return False
        except BaseException:
            self._drop()
            raise
        return True

    async def close(self) -> None:
        """Stop listening."""
        self._drop()

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            # A dump never ends by itself: there is nobody to take leave of.
            stream._connection.close()  # noqa: SLF001 - the stream offers only a polite end
