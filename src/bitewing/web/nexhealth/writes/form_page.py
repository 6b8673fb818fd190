"""The page at which a patient fills in a form; it works without JavaScript.

Whoever has the address may fill it in once. It shows nothing about the patient, and never what
was answered; only who gives answers that cannot be taken gets them back, to shorten them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bitewing.dialects.nexhealth.writing.forms import LONGEST
from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import PendingWrite, WriteState
from bitewing.web.nexhealth.writes.form_tray import FormTray

MOST_BYTES = 256 * 1024
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 38rem; margin: 2rem auto; }}
body {{ padding: 0 1rem; }}
label {{ display: block; margin: 1.2rem 0 .3rem; font-weight: 600; }}
textarea {{ width: 100%; min-height: 4rem; font: inherit; padding: .5rem; }}
textarea {{ box-sizing: border-box; }}
button {{ font: inherit; margin-top: 1.5rem; padding: .6rem 1.6rem; }}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>
"""


@dataclass(frozen=True, slots=True)
class FormPage:
    """Shows a form, takes it, and gives the document that was made of it."""

    tray: FormTray

    def router(self) -> APIRouter:
        """Give the routes; they are for people and stand in no document for programs."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/forms/{form}", self.show, methods=["GET"])
        router.add_api_route("/forms/{form}", self.take, methods=["POST"])
        return router

    async def show(self, form: str) -> Response:
        """Show the questions, or that they have been answered."""
        write = await self.tray.find(form)
        if write.state is not WriteState.DRAFT:
            return _page(write, "<p role='status'>This form has been handed in. Thank you.</p>")
        return _page(write, _form(write, {}))

    async def take(self, form: str, request: Request) -> Response:
        """Take the answers."""
        write = await self.tray.find(form)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise InvalidRequestError("The form is longer than 256 KiB.")
        given = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        try:
            filed = await self.tray.hand_in(form, given)
        except InvalidRequestError as error:
            complaint = f"<p role='alert'>{escape(str(error))}</p>"
            return _page(write, complaint + _form(write, given), status=400)
        return _page(filed, "<p role='status'>Thank you. The practice has your answers.</p>")


def _form(write: PendingWrite, given: Mapping[str, str]) -> str:
    """Give the questions; none once they have been answered."""
    if write.state is not WriteState.DRAFT:
        return ""
    questions = "".join(
        _question(escape(name, quote=True), label, given.get(name, ""))
        for name, label in write.shown["questions"]
    )
    return f"<form method='post'>{questions}<button>Hand in</button></form>"


def _question(name: str, label: str, answer: str) -> str:
    # A browser drops the first line break of a textarea.
    return (
        f"<label for='{name}'>{escape(label)}</label>"
        f"<textarea id='{name}' name='{name}' maxlength='{LONGEST}'>\n{escape(answer)}</textarea>"
    )


def _page(write: PendingWrite, body: str, *, status: int = 200) -> Response:
    title = escape(write.shown["title"])
    return HTMLResponse(_PAGE.format(title=title, body=body), status, headers=_HEADERS)
