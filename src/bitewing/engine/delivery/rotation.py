"""The rotation: whose turn it is to send; institutions by turns, and in each its Lines by turns."""

from collections import deque

from bitewing.engine.delivery.line import Line


class Rotation:
    """The Lines that may send."""

    def __init__(self) -> None:
        self._order: deque[str] = deque()
        self._ready: dict[str, deque[Line]] = {}

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
            self._order.append(name)
        lines.append(line)

    def next(self, free: int) -> tuple[Line, int]:
        """Take out the Line whose turn it is; give how many of ``free`` exchanges are its share.

        All who stand here could have their share: institutions alike, and in each its Lines alike.
        """
        name = self._order.popleft()
        lines = self._ready[name]
        share = free // ((len(self._order) + 1) * len(lines))
        line = lines.popleft()
        line.is_ready = False
        if lines:
            self._order.append(name)
        else:
            del self._ready[name]
        return line, share

    def keep_turn(self, line: Line) -> None:
        """Let it stay its institution's turn: the Line that was just taken out cannot send."""
        name = line.endpoint.institution or line.endpoint.owner
        if self._order and self._order[-1] == name:
            self._order.appendleft(self._order.pop())
