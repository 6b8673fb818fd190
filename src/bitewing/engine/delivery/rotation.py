"""The rotation: whose turn it is to send; institutions by turns, and in each its Lines by turns."""

from collections import deque

from bitewing.engine.delivery.line import Line


class Rotation:
    """The Lines that may send.

    In a round every institution has one turn, and all have the same: of what is free when the
    round begins so many that everybody could have as many, at least one. An institution's Lines
    share its turn in the same way. Much that is free is given away in a few steps so, and little
    one by one.
    """

    def __init__(self) -> None:
        self._order: deque[str] = deque()
        self._ready: dict[str, deque[Line]] = {}
        self._turns = self._each = 0
        self._current, self._left, self._share = "", 0, 0

    def __bool__(self) -> bool:
        return bool(self._order)

    def add(self, line: Line) -> None:
        """Let a Line stand at the end of its institution's, unless it stands there already."""
        if line.is_ready:
            return
        line.is_ready = True
        name = line.endpoint.institution or line.endpoint.owner
        lines = self._ready.get(name)
        if lines is None:
            lines = self._ready[name] = deque()
            if self._left and name == self._current:  # its turn goes on
                self._order.appendleft(name)
            else:
                self._order.append(name)
        lines.append(line)

    def next(self, free: int) -> tuple[Line, int]:
        """Take out the Line whose turn it is; give how many of ``free`` exchanges are its share.

        It stays its institution's turn until that is spent, or nothing more is there to send.
        """
        name = self._order[0]
        lines = self._ready[name]
        if not self._left or name != self._current:
            self._begin_turn(name, free, len(lines))
        line = lines.popleft()
        line.is_ready = False
        if not lines:
            del self._ready[name]
            self._order.popleft()
        return line, min(self._share, self._left)

    def spend(self, number: int) -> None:
        """Note that so many exchanges were begun with the Line that was taken out last."""
        self._left = max(0, self._left - number)
        if not self._left and self._order and self._order[0] == self._current:
            self._order.rotate(-1)

    def _begin_turn(self, name: str, free: int, lines: int) -> None:
        if not self._turns:
            self._turns = len(self._order)
            self._each = max(1, free // self._turns)
        self._turns -= 1
        self._current, self._left = name, self._each
        self._share = max(1, self._each // lines)
