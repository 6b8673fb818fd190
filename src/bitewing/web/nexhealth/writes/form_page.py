"""The page at which a patient fills in a form; it works without JavaScript.

Whoever has the address may fill it in once. It shows nothing about the patient, and never what
was answered.
"""

from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bitewing.engine.operations.writing import WritingDesk
from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import PendingWrite, WriteState
from bitewing.web.nexhealth.writes.forms import find_form, hand_in

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

    desk: WritingDesk

    def router(self) -> APIRouter:
        """Give the routes; they are for people and stand in no document for programs."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/forms/{form}", self.show, methods=["GET"])
        router.add_api_route("/forms/{form}", self.take, methods=["POST"])
        return router

    async def show(self, form: str) -> Response:
        """Show the questions, or that they have been answered."""
        write = await find_form(self.desk, form)
        if write.state is not WriteState.DRAFT:
            return _page(write, "<p role='status'>This form has been handed in. Thank you.</p>")
        questions = "".join(
            f"<label for='{escape(name, quote=True)}'>{escape(label)}</label>"
            f"<textarea id='{escape(name, quote=True)}' name='{escape(name, quote=True)}'>"
            "</textarea>"
            for name, label in write.shown["questions"]
        )
        return _page(write, f"<form method='post'>{questions}<button>Hand in</button></form>")

    async def take(self, form: str, request: Request) -> Response:
        """Take the answers."""
        write = await find_form(self.desk, form)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise InvalidRequestError("The form is longer than 256 KiB.")
        given = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        filed = await hand_in(self.desk, write, dict(given))
        return _page(filed, "<p role='status'>Thank you. The practice has your answers.</p>")


def _page(write: PendingWrite, body: str) -> Response:
    title = escape(write.shown["title"])
    return HTMLResponse(_PAGE.format(title=title, body=body), headers=_HEADERS)
