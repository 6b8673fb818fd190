"""Documents: what a patient's folder holds, and files that are uploaded into it."""

import base64
import binascii
import re
from collections.abc import Iterator

from bitewing.practice import moments
from bitewing.practice.serving import lookups, resources
from bitewing.practice.serving.call import Answer, Call, RefusedError, created
from bitewing.practice.serving.fields import Fields, read_fields
from bitewing.practice.serving.listing import DOCUMENTS, element_of, many
from bitewing.practice.simulating.desk import Desk

SETTABLE = (
    "PatNum", "rawBase64", "extension", "Description", "DateCreated", "DocCategory", "ImgType",
    "ToothNumbers", "ProvNum", "PrintHeading",
)  # fmt: skip
LONGEST_BASE64 = 16_000_000
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}", re.ASCII)
_TEETH = re.compile(r"\d{1,2}(-\d{1,2})?(,\d{1,2}(-\d{1,2})?)*", re.ASCII)


def list_documents(desk: Desk, call: Call) -> Answer:
    """Give a patient's documents, oldest first (API Documents page, GET multiple)."""
    number = call.asked.get("PatNum", "")
    if not number:
        raise RefusedError("PatNum is required")
    if not number.isdecimal():
        raise RefusedError("PatNum is invalid.")
    lookups.living_patient(desk, int(number))
    answer = many(desk, call, DOCUMENTS)
    clock = moments.moment(desk.wall)
    return Answer(
        200,
        [
            {
                "DocNum": document["DocNum"],
                "MountNum": 0,
                "filePath": "",  # this practice keeps its images in the database
                "Description": document["Description"],
                "PatNum": str(document["PatNum"]),
                "Note": "",
                "DateCreated": document["DateCreated"],
                "docCategory": document["docCategory"],
                "DocCategory": document["DocCategory"],
                "ToothNumbers": document["ToothNumbers"],
                "ProvNum": str(document["ProvNum"]),
                "PrintHeading": document.get("PrintHeading", "false"),
                "DateTStamp": document["DateTStamp"],
                "serverDateTime": clock,
            }
            for document in answer.content
        ],
    )


def upload(desk: Desk, call: Call) -> Answer:
    """Take a file; its base64 waits in the Note until somebody opens it (POST Upload)."""
    fields = read_fields(call, SETTABLE)
    fields.require("PatNum", "rawBase64", "extension")
    patient = lookups.living_patient(desk, fields.whole("PatNum"))
    extension = fields.text("extension")
    if not _EXTENSION.fullmatch(extension):
        raise RefusedError("extension must be a dot and letters, such as .pdf.")
    raw = fields.text("rawBase64", longest=LONGEST_BASE64)
    try:
        base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError("rawBase64 is not valid base64.") from None
    provider = fields.whole("ProvNum")
    at = fields.moment("DateCreated") if "DateCreated" in fields else desk.wall
    number = desk.insert(
        "document",
        {
            "Description": fields.text("Description", longest=255),
            "DateCreated": moments.moment(at),
            "DocCategory": _category(desk, fields),
            "PatNum": patient["PatNum"],
            "FileName": "x",  # as the Documents page shows it; named when it is opened
            "ImgType": fields.choice("ImgType", resources.IMAGE_TYPE, "Document"),
            "ToothNumbers": ",".join(_teeth(fields.text("ToothNumbers"))),
            "Note": f"_rawBase64_:{extension}_{raw}",
            "RawBase64": "",
            "Thumbnail": "",
            "ExternalGUID": "",
            "ExternalSource": "",
            "OcrResponseData": "",
            "ChartLetterHash": "",
            "ProvNum": lookups.working_provider(desk, provider) if provider else 0,
            "PrintHeading": int(fields.flag("PrintHeading")),
            "UserNum": desk.user,
        },
    )
    return created(call, f"documents/{number}", element_of(desk, DOCUMENTS, number))


def _category(desk: Desk, fields: Fields) -> int:
    wished = fields.whole("DocCategory")
    found = desk.find(
        "definition",
        ("DefNum",),
        "Category = ? AND (DefNum = ? OR (? = 0 AND IsHidden = 0)) "
        "ORDER BY ItemOrder, DefNum LIMIT 1",
        (resources.IMAGE_CATEGORY, wished, wished),
    )
    if not found:
        raise RefusedError("DocCategory is invalid.")
    return int(found[0]["DefNum"])


def _teeth(written: str) -> Iterator[str]:
    """Give every tooth of ``1-5,8``."""
    if written and not _TEETH.fullmatch(written):
        raise RefusedError("ToothNumbers is invalid.")
    for part in filter(None, written.split(",")):
        first, _, last = part.partition("-")
        for tooth in range(int(first), int(last or first) + 1):
            yield str(tooth)
