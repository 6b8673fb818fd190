"""Forms: asked for, filled in at a page or by a client, filed as a PDF, and told of."""

import asyncio
import base64
import io
import threading
from typing import Any

import httpx2
import pypdf
import pytest
from tests.web.nexhealth.writes.booking import Desk
from tests.web.office import API_KEY, OTHER_API_KEY, bearing

from bitewing.clock import SystemClock
from bitewing.engine.operations.writing import WritingDesk
from bitewing.engine.signals import Signals
from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import WriteState
from bitewing.web.nexhealth.writes.form_tray import FormTray

ANSWERS = {
    "allergies": "Penicillin & <latex>",
    "medications": "none",
    "conditions": "Asthma\nsince 2019",
}


async def ask_for_form(desk: Desk, **fields: Any) -> dict[str, Any]:
    body = {"form_request": {"patient_id": desk.patient} | fields}
    answer = await desk.ask("POST", "/forms/request", body)
    assert answer.status == 201, answer
    shown: dict[str, Any] = answer.data["form_request"]
    return shown


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def filed(desk: Desk) -> list[bytes]:
    """Give the documents that were filed in the practice through its API."""
    rows = desk.office.rows("SELECT Note FROM document WHERE Note LIKE '_rawBase64_:.pdf_%'")
    return [base64.b64decode(note.removeprefix("_rawBase64_:.pdf_")) for (note,) in rows]


async def fetch(desk: Desk, url: str, api_key: str) -> httpx2.Response:
    return await desk.office.client.get(url, headers=bearing(api_key))


async def check_document(desk: Desk, response: dict[str, Any]) -> None:
    """The PDF in the practice is the one that the institution's clients, they alone, may fetch."""
    (pdf,) = filed(desk)
    text = text_of(pdf)
    assert "Medical History" in text
    assert "Penicillin & <latex>" in text
    assert "since 2019" in text
    (document,) = response["response_documents"]
    fetched = await fetch(desk, document["pdf_url"], API_KEY)
    assert fetched.content == pdf
    strangers = [
        await desk.office.client.get(document["pdf_url"]),
        await fetch(desk, document["pdf_url"], OTHER_API_KEY),
        await fetch(desk, document["pdf_url"].replace("bright", "dark"), OTHER_API_KEY),
    ]
    assert [one.status_code for one in strangers] == [401, 403, 404]


async def test_a_form_is_filled_in_at_its_page(desk: Desk) -> None:
    """Both events follow, and the document in the practice says what was answered."""
    form = await ask_for_form(desk, title="Medical History")
    page = f"/forms/{form['id']}"
    shown = await desk.office.client.get(page)
    thanks = await desk.office.client.post(page, data=ANSWERS)
    completed = await desk.told()
    await desk.write()
    inserted = await desk.told()
    again = await desk.office.client.get(page)

    assert (shown.status_code, thanks.status_code) == (200, 200)
    assert "Allergies" in shown.text
    assert "Thank you" in thanks.text
    assert "handed in" in again.text
    assert completed == [
        (
            "form_request_completed",
            {
                "formrequest": {
                    "id": form["id"],
                    "location_id": desk.location,
                    "appointment_id": None,
                }
            },
        )
    ]
    ((event, data),) = inserted
    response = data["formresponse"]
    assert event == "form_response_insertion.complete"
    assert list(response) == [
        "id",
        "status",
        "response_documents",
        "form_request_id",
        "patient_id",
    ]
    assert (response["form_request_id"], response["patient_id"]) == (form["id"], desk.patient)
    await check_document(desk, response)


async def test_a_requests_host_is_never_believed(desk: Desk) -> None:
    """Links lead to where the configuration says that we are, whatever a caller claims."""
    desk.office.client.headers["Host"] = "evil.example"
    form = await ask_for_form(desk)

    assert form["url"] == f"http://127.0.0.1:8700/forms/{form['id']}"


async def test_a_form_is_handed_in_by_a_client_once(desk: Desk) -> None:
    """A second time is refused; the request says how far it is."""
    form = await ask_for_form(desk)
    body = {"form_request_id": form["id"], "patient_submitted_data": ANSWERS}
    path = f"/forms/request/{form['id']}"

    before = (await desk.client.get(path)).data["form_request"]["request_status"]
    first = await desk.ask("POST", "/form_responses", body)
    again = await desk.ask("POST", "/form_responses", body)
    between = (await desk.client.get(path)).data["form_request"]["request_status"]
    await desk.write()
    after = (await desk.client.get(path)).data["form_request"]["request_status"]

    assert (first.status, again.status) == (201, 400)
    assert again.error == "The form has been handed in already"
    assert (before, between, after) == ("NOT_CLICKED", "COMPLETE", "UPLOADED")
    assert len(filed(desk)) == 1


async def test_a_lost_answer_files_once(desk: Desk) -> None:
    """The document is looked for by its title and second before it is filed again."""
    form = await ask_for_form(desk)
    desk.api.lose_next_answer()
    await desk.ask(
        "POST",
        "/form_responses",
        {"form_request_id": form["id"], "patient_submitted_data": ANSWERS},
    )
    await desk.write()
    await desk.hasten()
    await desk.write()
    told = [event for event, _ in await desk.told()]

    assert told == ["form_request_completed", "form_response_insertion.complete"]
    assert len(filed(desk)) == 1


async def test_a_form_that_cannot_be_filed_fails(desk: Desk) -> None:
    """The practice has deleted the patient meanwhile; event and request say so."""
    form = await ask_for_form(desk)
    desk.office.run("UPDATE patient SET PatStatus = 4")
    await desk.ask(
        "POST",
        "/form_responses",
        {"form_request_id": form["id"], "patient_submitted_data": ANSWERS},
    )
    await desk.write()
    told = dict(await desk.told())
    shown = await desk.client.get(f"/forms/request/{form['id']}")

    response = told["form_response_insertion.failed"]["formresponse"]
    assert response["status"] == "failed"
    assert response["failure_reason"] == "A deleted patient cannot be modified."
    assert shown.data["form_request"]["failure_reason"] == "A deleted patient cannot be modified."
    assert filed(desk) == []


@pytest.mark.parametrize("path", ["/forms/0123", "/forms/ü"])
async def test_a_form_that_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    """Nobody learns more than that."""
    assert (await desk.office.client.get(path)).status_code == 404


async def test_a_form_may_be_asked_for_by_appointment(desk: Desk) -> None:
    """Its patient is asked, and nobody else's appointment will do."""
    appointment = (await desk.book()).data["appt"]["id"]
    wish: dict[str, int] = {"appointment_id": appointment}
    form = await desk.ask("POST", "/forms/request", {"form_request": wish})
    others = {"appointment_id": appointment, "patient_id": desk.patient + 1}
    refused = await desk.ask("POST", "/forms/request", {"form_request": others})
    unknown = await desk.ask("POST", "/forms/request", {"form_request": {"appointment_id": 1}})
    shown = form.data["form_request"]

    assert (form.status, refused.status, unknown.status) == (201, 400, 400)
    assert (shown["patient_id"], shown["appointment_id"]) == (desk.patient, appointment)
    assert refused.error == f"Appointment with id {appointment} not found"


async def test_a_request_may_name_its_questions(desk: Desk) -> None:
    """They are asked in the place of ours, and stand in the document; labels are shown as text."""
    questions = [
        {"name": "pain", "label": "Where does it <hurt>?"},
        {"name": "since", "label": "?"},
    ]
    form = await ask_for_form(desk, questions=questions)
    page = await desk.office.client.get(f"/forms/{form['id']}")
    await desk.office.client.post(f"/forms/{form['id']}", data={"pain": "upper left"})
    await desk.write()
    (pdf,) = filed(desk)

    assert "Where does it &lt;hurt&gt;?" in page.text
    assert "Allergies" not in page.text
    assert "Where does it <hurt>?" in text_of(pdf)
    assert "upper left" in text_of(pdf)


@pytest.mark.parametrize(
    "questions",
    [[], "pain", ["pain"], [{"name": "a b", "label": "x"}], [{"name": "a", "label": ""}],
     [{"name": "a", "label": "x"}] * 2, [{"name": f"q{n}", "label": "x"} for n in range(101)]],
    ids=str,
)  # fmt: skip
async def test_questions_that_cannot_be_asked_are_refused(desk: Desk, questions: Any) -> None:
    """With what they must be."""
    wish = {"patient_id": desk.patient, "questions": questions}
    answer = await desk.ask("POST", "/forms/request", {"form_request": wish})

    assert answer.status == 400
    assert "questions" in answer.error


async def test_a_form_for_nobody_is_refused(desk: Desk) -> None:
    """As is one without a patient."""
    nobody = await desk.ask("POST", "/forms/request", {"form_request": {"patient_id": 999999}})
    missing = await desk.ask("POST", "/forms/request", {"form_request": {}})
    text = await desk.ask(
        "POST", "/form_responses", {"form_request_id": "x", "patient_submitted_data": {}}
    )

    assert (nobody.status, nobody.error) == (400, "Patient with id 999999 not found")
    assert (missing.status, missing.error) == (
        400,
        "Missing parameter patient_id or appointment_id",
    )
    assert text.status == 404


TOO_LONG = {
    "one answer": ({"pain": "x" * 2001}, "pain: it can have 2000 characters and 100 line breaks"),
    "one answer's breaks": ({"pain": "\n" * 101}, "pain: it can have 2000 characters and 100"),
    "all answers": (
        {f"q{number}": "x" * 2000 for number in range(11)},
        "patient_submitted_data: all answers together can have 20000 characters",
    ),
    "all answers' breaks": (
        {f"q{number}": "\n" * 100 for number in range(11)},
        "patient_submitted_data: all answers together can have 20000 characters and 1000 line",
    ),
}


@pytest.mark.parametrize("what", TOO_LONG)
async def test_answers_that_would_take_long_to_draw_are_refused(desk: Desk, what: str) -> None:
    """A client hears which; at the page the answers are given back to be shortened."""
    answers, complaint = TOO_LONG[what]
    names = ["pain", *(f"q{number}" for number in range(11))]
    form = await ask_for_form(desk, questions=[{"name": one, "label": one} for one in names])
    page = f"/forms/{form['id']}"
    body = {"form_request_id": form["id"], "patient_submitted_data": answers}
    refused = await desk.ask("POST", "/form_responses", body)
    shown = await desk.office.client.post(
        page, data=answers | {"pain": "<i>" + answers.get("pain", "")}
    )
    taken = await desk.office.client.post(page, data={"pain": "a\r\n" * 100})

    assert refused.status == 400
    assert refused.error.startswith(f"Invalid parameter {complaint}")
    assert shown.status_code == 400
    assert "<p role='alert'>Invalid parameter" in shown.text
    assert "<textarea id='pain' name='pain' maxlength='2000'>\n&lt;i&gt;" in shown.text
    assert "Thank you" in taken.text


async def test_what_a_form_is_headed_with_has_a_length(desk: Desk) -> None:
    """It is drawn, too: 500 characters of a title, 10,000 of all labels."""
    labels = [{"name": f"q{number}", "label": "x" * 500} for number in range(21)]
    wishes: list[dict[str, Any]] = [{"title": "x" * 501}, {"questions": labels}]
    answers = [
        await desk.ask(
            "POST", "/forms/request", {"form_request": {"patient_id": desk.patient} | one}
        )
        for one in wishes
    ]

    assert [one.status for one in answers] == [400, 400]
    assert answers[0].error.startswith("Invalid parameter title")
    assert answers[1].error.startswith("Invalid parameter questions")


async def test_a_paper_keeps_nobody_waiting(desk: Desk) -> None:
    """The loop goes on while one is made; of two that are handed in at once one is made."""
    form = await ask_for_form(desk)
    began, goes_on, made = asyncio.Event(), threading.Event(), list[bool]()
    loop = asyncio.get_running_loop()

    def press(*_: object) -> bytes:
        loop.call_soon_threadsafe(began.set)
        made.append(goes_on.wait(timeout=5))
        return b"%PDF"

    store = desk.office.program.store
    sources = {desk.subdomain: ["main-office"]}
    writing = WritingDesk(
        store, sources, SystemClock(), Signals(), lambda *_: None, {"main-office"}
    )
    tray = FormTray(writing, press)

    async def hand_in() -> object:
        try:
            return (await tray.hand_in(form["id"], ANSWERS)).state
        except InvalidRequestError as error:
            return str(error)

    async def go_on() -> None:
        await began.wait()
        goes_on.set()

    first, second, _ = await asyncio.gather(hand_in(), hand_in(), go_on())

    assert made == [True]
    assert (first, second) == (WriteState.WAITING, "The form has been handed in already")
