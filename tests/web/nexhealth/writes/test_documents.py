"""POST /patients/{id}/documents: taken at once, filed after, told when it is."""

import base64
from typing import Any

import pytest
from tests.web.nexhealth.asking import Answer
from tests.web.nexhealth.writes.booking import Desk
from tests.web.office import bearing

from bitewing.model.pending import WriteKind

PICTURE = bytes(range(256)) * 40
FORM = "multipart/form-data; boundary=x"
PART = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.png\r\n\r\nabc"
KEYS = [
    "id",
    "status",
    "patient_id",
    "location_id",
    "filename",
    "document_type_id",
    "created_at",
    "updated_at",
    "foreign_id",
    "foreign_id_type",
]


async def upload(
    desk: Desk,
    name: str = "x-ray.PNG",
    content: bytes = PICTURE,
    *,
    patient: int | None = None,
    key: str = "",
    **fields: Any,
) -> Answer:
    answer = await desk.office.client.post(
        f"/patients/{patient or desk.patient}/documents",
        params={"subdomain": desk.subdomain, "location_id": desk.location},
        files={"file": (name, content, "application/octet-stream")},
        data=fields,
        headers=bearing(desk.client.api_key) | ({"Idempotency-Key": key} if key else {}),
    )
    return Answer(answer.status_code, answer.json())


async def test_a_document_is_taken_filed_and_told_of(desk: Desk) -> None:
    """In the folder that was named, byte for byte, and told under the id that was given."""
    types = (await desk.client.get("/document_types", per_page=100)).data
    taken = await upload(desk, document_type_id=types[-1]["id"])
    before = await desk.told()
    await desk.write()
    ((event, data),) = await desk.told()

    assert taken.status == 201
    shown, told = taken.data["document"], data["document"]
    assert (list(shown), list(told)) == (KEYS, KEYS)
    assert (shown["status"], shown["foreign_id"], before) == ("pending", None, [])
    assert event == "document_insertion.complete"
    ((number, note, category, patient),) = desk.office.rows(
        "SELECT DocNum, Note, DocCategory, PatNum FROM document WHERE Description = 'x-ray.PNG'"
    )
    assert note == "_rawBase64_:.png_" + base64.b64encode(PICTURE).decode()
    assert str(category) == types[-1]["foreign_id"]
    assert patient > 0
    assert (told["id"], told["foreign_id"]) == (shown["id"], str(number))
    assert (told["status"], told["patient_id"]) == ("complete", desk.patient)


async def test_a_document_is_not_kept_once_it_is_filed(desk: Desk) -> None:
    """It is the practice's then, and health data lies nowhere without need."""
    number = (await upload(desk)).data["document"]["id"]
    store = desk.office.program.store

    async def kept() -> bool:
        write = await store.read(lambda tx: tx.writes.of_subject(WriteKind.PAPER, number))
        return write is not None and "content" in write.wish

    before = await kept()
    await desk.write()

    assert (before, await kept()) == (True, False)


async def test_a_repeated_upload_is_filed_once(desk: Desk) -> None:
    """The same Idempotency-Key is answered with the same document; a lost answer is looked for."""
    desk.api.lose_next_answer()
    first = await upload(desk, key="scan-1")
    again = await upload(desk, key="scan-1")
    await desk.write()
    await desk.hasten()
    await desk.write()

    assert again.data == first.data
    assert [event for event, _ in await desk.told()] == ["document_insertion.complete"]
    found = desk.office.rows("SELECT COUNT(*) FROM document WHERE Description = 'x-ray.PNG'")
    assert found == [(1,)]


async def test_one_key_for_different_things_is_different_keys(desk: Desk) -> None:
    """What is asked for at another path is not answered with the document."""
    document = await upload(desk, key="one")
    booked = await desk.book(key="one")

    assert (document.status, booked.status) == (201, 201)
    assert "appt" in booked.data


async def test_a_document_that_cannot_be_filed_fails_with_its_reason(desk: Desk) -> None:
    """The practice has deleted the patient meanwhile."""
    await upload(desk)
    desk.office.run("UPDATE patient SET PatStatus = 4")
    await desk.write()
    ((event, data),) = await desk.told()

    assert event == "document_insertion.failed"
    assert data["document"]["status"] == "failed"
    assert data["document"]["failure_reason"]


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"name": "x-ray"}, 400, "Invalid parameter file: its name"),
        ({"name": "x" * 260 + ".pdf"}, 400, "Invalid parameter file: its name"),
        (
            {"name": "scan.PDF", "content": PICTURE},
            *(400, "Invalid parameter file: it is called a PDF and is none."),
        ),
        ({"content": b""}, 400, "Invalid parameter file: it is empty."),
        ({"content": b"x" * (10 * 1024 * 1024 + 1)}, 400, "The request body is larger"),
        ({"document_type_id": "999999"}, 400, "Document type with id 999999 not found"),
        ({"document_type_id": "-1"}, 400, "Invalid parameter document_type_id"),
        ({"document_type_id": "9" * 25}, 400, "Invalid parameter document_type_id"),
        ({"patient": 999999}, 404, "Patient with id 999999 not found"),
    ],
)
async def test_what_cannot_be_filed_is_refused_at_once(
    desk: Desk, change: dict[str, Any], status: int, text: str
) -> None:
    """Nothing is kept, and nothing told."""
    answer = await upload(desk, **change)
    await desk.write()

    assert answer.status == status
    assert answer.error.startswith(text)
    assert await desk.told() == []


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("application/json", b"{}", "The Content-Type header must be multipart/form-data."),
        ("multipart/form-data", b"--x\r\n", "The request body is not a multipart form."),
        ("multipart/form-data; boundary=x", b"y", "The request body is not a multipart form."),
        ("multipart/form-data; boundary=x", b"--x--\r\n", "Missing parameter file"),
        (FORM, PART, "The request body ends before the form does."),
        (FORM, PART + b"\r\n--x\r\n", "The request body ends before the form does."),
        (FORM, PART.replace(b"=file", b"=scan") + b"\r\n--x--\r\n", "Missing parameter file"),
        (FORM, PART.replace(b"; filename=a.png", b"") + b"\r\n--x--", "Missing parameter file"),
        (FORM, PART + b"\r\n" + PART + b"\r\n--x--", "The request body is not a multipart form."),
    ],
)
async def test_a_body_that_is_no_upload_is_refused(
    desk: Desk, kind: str, body: bytes, text: str
) -> None:
    """In one sentence that repeats nothing of it."""
    answer = await desk.office.client.post(
        f"/patients/{desk.patient}/documents",
        params={"subdomain": desk.subdomain, "location_id": desk.location},
        content=body,
        headers=bearing(desk.client.api_key) | {"Content-Type": kind},
    )

    assert answer.status_code == 400
    assert answer.json()["error"] == [text]


async def test_where_nothing_is_written_no_document_is_taken(unwritten: Desk) -> None:
    """A file would wait there for ever."""
    answer = await upload(unwritten)

    assert (answer.status, answer.error) == (400, "Nothing is written into this practice")
