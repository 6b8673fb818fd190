"""Asking the practice's API, and looking at what came of it in its tables."""

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.clock import FakeClock

from bitewing.practice.creating import HOME_ZONE
from bitewing.practice.database import Value, connect
from bitewing.practice.serving.call import Answer, Call
from bitewing.practice.serving.office import Office

DEVELOPER_KEY, CUSTOMER_KEY = "NFF6i0KrXrxDkZHt", "VzkmZEaUWOjnQX2z"
KEYS = f"ODFHIR {DEVELOPER_KEY}/{CUSTOMER_KEY}"
A_FREE_SUNDAY = "2026-03-08"
"""Nothing is booked on it, and it is no holiday."""


@dataclass(frozen=True)
class Client:
    """Somebody who holds the practice's keys."""

    office: Office
    url: str

    def ask(
        self, method: str, path: str, body: Any = None, *, keys: str = KEYS, **asked: str
    ) -> Answer:
        """Ask for something."""
        return self.office.answer(
            Call(
                method,
                path,
                "http://127.0.0.1:30223/api/v1",
                asked,
                keys,
                "application/json",
                b"" if body is None else json.dumps(body).encode(),
            )
        )

    def book(self, time: str = "09:00:00", day: str = A_FREE_SUNDAY, **fields: Any) -> Answer:
        """Book patient 3 into room 1."""
        wish = {"PatNum": 3, "Op": 1, "AptDateTime": f"{day} {time}"} | fields
        return self.ask("POST", "appointments", wish)

    def booked(self, time: str = "09:00:00", **fields: Any) -> int:
        """Book, and give the AptNum."""
        answer = self.book(time, **fields)
        assert answer.status == 201, answer.content
        return int(answer.content["AptNum"])

    def rows(self, statement: str, *values: Value) -> list[tuple[Any, ...]]:
        """Look into the database."""
        with connect(self.url) as database:
            return database.rows(statement, values)

    def run(self, statement: str, *values: Value) -> None:
        """Change something in the database behind the API's back."""
        with connect(self.url) as database:
            database.run(statement, values)

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        ((count,),) = self.rows(f"SELECT COUNT(*) FROM `{table}`")
        return int(count)


def client_of(url: str) -> Client:
    """Give a client of the practice at that URL; it is Monday, ten o'clock, in the office."""
    office = Office(url, FakeClock().now, HOME_ZONE, DEVELOPER_KEY, CUSTOMER_KEY)
    office.open()
    return Client(office, url)
