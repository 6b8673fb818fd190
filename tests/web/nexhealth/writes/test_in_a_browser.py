"""A patient fills in a form in a real browser; the document says what was typed."""

import asyncio
import base64
import io
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pypdf
import pytest
from playwright.async_api import Page, async_playwright
from tests.web.nexhealth.writes.booking import Desk

from bitewing.cli.hosting import listen_on, make_server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def browsing(profile: Path) -> AsyncIterator[Page]:
    """Open a page in headless Chromium with a profile of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch_persistent_context(
            profile, executable_path=shutil.which("chromium"), headless=True, args=FLAGS
        )
        yield await browser.new_page()
        await browser.close()


@asynccontextmanager
async def listening(desk: Desk) -> AsyncIterator[str]:
    """Serve the program on a port of its own; give its address."""
    socket = listen_on("127.0.0.1", 0)
    server = make_server(desk.office.program.app)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[socket]))
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
        server.should_exit = True
        await serving
    socket.close()


@pytest.mark.live
async def test_a_form_is_filled_in_in_a_browser(desk: Desk, tmp_path: Path) -> None:
    """Label by label, then handed in; the practice has a PDF with the same words."""
    body = {"form_request": {"patient_id": desk.patient, "title": "Medical History"}}
    form = (await desk.ask("POST", "/forms/request", body)).data["form_request"]

    async with listening(desk) as address, browsing(tmp_path / "profile") as page:
        await page.goto(f"{address}/forms/{form['id']}")
        title = await page.title()
        await page.get_by_label("Allergies").fill("Latex, and “strong” soap")
        await page.get_by_label("Medications you take").fill("Ibuprofen 400 mg")
        await page.get_by_role("button", name="Hand in").click()
        thanks = await page.get_by_role("status").inner_text()
    await desk.write()
    told = [event for event, _ in await desk.told()]

    assert title == "Medical History"
    assert thanks.startswith("Thank you")
    assert told == ["form_request_completed", "form_response_insertion.complete"]
    ((note,),) = desk.office.rows("SELECT Note FROM document WHERE Note LIKE '_rawBase64_:.pdf_%'")
    pdf = base64.b64decode(note.removeprefix("_rawBase64_:.pdf_"))
    text = "\n".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "Ibuprofen 400 mg" in text
    assert "Latex, and" in text
