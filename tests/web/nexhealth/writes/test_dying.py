"""The process ends after any step of a write, and everything is done once all the same.

The adapters are the real ones: the store in its file, Open Dental's API over a socket, and the
practice's database, which is read again before or after the next process writes.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.servers.mariadb import MariaDB
from tests.sources.conformance.writing.practices import ServedPractice, served
from tests.web.nexhealth.writes.booking import Desk, messages
from tests.web.nexhealth.writes.dying import Fuse, PowerCutError, mortal
from tests.web.office import ZONE, Office, open_office

from bitewing.practice.creating import create

TODAY = date(2026, 11, 2)
EVENTS = ("patient_created", "appointment_created", "appointment_updated")
PERSON = {
    "first_name": "Zoe",
    "last_name": "Quill",
    "email": "zoe@example.com",
    "bio": {"date_of_birth": "1990-02-03", "phone_number": "5163042196"},
}
_IN_ORDER = """
    request undone #1, request kept #1, request undone #2, request kept #2,
    scribe undone #1, scribe kept #1, patient begun undone #1, patient begun kept #1,
    find_patient answered #1, add_patient answered #1, patient undone #1, patient kept #1,
    book answered #1, scribe undone #2, scribe kept #2, scribe undone #3, scribe kept #3,
    reading undone #1, reading kept #1,
    request undone #3, request kept #3, scribe undone #4, scribe kept #4,
    confirm answered #1, scribe undone #5, scribe kept #5, scribe undone #6, scribe kept #6,
    reading undone #2, reading kept #2,
    request undone #4, request kept #4, scribe undone #7, scribe kept #7,
    cancel answered #1, scribe undone #8, scribe kept #8, scribe undone #9, scribe kept #9,
    reading undone #3, reading kept #3
"""
STEPS = [step.strip() for step in _IN_ORDER.split(",")]
"""For a new patient: patient and appointment are asked for, written and read; then confirmed and
cancelled. ``undone`` is before the commit, ``kept`` after it, ``answered`` is by the practice."""
IDLE = ("scribe undone #3", "scribe kept #3", "scribe undone #6", "scribe kept #6",
        "scribe undone #9", "scribe kept #9")  # fmt: skip
"""At these the scribe finds that nothing is due."""
ENDS = [step for step in STEPS if step not in IDLE]
UNSURE = [one for one in ENDS if not one.startswith(("request", "reading")) and "undone" not in one]
"""After these it matters whether the next process reads first or writes first."""


@dataclass
class House:
    """A program that is built anew on the same store whenever its process has ended."""

    folder: Path
    practice: Path | str
    api: ServedPractice
    fuse: Fuse
    reads_first: bool = False
    running: AsyncExitStack = field(default_factory=AsyncExitStack)
    known: Desk | None = None

    @property
    def desk(self) -> Desk:
        assert self.known is not None
        return self.known

    async def start(self) -> None:
        opening = open_office(
            self.folder, self.practice, writer=self.api.address, parts=mortal(self.fuse)
        )
        office = await self.running.enter_async_context(opening)
        if self.known is None:
            await read(office)
            self.known = await Desk.of(office, self.api)
            for event in EVENTS:
                await self.known.client.subscribe(1, event)
            self.fuse.arm()
            return
        self.known = self.known.in_office(office)
        if self.reads_first:
            await read(office)

    async def survive(self, act: Callable[[Desk], Awaitable[None]]) -> None:
        """Do it; should the process end meanwhile, start another and do it there."""
        try:
            await act(self.desk)
        except PowerCutError:
            await self.running.aclose()
            await self.start()
            await act(self.desk)

    async def live(self, number: int = 0) -> tuple[int, int]:
        """Book for a new patient, confirm and cancel; give the ids of both.

        ``number`` tells patients, days and requests apart.
        """
        ids: list[int] = []
        person = PERSON | {"first_name": f"{PERSON['first_name']}{chr(ord('a') + number)}"}

        async def join(desk: Desk) -> None:
            body = {"provider": {"provider_id": desk.provider}, "patient": person}
            answer = await desk.ask("POST", "/patients", body, key=f"join {number}")
            ids.append(answer.data["user"]["id"])

        async def book(desk: Desk) -> None:
            answer = await desk.book(
                f"book {number}",
                patient_id=ids[-1],
                start_time=desk.at(days=3 + number),
                end_time=desk.at(30, days=3 + number),
            )
            ids.append(answer.data["appt"]["id"])

        for act in (
            *(join, book, write_and_read),
            *(changing(ids, "confirmed"), write_and_read),
            *(changing(ids, "cancelled"), write_and_read),
        ):
            await self.survive(act)
        return ids[0], ids[-1]


def changing(ids: list[int], name: str) -> Callable[[Desk], Awaitable[None]]:
    async def change(desk: Desk) -> None:
        body = {"appt": {name: True}}
        await desk.ask("PATCH", f"/appointments/{ids[-1]}", body, key=name)

    return change


async def write_and_read(desk: Desk) -> None:
    await desk.hasten()
    await desk.write()
    await read(desk.office)


async def read(office: Office) -> None:
    """Read the practice that is written into; the other institution's stays as it was."""
    poller = office.program.pollers[0]
    while not poller.health.is_ready:
        await poller.step()
    await poller.poll()


def told(folder: Path) -> list[tuple[str, int]]:
    """Give every Event of the store, in order, with the id of what it tells of."""
    return [
        (described(event, json.loads(body)["data"]), id_in(body))
        for event, body in messages(folder)
    ]


def id_in(body: bytes) -> int:
    thing = next(iter(json.loads(body)["data"].values()))
    return int((thing[0] if isinstance(thing, list) else thing)["id"])


def described(event: str, data: dict[str, Any]) -> str:
    """Name the Event, and what became true by it."""
    before = data.get("previous_attributes", {})
    return " ".join([event, *(name for name in ("confirmed", "cancelled") if name in before)])


def promised(patient: int, appointment: int) -> list[tuple[str, int]]:
    """Give what everybody is told in the course of it, in order."""
    return [
        ("patient_created", patient),
        ("appointment_insertion.complete", appointment),
        ("appointment_created", appointment),
        ("appointment_updated confirmed", appointment),
        ("appointment_updated cancelled", appointment),
    ]


def in_order(everything: list[tuple[str, int]], ids: tuple[int, int]) -> list[tuple[str, int]]:
    """Give what is told of this patient and appointment, the patient first."""
    return [one for number in ids for one in everything if one[1] == number]


def left_behind(api: ServedPractice) -> tuple[list[tuple[int, int]], int]:
    """Give status and confirmation of what was booked here, and count those who were added."""
    ((people,),) = api.rows("SELECT COUNT(*) FROM patient WHERE LName = 'Quill'")
    booked = api.rows("SELECT AptStatus, Confirmed FROM appointment WHERE Note = 'Window seat'")
    return [(status, confirmed) for status, confirmed in booked], people


async def run(practice: Path, fuse: Fuse, *, reads_first: bool) -> House:
    """Let it all happen, and compare what the practice has and everybody was told."""
    async with served(f"sqlite:///{practice}", ZONE) as api:
        house = House(practice.parent, practice, api, fuse, reads_first)
        await house.start()
        ids = await house.live()
        await house.running.aclose()

        assert left_behind(api) == ([(5, 21)], 1)
        assert in_order(told(practice.parent), ids) == promised(*ids)
        assert len(told(practice.parent)) == len(promised(*ids))
    return house


async def test_every_step_is_named_here(read_practice: Path) -> None:
    """What happens if nothing happens: the steps are those that the next test ends at."""
    house = await run(read_practice, Fuse(), reads_first=False)

    assert house.fuse.passed == STEPS


@pytest.mark.parametrize(
    ("step", "reads_first"),
    [*((step, False) for step in ENDS), *((step, True) for step in UNSURE)],
)
async def test_each_thing_is_done_once_whenever_the_process_ends(
    read_practice: Path,
    step: str,
    reads_first: bool,  # noqa: FBT001 - pytest's way
) -> None:
    """One patient, one appointment, and each Event once, under the ids that were promised."""
    house = await run(read_practice, Fuse(step), reads_first=reads_first)

    assert house.fuse.blows_at == ""


@pytest.mark.live
async def test_each_thing_is_done_once_on_mariadb(tmp_path: Path, mariadb: MariaDB) -> None:
    """The same in a row, on one server's practice: slower, since its reading takes its time."""
    database = mariadb.create_database()
    create(database.url, patients=12, seed=7, today=TODAY, zone=ZONE)
    ids, fuse = list[tuple[int, int]](), Fuse()
    async with served(database.url, ZONE) as api:
        house = House(tmp_path, database.url, api, fuse, reads_first=True)
        await house.start()
        for number, step in enumerate(UNSURE):
            fuse.arm(step)
            ids.append(await house.live(number))
            assert fuse.blows_at == "", step
        await house.running.aclose()

        assert left_behind(api) == ([(5, 21)] * len(UNSURE), len(UNSURE))
    everything = told(tmp_path)
    assert [in_order(everything, pair) for pair in ids] == [promised(*pair) for pair in ids]
    assert len(everything) == len(ids) * len(promised(0, 0))
    mariadb.drop_database(database.name)
