"""A receiver's own check of NexHealth's webhooks, written from the contract.

It uses the standard library only and nothing of the product: what is wrong there cannot be wrong
here in the same way. ``verify`` gives what a Message breaks, in plain words; nothing if all is
well.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Check = Callable[[Any], bool]
Shape = list[tuple[str, "Check | Shape | list[Any]"]]
"""Keys in order, each with a check, the shape of an object, or [the shape of an element]."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
AMOUNT = re.compile(r"-?\d+\.\d\d")
OFFSET = re.compile(r"[+-]\d{1,2}:\d\d")
FOREIGN_TYPE = re.compile(r"msg-[a-z]+-DataSource-\d+|--DataSource-")
TOLERANCE = timedelta(minutes=5)


def integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def text(value: Any) -> bool:
    return isinstance(value, str)


def claim(value: Any) -> bool:
    return isinstance(value, bool)


def nothing(value: Any) -> bool:
    return value is None


def either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def maybe(check: Check) -> Check:
    return either(nothing, check)


def like(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def one_of(*values: object) -> Check:
    return lambda value: value in values and (value != 0 or integer(value))


def several(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(one) for one in value)


moment, day, amount = like(MOMENT), like(DAY), like(AMOUNT)

MONEY: Shape = [("amount", amount), ("currency", like(re.compile("[A-Z]{3}")))]
BIO: Shape = [
    ("city", text),
    ("state", text),
    ("gender", one_of("Male", "Female", "Other", None)),
    ("zip_code", text),
    ("new_patient", claim),
    ("non_patient", claim),
    ("phone_number", like(re.compile(r"\d*"))),
    ("date_of_birth", maybe(day)),
    ("address_line_1", text),
    ("address_line_2", text),
    ("street_address", text),
    ("cell_phone_number", text),
    ("home_phone_number", text),
    ("work_phone_number", text),
]
ADDRESS: Shape = [
    (key, maybe(text)) for key in ("line_1", "line_2", "postal_code", "city", "region")
]
PATIENT: Shape = [
    ("id", integer),
    ("email", maybe(text)),
    ("first_name", text),
    ("middle_name", maybe(text)),
    ("last_name", text),
    ("name", text),
    ("created_at", maybe(moment)),
    ("updated_at", maybe(moment)),
    ("institution_id", maybe(integer)),
    ("foreign_id", maybe(text)),
    ("foreign_id_type", like(FOREIGN_TYPE)),
    ("bio", BIO),
    ("inactive", claim),
    ("last_sync_time", maybe(moment)),
    ("guarantor_id", maybe(integer)),
    ("unsubscribe_sms", claim),
    ("balance", MONEY),
    ("billing_type", maybe(text)),
    ("chart_id", maybe(text)),
    ("preferred_language", maybe(like(re.compile("[a-z]{2}")))),
    ("preferred_locale", maybe(text)),
    ("location_ids", several(integer)),
    ("address", ADDRESS),
]
DESCRIPTOR: Shape = [
    ("id", integer),
    ("descriptor_type", one_of("Procedure Code")),
    ("name", text),
    ("code", text),
    ("location_id", integer),
    ("foreign_id", text),
    ("foreign_id_type", like(FOREIGN_TYPE)),
    ("data", lambda value: isinstance(value, dict)),
    ("active", claim),
    ("last_sync_time", maybe(moment)),
    ("created_at", maybe(moment)),
    ("updated_at", maybe(moment)),
]
ALONE: Shape = [
    ("id", integer),
    ("patient_id", maybe(integer)),
    ("provider_id", maybe(integer)),
    ("provider_name", maybe(text)),
    ("start_time", maybe(moment)),
    ("confirmed", claim),
    ("patient_missed", claim),
    ("created_at", maybe(moment)),
    ("updated_at", maybe(moment)),
    ("note", text),
    ("end_time", maybe(moment)),
    ("unavailable", claim),
    ("cancelled", claim),
    ("timezone", text),
    ("institution_id", integer),
    ("appointment_type_id", integer),
    ("checkin_at", maybe(moment)),
    ("location_id", integer),
    ("foreign_id", maybe(text)),
    ("foreign_id_type", like(FOREIGN_TYPE)),
    ("misc", [("is_booked_on_nexhealth", claim)]),
    ("last_sync_time", maybe(moment)),
    ("patient_confirmed", one_of(0, 1)),
    ("created_by_user_id", maybe(integer)),
    ("is_guardian", claim),
    ("patient_confirmed_at", maybe(moment)),
    ("cancelled_at", maybe(moment)),
    ("is_new_clients_patient", claim),
    ("confirmed_at", maybe(moment)),
    ("sooner_if_possible", maybe(claim)),
    ("operatory_id", maybe(integer)),
    ("deleted", claim),
    ("checked_out", claim),
    ("checked_out_at", maybe(moment)),
    ("referrer", maybe(text)),
    ("is_past_patient", claim),
    ("timezone_offset", maybe(like(OFFSET))),
]
APPOINTMENT: Shape = [*ALONE, ("patient", PATIENT), ("descriptors", [DESCRIPTOR])]
COVERAGE: Shape = [
    ("id", integer),
    (
        "subscription_relation",
        one_of(
            "self", "spouse", "child", "employee", "handicap_dep", "signif_other",
            "injured_plaintiff", "life_partner", "dependent", "other",
        ),
    ),
    ("patient_id", integer),
    ("priority", integer),
    ("subscriber_num", maybe(text)),
    ("effective_date", maybe(day)),
    ("expiration_date", maybe(day)),
    ("insurance_type", one_of("dental", "medical", "vision")),
]  # fmt: skip
PROCEDURE: Shape = [
    ("id", integer),
    ("location_id", integer),
    ("patient_id", integer),
    ("provider_id", maybe(integer)),
    ("appointment_id", maybe(integer)),
    ("code", maybe(text)),
    ("name", maybe(text)),
    ("status", one_of("planned", "scheduled", "completed", "inactive", "referred")),
    ("updated_at", maybe(moment)),
    ("body_site", lambda value: value is None or set(value) == {"tooth", "surface"}),
    ("fee", MONEY),
    ("start_date", maybe(day)),
    ("end_date", maybe(day)),
]
FORM_REQUEST: Shape = [
    ("id", like(re.compile("[0-9a-f]{32}"))),
    ("location_id", integer),
    ("appointment_id", maybe(integer)),
]
FORM_RESPONSE: Shape = [
    ("id", integer),
    ("status", one_of("complete", "failed")),
    ("response_documents", [[("id", integer), ("pdf_url", text)]]),
    ("form_request_id", text),
    ("patient_id", maybe(integer)),
]
EMR: Shape = [
    ("id", integer),
    ("name", text),
    ("display_name", text),
    ("type", several(one_of("cloud", "onprem"))),
]
LIGHTS: Shape = [
    ("institution_id", integer),
    ("sync_source_type", one_of("DataSource")),
    ("sync_source_name", text),
    ("emr", EMR),
    ("read_status", one_of("green", "red")),
    ("read_status_at", maybe(moment)),
    ("write_status", one_of("green", "red")),
    ("write_status_at", maybe(moment)),
    ("locations", nothing),
]
HEAD: Shape = [
    ("institution_id", integer),
    ("subdomain", text),
    ("webhook_subscription_id", integer),
    ("resource_type", text),
    ("event_name", text),
    ("event_time", moment),
    ("data", lambda value: isinstance(value, dict)),
]

EVENTS: Mapping[str, tuple[str, str, str, Shape]] = {
    # event → resource_type, key in data, how it stands there, shape of one
    "appointment_insertion": ("Appointment", "appointment", "alone", ALONE),
    "appointment_created": ("Appointment", "appointments", "array", APPOINTMENT),
    "appointment_updated": ("Appointment", "appointment", "updated", APPOINTMENT),
    "appointment_requested": ("Appointment", "appointments", "array", APPOINTMENT),
    "form_request_completed": ("FormRequest", "formrequest", "alone", FORM_REQUEST),
    "form_response_insertion": ("FormResponse", "formresponse", "alone", FORM_RESPONSE),
    "patient_created": ("Patient", "patients", "array", PATIENT),
    "patient_updated": ("Patient", "patient", "updated", PATIENT),
    "patient_insurance_created": (
        "PatientInsuranceCoverage", "patient_insurance_coverages", "array", COVERAGE,
    ),
    "patient_insurance_updated": (
        "PatientInsuranceCoverage", "patient_insurance_coverage", "updated", COVERAGE,
    ),
    "procedure_created": ("Procedure", "procedures", "array", PROCEDURE),
    "procedure_updated": ("Procedure", "procedure", "updated", PROCEDURE),
    "sync_status_read_change": ("SyncStatus", "syncstatus", "alone", LIGHTS),
    "sync_status_write_change": ("SyncStatus", "syncstatus", "alone", LIGHTS),
}  # fmt: skip
SUFFIXES = {
    "appointment_insertion": {"complete", "failed", "timed_out"},
    "form_response_insertion": {"complete", "failed"},
    "sync_status_read_change": {"green", "red"},
    "sync_status_write_change": {"green", "red"},
}
ADDED = {"deleted"}
"""Keys that the contract does not have and that bitewing adds where a row is gone."""


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, *, received_at: datetime | None = None
) -> list[str]:
    """Give all that is wrong with a Message; the headers' names in lower case."""
    problems = list(_signed(secret, headers, body, received_at))
    try:
        told = json.loads(body)
    except ValueError:
        return [*problems, "the body is no JSON"]
    return [*problems, *verify_body(told)]


def verify_body(told: Any) -> list[str]:
    """Give all that is wrong with a Message's JSON."""
    problems = list(_shaped(told, HEAD, "message"))
    if problems:
        return problems
    event, _, suffix = told["event_name"].partition(".")
    if event not in EVENTS:
        return [f"there is no event {event}"]
    if suffix not in SUFFIXES.get(event, {""}):
        problems.append(f"{event} has no suffix {suffix!r}")
    resource_type, key, form, shape = EVENTS[event]
    if told["resource_type"] != resource_type:
        problems.append(f"{event} is of {resource_type}, not {told['resource_type']}")
    return [*problems, *_held(told["data"], key, form, shape)]


def _signed(
    secret: str, headers: Mapping[str, str], body: bytes, received_at: datetime | None
) -> Iterator[str]:
    timestamp, signature = headers.get("timestamp", ""), headers.get("signature", "")
    signed = timestamp.encode() + b"." + base64.b64encode(body)
    if signature != hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest():
        yield "the signature is not that of timestamp and body"
    if not MOMENT.fullmatch(timestamp):
        yield f"the timestamp is {timestamp!r}"
    elif received_at and abs(received_at - datetime.fromisoformat(timestamp)) > TOLERANCE:
        yield f"the timestamp {timestamp} is not the time of sending"
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        yield "the content-type is not application/json"


def _held(data: Mapping[str, Any], key: str, form: str, shape: Shape) -> Iterator[str]:
    expected = [key, "previous_attributes"] if form == "updated" else [key]
    if list(data) != expected:
        yield f"data has {list(data)}, not {expected}"
        return
    if form == "array":
        if not isinstance(data[key], list) or not 1 <= len(data[key]) <= 100:
            yield f"data.{key} is no array of 1 to 100"
            return
        for place, one in enumerate(data[key]):
            yield from _shaped(one, shape, f"{key}[{place}]")
            yield from _sensible(one, f"{key}[{place}]")
        return
    yield from _shaped(data[key], shape, key)
    if form == "updated":
        yield from _sensible(data[key], key)
        yield from _previous(data[key], data["previous_attributes"], shape)


def _previous(now: Mapping[str, Any], before: Any, shape: Shape) -> Iterator[str]:
    if not isinstance(before, dict) or not before:
        yield "previous_attributes is no object with a key"
        return
    checks = dict(shape)
    for key, value in before.items():
        if key not in now:
            yield f"previous_attributes has {key}, which the resource has not"
        elif now[key] == value and type(now[key]) is type(value):
            yield f"previous_attributes has {key}, which did not change"
        elif key in checks:
            yield from _shaped({key: value}, [(key, checks[key])], "previous_attributes")


def _shaped(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is no object"
        return
    keys = [key for key in value if key not in ADDED or key in dict(shape)]
    if keys != [key for key, _ in shape]:
        yield f"the keys of {path} are {keys}"
        return
    for key, expected in shape:
        yield from _valued(value[key], expected, f"{path}.{key}")


def _valued(value: Any, expected: Any, path: str) -> Iterator[str]:
    if callable(expected):
        if not expected(value):
            yield f"{path} is {value!r}"
    elif isinstance(expected[0], list):
        if not isinstance(value, list):
            yield f"{path} is no array"
            return
        for place, one in enumerate(value):
            yield from _shaped(one, expected[0], f"{path}[{place}]")
    else:
        yield from _shaped(value, expected, path)


def _sensible(one: Mapping[str, Any], path: str) -> Iterator[str]:
    """Give what no shape can say: fields that contradict each other."""
    if "start_time" not in one:
        return
    if one["start_time"] and one["end_time"] < one["start_time"]:
        yield f"{path} ends before it begins"
    if one["start_time"]:
        begins_at = datetime.fromisoformat(one["start_time"]).astimezone(ZoneInfo(one["timezone"]))
        sign, hours, minutes = re.match(r"([+-])(\d+):(\d+)", one["timezone_offset"]).groups()  # type: ignore[union-attr]
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
        if begins_at.utcoffset() != offset:
            yield f"{path}.timezone_offset is not that of its zone at its start"
    if one["patient_missed"] and one["cancelled"]:
        yield f"{path} is missed and cancelled"
    if one["cancelled_at"] and not one["cancelled"]:
        yield f"{path} has a time of cancelling and is not cancelled"
    if one.get("patient") and one["patient"]["id"] != one["patient_id"]:
        yield f"{path}.patient is another than patient_id"
