"""POST /patients/{id}/documents (NexHealth, "Documents")."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.writing import documents
from bitewing.dialects.nexhealth.writing.documents import Request as Wish, want_document
from bitewing.engine.operations.writing import WritingDesk
from bitewing.model.errors import InvalidRequestError
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.numbers import read_id
from bitewing.web.nexhealth.parameters import Kind, Parameter
from bitewing.web.nexhealth.shelf import Shelf
from bitewing.web.nexhealth.visits import SUBDOMAIN
from bitewing.web.nexhealth.writes.taking import take

MULTIPART = "multipart/form-data"
MOST_BYTES = 10 * 1024 * 1024
_MOST_FIELDS = 10
_LONGEST_END = 1024
"""The last boundary, and whatever is sent behind it."""
_POST = (SUBDOMAIN, Parameter("location_id", Kind.WHOLE, is_required=True))
_SHOWN = {
    "type": "object",
    "required": ["document"],
    "properties": {"document": {"type": "object"}},
}
_BODY = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "document_type_id": {"type": "integer"},
    },
}


@dataclass(frozen=True, slots=True)
class DocumentWrites:
    """Takes files for patients' folders."""

    shelf: Shelf
    desk: WritingDesk
    customs: Customs

    def router(self) -> APIRouter:
        """Give the route."""
        router = APIRouter(tags=["documents"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        made = describing.operation(
            _SHOWN, status=201, query=_POST, body=_BODY, media=MULTIPART, refusals=[403, 404]
        )
        add("/patients/{number}/documents", self.create, methods=["POST"], **made)
        return router

    async def create(self, number: str, request: Request) -> Response:
        """Take a file; whether it could be filed is told by ``document_insertion``."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_POST)
        patient = read_id("Patient", number)
        filename, content, kind = await _read(request)
        wish = Wish(asked.whole("location_id") or 0, patient, filename, content, kind)
        return await take(
            *(self.desk, request, visit, asked),
            want=lambda albums, is_draft: want_document(
                albums, self.customs, wish, at=self.desk.clock.now(), is_draft=is_draft
            ),
            show=lambda write: {"document": documents.shown_as(write)},
        )


async def _read(request: Request) -> tuple[str, bytes, int]:
    """Give the file's name, what is in it, and the document type (0: none is named).

    Raises:
        InvalidRequestError: the body is no form of that kind, is too large, or lacks the file.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != MULTIPART:
        raise InvalidRequestError(f"The Content-Type header must be {MULTIPART}.")
    parser = MultiPartParser(request.headers, _parts(request), max_files=1, max_fields=_MOST_FIELDS)
    parser.spool_max_size = MOST_BYTES  # health data does not go into temporary files
    try:
        form = await parser.parse()
    except _BodyError as error:
        raise InvalidRequestError(error.message) from None
    except (MultiPartException, KeyError, UnicodeError, ValueError):
        raise InvalidRequestError("The request body is not a multipart form.") from None
    try:
        return await _upload(form)
    finally:
        await form.close()


async def _upload(form: FormData) -> tuple[str, bytes, int]:
    file, document_type = form.get("file"), form.get("document_type_id") or "0"
    if not isinstance(file, UploadFile):
        raise InvalidRequestError("Missing parameter file")
    if not isinstance(document_type, str) or not _is_id(document_type):
        raise InvalidRequestError("Invalid parameter document_type_id: it must be a whole number.")
    return file.filename or "", await file.read(), int(document_type)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:20]) < 2**63


class _BodyError(MultiPartException):
    """The body is not what it must be; raised as the parser's own, so that it lets go of files."""


async def _parts(request: Request) -> AsyncGenerator[bytes, None]:
    """Give the body as it arrives; raises _BodyError when it is too large or breaks off."""
    size, end = 0, b""
    try:
        async for part in request.stream():
            size += len(part)
            if size > MOST_BYTES:
                raise _BodyError("The request body is larger than 10 MiB.")
            end = (end + part)[-_LONGEST_END:]
            yield part
    except ClientDisconnect:  # nobody hears this; it only ends the request without a traceback
        raise _BodyError("The request ended before its body did.") from None
    _, options = parse_options_header(request.headers["content-type"])
    last = b"--" + options.get(b"boundary", b"") + b"--"  # RFC 2046, 5.1.1
    if last not in end:
        raise _BodyError("The request body ends before the form does.")
