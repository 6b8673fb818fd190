"""What NexHealth's receivers must be told of a practice, worked out from its tables alone.

It is written from the contract and ``docs/mapping-nexhealth.md`` with the standard library and
nothing of the product, and slowly: everything is mapped again at every look. What is wrong in the
product cannot be wrong here in the same way.

Tables are name → key → row; a row is column → text, or None for NULL.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, str | None]
Tables = Mapping[str, Mapping[int, Row]]
Thing = dict[str, Any]
Ids = Callable[[str, str], int]
"""Gives the id under which a thing (kind, the practice's key) is known to receivers."""
Place = tuple[str, int]
"""Resource and the practice's key."""

SAID = {
    "Appointment": ("appointment_created", "appointment_updated"),
    "Patient": ("patient_created", "patient_updated"),
    "PatientInsuranceCoverage": ("patient_insurance_created", "patient_insurance_updated"),
    "Procedure": ("procedure_created", "procedure_updated"),
}
GONE: dict[str, Thing] = {
    "Appointment": {"deleted": True},
    "Patient": {"inactive": True, "deleted": True},
    "PatientInsuranceCoverage": {"deleted": True},
    "Procedure": {"status": "inactive", "deleted": True},
}
SILENT = {"updated_at", "last_sync_time", "patient"}
"""Keys that are shown, but whose difference is not told."""
RELATIONS = (
    "self", "spouse", "child", "employee", "handicap_dep", "signif_other", "injured_plaintiff",
    "life_partner", "dependent",
)  # fmt: skip
SPOKEN = {"": None, "eng": "en", "spa": "es", "fra": "fr", "vie": "vi"}
"""The languages of the demo practice."""
MISSED, DELETED = "2", "4"
"""HistApptAction."""


def expected(before: "Practice", after: "Practice") -> Counter[str]:
    """Give what must be told when a practice becomes another: each Event as text, counted.

    An Event is its name, the resource as it now is, and its changed keys with their old values;
    a form's is its name and place, as its id is for whoever tells to choose.
    """
    told = Counter(event for _, event in _differences(before.things, after.things))
    for form in after.forms.keys() - before.forms.keys():
        told[spelled("form_request_completed", {"location_id": after.forms[form]})] += 1
    return told


def _differences(
    before: dict[Place, Thing], after: dict[Place, Thing]
) -> Iterator[tuple[Any, str]]:
    for place in before.keys() | after.keys():
        resource, old, now = place[0], before.get(place), after.get(place)
        created, updated = SAID[resource]
        if old is None:
            yield place, spelled(created, now)
            continue
        now = {**old, **GONE[resource]} if now is None else now
        changed = {
            key: old.get(key, False)
            for key in now
            if key not in SILENT and (key not in old or old[key] != now[key])
        }
        if changed:
            yield place, spelled(updated, now, changed)


def spelled(event: str, thing: Thing | None, previous: Thing | None = None) -> str:
    """Write an Event as a text that is the same whenever the Event is."""
    return json.dumps([event, thing, previous], sort_keys=True)


def heard(body: bytes) -> list[str]:
    """Give the Events of a Message that was delivered, spelled as the expected ones are."""
    message = json.loads(body)
    event, data = message["event_name"], message["data"]
    previous = data.pop("previous_attributes", None)
    (held,) = data.values()
    things = held if isinstance(held, list) else [held]
    if event == "form_request_completed":
        things = [{"location_id": thing["location_id"]} for thing in things]
    return [spelled(event, thing, previous) for thing in things]


class Practice:
    """A practice's tables at one moment, mapped.

    Attributes:
        things: every resource that is told of, by its place.
        forms: the forms that are filled in, by table and key, with our id of where.
    """

    def __init__(
        self, tables: Tables, ids: Ids, zone: ZoneInfo, source: str, institution: str
    ) -> None:
        self._tables, self._id, self._zone = tables, ids, zone
        preferences = {row["PrefName"]: row["ValueString"] for row in tables["preference"].values()}
        self._has_clinics = preferences.get("EasyNoClinics") != "1"
        self._confirmed = preferences.get("ApptEConfirmStatusAccepted") or "21"
        self._history = _grouped(tables["histappointment"], "AptNum")
        self._visits = _grouped(tables["appointment"], "PatNum")
        self._work = _grouped(tables["procedurelog"], "AptNum")
        self._marks = {
            "institution_id": ids("Institution", institution),
            "foreign_id_type": f"msg-opendental-DataSource-{ids('DataSource', source)}",
        }
        self.things: dict[Place, Thing] = dict(self._patients())
        for resource, table, show in (
            ("PatientInsuranceCoverage", "patplan", self._coverage),
            ("Procedure", "procedurelog", self._procedure),
            ("Appointment", "appointment", self._appointment),
        ):
            for key, row in tables[table].items():
                thing = show(key, row)
                if thing is not None:
                    self.things[resource, key] = thing
        self.forms = dict(self._filled())

    def _patients(self) -> Iterator[tuple[Place, Thing]]:
        for key, row in self._tables["patient"].items():
            yield ("Patient", key), self._patient(key, row)

    def _appointment(self, key: int, row: Row) -> Thing | None:
        status = row["AptStatus"]
        if status in {"6", "7", "8"}:
            return None
        history = self._history.get(str(key), [])
        words = [one["HistApptAction"] for one in history]
        is_missed = status == "5" and self._is_missed(key, words)
        is_cancelled = status == "5" and not is_missed
        is_confirmed = row["Confirmed"] == self._confirmed
        starts_at = _moment(row["AptDateTime"], self._zone)
        is_hygienists = row["IsHygiene"] != "0" and row["ProvHyg"] != "0"
        provider = self._row("provider", row["ProvHyg"] if is_hygienists else row["ProvNum"])
        patient = self._row("patient", row["PatNum"])
        first_visit = _day(patient["DateFirstVisit"]) if patient else None
        return {
            "id": self._id("Appointment", str(key)),
            "patient_id": self._ref("Patient", row["PatNum"]),
            "provider_id": self._ref("Provider", provider["ProvNum"] if provider else None),
            "provider_name": provider and f"{provider['FName']} {provider['LName']}".strip(),
            "start_time": _written(starts_at),
            "confirmed": is_confirmed,
            "patient_missed": is_missed,
            "created_at": _written(_moment(row["SecDateTEntry"], self._zone)),
            "updated_at": _written(_moment(row["DateTStamp"], UTC)),
            "note": row["Note"] or "",
            "end_time": _written(
                starts_at and starts_at + timedelta(minutes=5 * len(row["Pattern"] or ""))
            ),
            "unavailable": False,
            "cancelled": is_cancelled,
            "timezone": str(self._zone),
            "appointment_type_id": self._ref("AppointmentType", row["AppointmentTypeNum"]) or 0,
            "checkin_at": _written(_time(row["DateTimeArrived"], self._zone)),
            "location_id": self._location(self._clinic_of_visit(row)),
            "foreign_id": str(key),
            "misc": {"is_booked_on_nexhealth": False},
            "last_sync_time": _written(_moment(row["DateTStamp"], UTC)),
            "patient_confirmed": 0,
            "created_by_user_id": self._ref("User", row["SecUserNumEntry"]),
            "is_guardian": False,
            "patient_confirmed_at": None,
            "cancelled_at": self._since(history, "AptStatus", "5") if is_cancelled else None,
            "is_new_clients_patient": row["IsNewPatient"] != "0",
            "confirmed_at": self._since(history, "Confirmed", self._confirmed)
            if is_confirmed
            else None,
            "sooner_if_possible": True if row["Priority"] == "1" else None,
            "operatory_id": self._ref("Operatory", row["Op"]),
            "deleted": words[-1:] == [DELETED],
            "checked_out": status == "2",
            "checked_out_at": _written(_time(row["DateTimeDismissed"], self._zone))
            if status == "2"
            else None,
            "referrer": None,
            "is_past_patient": first_visit is not None
            and first_visit < (row["AptDateTime"] or "")[:10],
            "timezone_offset": _offset(starts_at, self._zone),
            "patient": self.things.get(("Patient", int(row["PatNum"] or 0))),
            "descriptors": self._descriptors(key, self._clinic_of_visit(row)),
            **self._marks,
        }

    def _is_missed(self, key: int, words: list[str | None]) -> bool:
        told = [word for word in words if word in {"2", "3"}]
        if told:
            return told[-1] == MISSED
        codes = [
            self._row("procedurecode", one["CodeNum"])
            for one in self._work.get(str(key), [])
            if one["ProcStatus"] == "2"
        ]
        return any(code is not None and code["ProcCode"] == "D9986" for code in codes)

    def _since(self, history: list[Row], column: str, value: str) -> str | None:
        """Give when the last uninterrupted run of history rows that have this value began."""
        began = None
        for row in history:
            began = None if row[column] != value else began or row["HistDateTStamp"]
        return _written(_moment(began, self._zone))

    def _descriptors(self, key: int, clinic: str) -> list[Thing]:
        numbers = [
            row["CodeNum"] for row in self._work.get(str(key), []) if row["ProcStatus"] != "6"
        ]
        found = []
        for number in dict.fromkeys(numbers):
            code = self._row("procedurecode", number)
            if code is None:
                continue
            stamp = _written(_moment(code["DateTStamp"], UTC))
            found.append(
                {
                    "id": self._id("Descriptor", f"{number}:{clinic}"),
                    "descriptor_type": "Procedure Code",
                    "name": code["Descript"],
                    "code": code["ProcCode"],
                    "location_id": self._location(clinic),
                    "foreign_id": f"{number}:{clinic}",
                    "foreign_id_type": self._marks["foreign_id_type"],
                    "data": {},
                    "active": True,
                    "last_sync_time": stamp,
                    "created_at": stamp,
                    "updated_at": stamp,
                }
            )
        return found

    def _patient(self, key: int, row: Row) -> Thing:
        cell, home, work = (_digits(row[name]) for name in ("WirelessPhone", "HmPhone", "WkPhone"))
        billing = self._row("definition", row["BillingType"])
        own = self._clinic(row)
        others = {
            self._clinic_of_visit(visit)
            for visit in self._visits.get(str(key), [])
            if visit["AptStatus"] not in {"6", "7", "8"}
        }
        places = [own, *sorted(others - {own}, key=int)]
        email = (row["Email"] or "").replace(",", ";").split(";")[0].strip()
        return {
            "id": self._id("Patient", str(key)),
            "email": email or None,
            "first_name": row["FName"],
            "middle_name": row["MiddleI"] or None,
            "last_name": row["LName"],
            "name": f"{row['FName']} {row['LName']}".strip(),
            "created_at": _written(_moment(row["SecDateEntry"], self._zone)),
            "updated_at": _written(_moment(row["DateTStamp"], UTC)),
            "foreign_id": str(key),
            "bio": {
                "city": row["City"] or "",
                "state": row["State"] or "",
                "gender": {"0": "Male", "1": "Female", "3": "Other"}.get(row["Gender"] or "0"),
                "zip_code": row["Zip"] or "",
                "new_patient": row["PatStatus"] == "6" or _day(row["DateFirstVisit"]) is None,
                "non_patient": row["PatStatus"] == "1",
                "phone_number": cell or home or work,
                "date_of_birth": _day(row["Birthdate"]),
                "address_line_1": row["Address"] or "",
                "address_line_2": row["Address2"] or "",
                "street_address": f"{row['Address'] or ''} {row['Address2'] or ''}".strip(),
                "cell_phone_number": cell,
                "home_phone_number": home,
                "work_phone_number": work,
            },
            "inactive": row["PatStatus"] in {"2", "3", "4", "5"},
            "last_sync_time": _written(_moment(row["DateTStamp"], UTC)),
            "guarantor_id": self._ref("Patient", row["Guarantor"]),
            "unsubscribe_sms": row["TxtMsgOk"] == "2",
            "balance": _money(row["EstBalance"]),
            "billing_type": billing and billing["ItemName"],
            "chart_id": row["ChartNumber"] or None,
            "preferred_language": SPOKEN[row["Language"] or ""],
            "preferred_locale": SPOKEN[row["Language"] or ""],
            "location_ids": [self._location(clinic) for clinic in places],
            "address": dict.fromkeys(("line_1", "line_2", "postal_code", "city", "region")),
            **self._marks,
        }

    def _coverage(self, key: int, row: Row) -> Thing:
        subscription = self._row("inssub", row["InsSubNum"]) or {}
        plan = self._row("insplan", subscription.get("PlanNum")) or {}
        relation = int(row["Relationship"] or 0)
        return {
            "id": self._id("PatientInsuranceCoverage", str(key)),
            "subscription_relation": [*RELATIONS, "other"][min(relation, len(RELATIONS))],
            "patient_id": self._ref("Patient", row["PatNum"]),
            "priority": int(row["Ordinal"] or 0),
            "subscriber_num": row["PatID"] or subscription.get("SubscriberID") or None,
            "effective_date": _day(subscription.get("DateEffective")),
            "expiration_date": _day(subscription.get("DateTerm")),
            "insurance_type": "medical" if plan.get("IsMedical") == "1" else "dental",
        }

    def _procedure(self, key: int, row: Row) -> Thing | None:
        status = row["ProcStatus"]
        if status == "7":
            return None
        is_planned = status == "1"
        visit = self._row("appointment", row["AptNum"])
        code = self._row("procedurecode", row["CodeNum"]) or {}
        words = {"2": "completed", "3": "completed", "4": "completed", "5": "referred"}
        word = words.get(status or "", "inactive")
        if is_planned:
            word = "scheduled" if visit is not None and visit["AptStatus"] == "1" else "planned"
        units = max(1, int(row["BaseUnits"] or 0) + int(row["UnitQty"] or 0))
        done_on = _day(row["DateComplete"])
        return {
            "id": self._id("Procedure", str(key)),
            "location_id": self._location(self._clinic(row)),
            "patient_id": self._ref("Patient", row["PatNum"]),
            "provider_id": self._ref("Provider", row["ProvNum"]),
            "appointment_id": self._ref("Appointment", row["AptNum"])
            or self._ref("Appointment", row["PlannedAptNum"]),
            "code": code.get("ProcCode"),
            "name": code.get("Descript"),
            "status": word,
            "updated_at": _written(_moment(row["DateTStamp"], UTC)),
            "body_site": _body_site(row, code.get("TreatArea") or "0"),
            "fee": _money(row["ProcFee"], units),
            "start_date": _day(row["DateTP"] if is_planned else row["ProcDate"]),
            "end_date": done_on or (_day(row["ProcDate"]) if status == "2" else None),
        }

    def _filled(self) -> Iterator[tuple[Place, int]]:
        for key, row in self._tables["sheet"].items():
            is_for_patients = row["SheetType"] in {"6", "9", "11"} and row["IsDeleted"] == "0"
            if is_for_patients and row["IsWebForm"] == "1" and row["ShowInTerminal"] == "0":
                yield ("sheet", key), self._location(self._clinic(row))
        for key, row in self._tables.get("eform", {}).items():
            patient = self._row("patient", row["PatNum"])
            if row["Status"] in {"2", "3"} and patient is not None:
                yield ("eform", key), self._location(self._clinic(patient))

    def _row(self, table: str, key: str | None) -> Row | None:
        return self._tables[table].get(int(key or 0))

    def _ref(self, kind: str, key: str | None) -> int | None:
        return None if key in {None, "0"} else self._id(kind, str(key))

    def _location(self, clinic: str) -> int:
        return self._id("Location", clinic)

    def _clinic(self, row: Row) -> str:
        return (row["ClinicNum"] or "0") if self._has_clinics else "0"

    def _clinic_of_visit(self, row: Row) -> str:
        room = self._row("operatory", row["Op"])
        own = self._clinic(row)
        return own if own != "0" or room is None else self._clinic(room)


def _grouped(table: Mapping[int, Row], column: str) -> dict[str, list[Row]]:
    """Give the rows by what a column holds, histories by time, others by key."""
    found: dict[str, list[Row]] = {}
    for _, row in sorted(table.items(), key=lambda one: (one[1].get("HistDateTStamp") or "", one)):
        found.setdefault(row[column] or "0", []).append(row)
    return found


def _moment(text: str | None, zone: Any) -> datetime | None:
    if not text or text.startswith("0"):
        return None
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def _time(text: str | None, zone: ZoneInfo) -> datetime | None:
    """Give a moment whose midnight means that it is not set."""
    return None if text is None or text.endswith("00:00:00") else _moment(text, zone)


def _written(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") if moment else None


def _offset(moment: datetime | None, zone: ZoneInfo) -> str | None:
    if moment is None:
        return None
    west = -moment.astimezone(zone).utcoffset()  # type: ignore[operator]
    return f"-{west // timedelta(hours=1)}:{west // timedelta(minutes=1) % 60:02}"


def _day(text: str | None) -> str | None:
    return None if not text or text.startswith("0") else text[:10]


def _digits(text: str | None) -> str:
    digits = "".join(letter for letter in text or "" if letter.isdigit())
    return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits


def _money(text: str | None, times: int = 1) -> Thing:
    return {"amount": f"{Decimal(text or '0') * times:.2f}", "currency": "USD"}


def _body_site(row: Row, area: str) -> Thing | None:
    """Give teeth and surface, as far as the code's area (TreatArea) means them."""
    teeth = []
    if area in {"1", "2"}:
        teeth = [row["ToothNum"] or ""]
    if area == "7":
        teeth = (row["ToothRange"] or "").split(",")
    teeth = [tooth for tooth in teeth if tooth]
    surface = (row["Surf"] or None) if area in {"1", "2", "4", "5", "6"} else None
    return {"tooth": teeth, "surface": surface} if teeth or surface else None
