"""Ends: what ends without a connection is told by the event loop, together."""

import asyncio

from bitewing.model.delivery import Outcome
from bitewing.ports.sender import Ended, OnEnds


class Ends:
    """Gathers what came of exchanges until the event loop has gone round.

    Those that cannot be sent, or for which no connection came about: nobody is told from within
    ``post``. What ends on connections a Lookout tells of.
    """

    def __init__(self) -> None:
        self._ended: dict[OnEnds, list[Ended]] = {}

    def note(self, token: object, on_ends: OnEnds, outcome: Outcome) -> None:
        """Note what came of an exchange. Must be called on the event loop."""
        ended = self._ended.get(on_ends)
        if ended is None:
            ended = self._ended[on_ends] = []
            asyncio.get_running_loop().call_soon(self._tell, on_ends)
        ended.append((token, outcome))

    def _tell(self, on_ends: OnEnds) -> None:
        on_ends(self._ended.pop(on_ends))
