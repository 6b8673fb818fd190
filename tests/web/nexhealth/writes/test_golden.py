"""Golden messages of writing: from real rows, through the real APIs, as they are delivered.

Ids, keys and times come out the same in every run. Those of which NexHealth shows an example
have its shape too, from the envelope to the last type.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.clock import FakeClock
from tests.sources.conformance.writing.practices import ServedPractice, served
from tests.web.nexhealth.writes.booking import Desk, messages
from tests.web.office import OTHER_API_KEY, ZONE, Office, bearing, open_office

from bitewing.bootstrap import Parts
from bitewing.practice.creating import create
from bitewing.practice.serving.call import Answer

AT = datetime(2024, 3, 21, 17, 52, 47, 824000, tzinfo=UTC)
"""The examples' ``event_time``."""
EXAMPLES = Path(__file__).parents[3] / "golden" / "nexhealth"
GOLDENS = EXAMPLES / "written"
SHOWN = (
    "appointment_insertion.complete",
    "appointment_requested",
    "form_request_completed",
    "form_response_insertion.complete",
)
"""Of these NexHealth shows an example."""
FORM = "d2594a76862247209d4c35a92e0902f8"
"""Stands for the random ids of forms."""
NOT_FOUND = Answer(404, "Patient not found")


@dataclass(frozen=True)
class House:
    """An institution at the moment of the examples, and what its program has told."""

    folder: Path
    office: Office
    api: ServedPractice
    clock: FakeClock

    async def desk(self, **where: str) -> Desk:
        desk = await Desk.of(self.office, self.api, **where)
        return replace(desk, now=lambda: AT)

    async def form(self, desk: Desk) -> None:
        """Let a patient hand in a form."""
        body = {"form_request": {"patient_id": desk.patient}}
        form = (await desk.ask("POST", "/forms/request", body)).data["form_request"]
        await self.office.client.post(f"/forms/{form['id']}", data={"allergies": "none"})

    async def upload(self, desk: Desk) -> None:
        await self.office.client.post(
            f"/patients/{desk.patient}/documents",
            params={"subdomain": desk.subdomain, "location_id": desk.location},
            files={"file": ("consent.pdf", b"%PDF-1.7", "application/pdf")},
            headers=bearing(desk.client.api_key),
        )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    practice, clock = tmp_path / "practice.db", FakeClock(AT)
    create(f"sqlite:///{practice}", patients=12, seed=7, today=date(2024, 3, 21), zone=ZONE)
    async with (
        served(f"sqlite:///{practice}", ZONE, clock) as api,
        open_office(tmp_path, practice, writer=api.address, parts=Parts(clock)) as office,
    ):
        await office.read()
        yield House(tmp_path, office, api, clock)


async def tell_everything(house: House) -> None:
    """Book, hand in and upload, with every ending; last of all an hour comes that is too late."""
    desk = await house.desk()
    visit = {
        "note": "Patient has been having a cough for 3 days",
        "referrer": "http://mypractice.com/book",
    }
    await desk.book(**visit)
    await desk.book(**visit)
    await house.form(desk)
    await house.upload(desk)
    await desk.write()
    for deed in (house.form, house.upload):
        await deed(desk)
        house.api.mishaps.instead.append(NOT_FOUND)
        await desk.write()
    unwritten = await house.desk(key=OTHER_API_KEY, subdomain="dark-smiles")
    await unwritten.book(**visit)
    house.api.go_away()
    await desk.book(**visit | {"start_time": desk.at(60), "end_time": desk.at(90)})
    await desk.write()
    house.clock.advance(4 * 86400)
    await desk.write()


def neutral(body: bytes) -> dict[str, Any]:
    """Give a body without what is random: the ids of forms, and when the demo's rows were made."""
    told: dict[str, Any] = json.loads(body)
    text = json.dumps(told["data"])
    for form in forms_in(told["data"]):
        text = text.replace(form, FORM)
    told["data"] = json.loads(text)
    for appointment in told["data"].get("appointments", ()):
        for stamp in ("updated_at", "last_sync_time"):
            assert appointment["patient"][stamp].endswith("Z")
            appointment["patient"][stamp] = None
    return told


def forms_in(data: dict[str, Any]) -> list[str]:
    request, response = data.get("formrequest"), data.get("formresponse")
    return [
        one for one in (request and request["id"], response and response["form_request_id"]) if one
    ]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give path and value of everything, in order; what it is for is not compared (descriptors)."""
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}")
    if isinstance(value, list) and not path.endswith((".descriptors", ".location_ids")):
        for place, one in enumerate(value):
            yield from leaves(one, f"{path}.{place}")


async def test_every_message_of_writing_is_golden(house: House) -> None:
    """Field for field, with the same keys, order, types and values."""
    await tell_everything(house)
    told = {event: neutral(body) for event, body in messages(house.folder)}
    assert set(told) == {path.stem for path in GOLDENS.glob("*.json")}
    for event, body in told.items():
        golden = json.loads((GOLDENS / f"{event}.json").read_text())
        assert json.dumps(body, indent=2) == json.dumps(golden, indent=2), event


@pytest.mark.parametrize("event", SHOWN)
def test_a_golden_has_the_shape_of_its_example(event: str) -> None:
    """The same keys in the same order, and the same types wherever neither is null."""
    ours = list(leaves(json.loads((GOLDENS / f"{event}.json").read_text())))
    theirs = list(leaves(json.loads((EXAMPLES / f"{event}.json").read_text())))

    assert [place for place, _ in ours] == [place for place, _ in theirs]
    for (place, one), (_, other) in zip(ours, theirs, strict=True):
        assert None in (one, other) or type(one) is type(other), place
