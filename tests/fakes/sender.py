"""FakeSender: a receiver that answers as a test has told it, and remembers what it was sent."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from bitewing.model.delivery import Destination, Headers, Outcome, OutcomeKind
from bitewing.ports.sender import OnEnds, Posting

OnEnd = Callable[[Outcome], object]

TAKEN = Outcome(OutcomeKind.ANSWERED, 200)


def answered(status: int) -> Outcome:
    """Give an answer with this HTTP status."""
    return Outcome(OutcomeKind.ANSWERED, status)


class Message(NamedTuple):
    """What was sent once: where to, headers and bytes."""

    url: str
    headers: Headers
    body: bytes
    timeout: timedelta
    ca_pem: str | None = None


@dataclass(frozen=True)
class Ending:
    """Tells whoever posted what came of one exchange."""

    token: Any
    on_ends: OnEnds

    def __call__(self, outcome: Outcome) -> None:
        self.on_ends([(self.token, outcome)])


class FakeSender:
    """Implements the port ``Sender``.

    Attributes:
        messages: all that it was sent, in order.
        script: what comes of the next exchanges, whoever they are with; then ``standing``.
        standing: URL → what comes of every exchange; 200 where nothing is said.
        posted: exchanges that were posted and have not ended.
        busiest: URL → the most exchanges that were ever under way at once.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.script: deque[Outcome] = deque()
        self.standing: dict[str, Outcome] = {}
        self.busiest: Counter[str] = Counter()
        self.is_closed = False
        self._under_way: Counter[str] = Counter()
        self.posted: list[tuple[Message, OnEnd]] = []

    def post(self, destination: Destination, posted: Sequence[Posting], on_ends: OnEnds) -> None:
        """See the port; the exchanges end when a test calls ``answer_all``."""
        url, timeout, ca_pem = destination
        for token, headers, body in posted:
            self.post_one(Message(url, headers, body, timeout, ca_pem), Ending(token, on_ends))

    def post_one(self, message: Message, on_end: OnEnd) -> None:
        """Begin one exchange."""
        self.begin(message)
        self.posted.append((message, on_end))

    def answer_all(self) -> int:
        """End the exchanges that have been posted, all at once; give how many they were."""
        posted, self.posted = self.posted, []
        ended: dict[OnEnds, list[tuple[Any, Outcome]]] = defaultdict(list)
        for message, on_end in posted:
            assert isinstance(on_end, Ending)
            self.end(message)
            ended[on_end.on_ends].append((on_end.token, self._outcome(message)))
        for on_ends, outcomes in ended.items():
            on_ends(outcomes)
        return len(posted)

    def _outcome(self, message: Message) -> Outcome:
        return self.script.popleft() if self.script else self.standing.get(message.url, TAKEN)

    def begin(self, message: Message) -> None:
        """Note that an exchange has begun."""
        self.messages.append(message)
        self._under_way[message.url] += 1
        self.busiest |= self._under_way

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
