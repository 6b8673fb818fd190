"""A receiver that owes nothing to bitewing's code: it notes every Message that comes."""

import enum
import http.server
import json
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Element = dict[str, Any]
HOST = "127.0.0.1"
KEYS = {
    "WatchTable: Appointment": "AptNum",
    "WatchTable: AppointmentDeleted": "HistApptNum",
    "WatchTable: Operatory": "OperatoryNum",
    "WatchTable: PatField": "PatFieldNum",
    "WatchTable: Patient": "PatNum",
    "WatchTable: Provider": "ProvNum",
    "WatchTable: Schedule": "ScheduleNum",
    "WatchTable: ToothInitial": "ToothInitialNum",
    "UiEventType: PatientSelected": "PatNum",
}
"""Event-Type → what tells one element from another."""
STAMPS = ("DateTStamp", "SecDateTEdit")


class Mood(enum.Enum):
    """How the receiver treats who comes."""

    TAKES = 200
    FAILS = 500
    HANGS_UP = 0


@dataclass(frozen=True)
class Arrival:
    """One request as it came, and what was answered; status 0 is none."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def event_name(self) -> str:
        return self.headers["event-type"]

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def elements(self) -> list[Element]:
        parsed = json.loads(self.body)
        return parsed if isinstance(parsed, list) else [parsed]


@dataclass
class Ledger:
    """Everything that came, in the order in which it was answered."""

    arrivals: list[Arrival] = field(default_factory=list)
    side_by_side: int = 0
    _under_way: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, path: str) -> None:
        with self._lock:
            self._under_way[path] += 1
            self.side_by_side += self._under_way[path] > 1

    def end(self, arrival: Arrival) -> None:
        with self._lock:
            self._under_way[arrival.path] -= 1
            self.arrivals.append(arrival)

    def drop(self, path: str) -> None:
        """Forget a request that never came to its end."""
        with self._lock:
            self._under_way[path] -= 1

    def taken(self, event_name: str = "") -> list[Arrival]:
        """Give what was acknowledged, each Message once, at its first acknowledgement."""
        with self._lock:
            came = list(self.arrivals)
        first = {one.id: one for one in reversed(came) if one.status == Mood.TAKES.value}
        return [
            one for one in came if first.get(one.id) is one and one.event_name.endswith(event_name)
        ]

    def images(self, event_name: str) -> dict[int, Element]:
        """Give the last acknowledged image of each row."""
        return {
            int(element[KEYS[one.event_name]]): element
            for one in self.taken(event_name)
            for element in one.elements
        }

    def repeats(self) -> list[str]:
        """Give the ids that came more than once, whatever was answered."""
        return [id_ for id_, times in Counter(one.id for one in self.arrivals).items() if times > 1]

    def altered_repeats(self) -> list[str]:
        """Give the ids that came with different bytes: there must be none, ever."""
        bodies = {one.id: one.body for one in self.arrivals}
        return [one.id for one in self.arrivals if bodies[one.id] != one.body]

    def gone_back(self) -> list[str]:
        """Give the rows whose stamp went backwards: an old image came after a newer one."""
        newest: dict[tuple[str, int], str] = {}
        found = []
        for name, key, element in self._told():
            stamp = next((element[column] for column in STAMPS if column in element), "")
            if stamp < newest.get((name, key), ""):
                found.append(f"{name} {key}")
            newest[name, key] = stamp
        return found

    def told_twice(self) -> list[str]:
        """Give the rows of which the very same image was acknowledged in two Messages."""
        last: dict[tuple[str, int], Element] = {}
        found = []
        for name, key, element in self._told():
            if last.get((name, key)) == element:
                found.append(f"{name} {key}")
            last[name, key] = element
        return found

    def _told(self) -> Iterator[tuple[str, int, Element]]:
        for one in self.taken():
            for element in one.elements:
                yield one.event_name, int(element[KEYS[one.event_name]]), element


class _Server(http.server.ThreadingHTTPServer):
    """Threads end with the server; a sender that was killed is no error."""

    daemon_threads = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay calm about lost connections only."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Receiver:
    """Listens on a port of its own from ``on`` to ``off``, and again."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.mood = Mood.TAKES
        self.port = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._connections: set[socket.socket] = set()

    def url(self, path: str) -> str:
        return f"http://{HOST}:{self.port}/{path}"

    def on(self) -> None:
        """Open the port; the same one each time."""
        self._server = _Server((HOST, self.port), self._conversation())
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def off(self) -> None:
        """Close the port and every connection."""
        server, self._server = self._server, None
        if server is None or self._thread is None:
            return
        server.shutdown()
        self._thread.join()
        for connection in list(self._connections):
            connection.shutdown(socket.SHUT_RDWR)
        server.server_close()

    def _conversation(self) -> type[http.server.BaseHTTPRequestHandler]:
        receiver = self

        class Conversation(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 120

            def setup(self) -> None:
                super().setup()
                receiver._connections.add(self.connection)

            def finish(self) -> None:
                receiver._connections.discard(self.connection)
                super().finish()

            def do_POST(self) -> None:
                receiver.ledger.begin(self.path)
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                # A sender that was killed in the middle of a body has not said anything.
                if len(body) < length:
                    receiver.ledger.drop(self.path)
                    self.close_connection = True
                    return
                mood = receiver.mood
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.ledger.end(Arrival(self.path, headers, body, mood.value))
                if mood is Mood.HANGS_UP:
                    self.close_connection = True
                    return
                self.send_response(mood.value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing: names in elements are nobody's business here either."""

        return Conversation
