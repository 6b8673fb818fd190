"""The app: the office over real HTTP, one call at a time, and answers that get lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest
from tests.practice.serving.asking import A_FREE_SUNDAY, KEYS, Client

from bitewing.cli.hosting import listen_on, make_server
from bitewing.practice.serving.app import App
from bitewing.practice.serving.call import Answer, Call

WISH = {"PatNum": 3, "Op": 1, "AptDateTime": f"{A_FREE_SUNDAY} 09:00:00"}


@dataclass
class Bad:
    """A day on which these things happen, one to a call."""

    instead: list[Answer] = field(default_factory=list)
    lost: int = 0

    async def before(self, call: Call) -> Answer | None:
        return self.instead.pop(0) if self.instead else None

    async def after(self, call: Call, answer: Answer) -> bool:
        self.lost -= 1
        return self.lost < 0


@asynccontextmanager
async def asking(client: Client, day: Bad) -> AsyncIterator[httpx2.AsyncClient]:
    listening = listen_on("127.0.0.1", 0)
    server = make_server(App(client.office.answer, day))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1/"
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listening]))
        async with httpx2.AsyncClient(
            base_url=address, headers={"Authorization": KEYS}, trust_env=False
        ) as http:
            yield http
        server.should_exit = True
        await serving
    listening.close()


async def test_the_office_answers_over_http(client: Client) -> None:
    """Status, location and JSON arrive; a trailing slash is forgiven; errors are bare strings."""
    async with asking(client, Bad()) as http:
        booked = await http.post("appointments/", json=WISH)
        again = await http.post("appointments", json=WISH)
        shown = await http.get("appointments", params={"date": A_FREE_SUNDAY})

    assert booked.status_code == 201
    assert booked.headers["location"].startswith(str(http.base_url))
    assert (again.status_code, again.json()) == (400, "Appointment overlaps existing appointment.")
    assert [one["AptNum"] for one in shown.json()] == [booked.json()["AptNum"]]


async def test_of_many_at_once_one_gets_the_room(client: Client) -> None:
    """Calls are answered one after another, so that looking and booking are not interrupted."""
    async with asking(client, Bad()) as http:
        answers = await asyncio.gather(*(http.post("appointments", json=WISH) for _ in range(12)))

    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 11


async def test_an_answer_may_be_lost_after_the_deed(client: Client) -> None:
    """The appointment is there, but whoever asked for it does not hear of it."""
    async with asking(client, Bad(lost=1)) as http:
        with pytest.raises(httpx2.RemoteProtocolError):
            await http.post("appointments", json=WISH)
        shown = await http.get("appointments", params={"date": A_FREE_SUNDAY})

    assert len(shown.json()) == 1


async def test_an_answer_may_stand_in_for_the_offices(client: Client) -> None:
    """Then nothing is done."""
    busy = Answer(429, "Too many requests.", {"retry-after": "5"})
    async with asking(client, Bad([busy])) as http:
        refused = await http.post("appointments", json=WISH)
        shown = await http.get("appointments", params={"date": A_FREE_SUNDAY})

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert shown.json() == []
