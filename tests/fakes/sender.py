"""FakeSender: a receiver that answers as a test has told it, and remembers what it was sent."""

import asyncio
from collections import Counter, deque

from bitewing.model.delivery import Message, Outcome, OutcomeKind
from bitewing.ports.sender import OnOutcome

TAKEN = Outcome(OutcomeKind.ANSWERED, 200)


def answered(status: int) -> Outcome:
    """Give an answer with this HTTP status."""
    return Outcome(OutcomeKind.ANSWERED, status)


class FakeSender:
    """Implements the port ``Sender``.

    Attributes:
        messages: all that it was sent, in order.
        script: what comes of the next exchanges, whoever they are with; then ``standing``.
        standing: URL → what comes of every exchange; 200 where nothing is said.
        doors: cleared, exchanges begin but do not end before it is set again.
        posted: exchanges that were posted and have not ended.
        busiest: URL → the most exchanges that were ever under way at once.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.script: deque[Outcome] = deque()
        self.standing: dict[str, Outcome] = {}
        self.doors = asyncio.Event()
        self.doors.set()
        self.busiest: Counter[str] = Counter()
        self.is_closed = False
        self._under_way: Counter[str] = Counter()
        self._began = asyncio.Event()
        self.posted: list[tuple[Message, OnOutcome]] = []

    def post(self, message: Message, on_end: OnOutcome) -> None:
        """See the port; the exchange ends when a test calls ``answer_all``."""
        self.begin(message)
        self.posted.append((message, on_end))

    def answer_all(self) -> int:
        """End the exchanges that have been posted; give how many they were."""
        posted, self.posted = self.posted, []
        for message, on_end in posted:
            self.end(message)
            on_end(self._outcome(message))
        return len(posted)

    async def send(self, message: Message) -> Outcome:
        """See the port."""
        self.begin(message)
        try:
            await self.doors.wait()
        finally:
            self.end(message)
        return self._outcome(message)

    def _outcome(self, message: Message) -> Outcome:
        return self.script.popleft() if self.script else self.standing.get(message.url, TAKEN)

    def begin(self, message: Message) -> None:
        """Note that an exchange has begun."""
        self.messages.append(message)
        self._under_way[message.url] += 1
        self.busiest |= self._under_way
        self._began.set()

    def end(self, message: Message) -> None:
        """Note that it has ended."""
        self._under_way[message.url] -= 1

    async def probe(self, url: str) -> Outcome | None:
        """See the port."""
        outcome = self.standing.get(url)
        return None if outcome is None or outcome.kind is OutcomeKind.ANSWERED else outcome

    async def close(self) -> None:
        """See the port."""
        self.is_closed = True

    async def until_sent(self, messages: int) -> None:
        """Return when at least so many exchanges have begun."""
        while len(self.messages) < messages:
            self._began.clear()
            await self._began.wait()
