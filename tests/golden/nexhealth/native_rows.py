"""The rows behind the vendor's examples, column by column, as the practice's database has them.

Written as texts, so that they can be inserted into a real MariaDB or SQLite practice as they are.
TIMESTAMP columns are UTC (insert them in a session with ``time_zone='+00:00'``), the office is in
``ZONE``. The examples were not made of one database: each of them has its own rows here, and
``IDENTITIES`` says which of our ids each row has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
Row = Mapping[str, str]
Place = tuple[str, str]
"""A Watch, and its primary key's column."""

NEVER = "0001-01-01 00:00:00"
NO_DAY = "0001-01-01"

TABLES: Mapping[str, tuple[str, str]] = {
    "Appointment": ("appointment", "AptNum"),
    "Definition": ("definition", "DefNum"),
    "InsPlan": ("insplan", "PlanNum"),
    "InsSub": ("inssub", "InsSubNum"),
    "PatPlan": ("patplan", "PatPlanNum"),
    "Patient": ("patient", "PatNum"),
    "Procedure": ("procedurelog", "ProcNum"),
    "ProcedureCode": ("procedurecode", "CodeNum"),
    "Provider": ("provider", "ProvNum"),
    "Sheet": ("sheet", "SheetNum"),
}
"""Watch → table and primary key."""

APPOINTMENT: Row = {
    "AptNum": "94",
    "PatNum": "2897",
    "AptStatus": "1",
    "Pattern": "",  # the example ends when it begins
    "Confirmed": "21",
    "Op": "3",
    "Note": "Patient has been having a cough for 3 days",
    "ProvNum": "12",
    "ProvHyg": "0",
    "AptDateTime": "2020-06-05 16:16:57",
    "IsNewPatient": "0",
    "ClinicNum": "1",
    "IsHygiene": "0",
    "DateTStamp": "2020-06-05 20:16:57",
    "DateTimeArrived": "2020-06-05 00:00:00",
    "DateTimeSeated": "2020-06-05 00:00:00",
    "DateTimeDismissed": NEVER,
    "AppointmentTypeNum": "0",
    "SecUserNumEntry": "4",
    "SecDateTEntry": "2020-06-05 16:16:57",
    "Priority": "0",
}
UNCONFIRMED: Row = {**APPOINTMENT, "Confirmed": "19", "SecDateTEntry": NEVER}
"""The appointment as it was before the example of ``appointment_updated``."""

PATIENT: Row = {
    "PatNum": "415",
    "LName": "Smith",
    "FName": "John",
    "MiddleI": "Anthony",
    "PatStatus": "1",
    "Gender": "1",
    "Birthdate": "1964-05-03",
    "Address": "",
    "Address2": "",
    "City": "New York",
    "State": "NY",
    "Zip": "20814",
    "HmPhone": "",
    "WkPhone": "",
    "WirelessPhone": "(516)304-2196",
    "Guarantor": "0",
    "Email": "[email\u00a0protected]",
    "EstBalance": "62",
    "BillingType": "40",
    "ChartNumber": "017407",
    "DateFirstVisit": "2019-02-11",
    "ClinicNum": "1",
    "Language": "spa",
    "DateTStamp": "2020-06-05 20:16:57",
    "TxtMsgOk": "2",
    "SecDateEntry": "2020-06-05",
}
ACTIVE: Row = {**PATIENT, "PatStatus": "0"}
INACTIVE: Row = {**PATIENT, "PatStatus": "2"}
SEEN: Row = {**PATIENT, "PatNum": "2897"}
"""The patient of the example of an appointment."""

ELSEWHERE: tuple[Row, ...] = tuple(
    {
        **APPOINTMENT,
        "AptNum": str(number),
        "PatNum": patient,
        "ClinicNum": clinic,
        "AptDateTime": "2019-02-11 09:00:00",
    }
    for number, (patient, clinic) in enumerate(
        (("415", "2"), ("415", "3"), ("2897", "2"), ("2897", "3")), start=95
    )
)
"""Earlier appointments, so that the patients are known at three Locations."""

PROVIDER: Row = {"ProvNum": "12", "FName": "Dr. John", "LName": "Smith"}
BILLING_TYPE: Row = {
    "DefNum": "40",
    "Category": "4",
    "ItemName": "Standard Billing - finance charges",
}
CODE: Row = {
    "CodeNum": "94",
    "ProcCode": "D0120",
    "Descript": "Emr Descriptor Name",
    "TreatArea": "3",
    "DateTStamp": "2021-05-21 16:23:03",
}
EXAM: Row = {
    "ProcNum": "1",
    "PatNum": "2897",
    "AptNum": "94",
    "ProcStatus": "1",
    "CodeNum": "94",
    "ProvNum": "12",
}
"""What the appointment of the example is for."""

COVERAGE: Row = {
    "PatPlanNum": "18",
    "PatNum": "25",
    "Ordinal": "2",
    "Relationship": "0",
    "PatID": "",
    "InsSubNum": "7",
}
PRIMARY: Row = {**COVERAGE, "Ordinal": "1"}
SUBSCRIPTION: Row = {
    "InsSubNum": "7",
    "PlanNum": "3",
    "Subscriber": "25",
    "SubscriberID": "123456789",
    "DateEffective": "2022-01-01",
    "DateTerm": "2022-12-31",
}
PLAN: Row = {"PlanNum": "3", "IsMedical": "0"}

PROCEDURE: Row = {
    "ProcNum": "11",
    "PatNum": "162",
    "AptNum": "283",
    "ProcDate": "2022-06-24",
    "ProcFee": "62",
    "Surf": "",
    "ToothNum": "",
    "ProcStatus": "5",
    "ProvNum": "84",
    "ClinicNum": "21",
    "CodeNum": "95",
    "UnitQty": "1",
    "BaseUnits": "0",
    "DateTP": "2022-06-24",
    "DateComplete": "2022-06-24",
    "DateTStamp": "2020-06-05 20:16:57",
}
SCHEDULED: Row = {**PROCEDURE, "ProcStatus": "1"}
IMPLANT_CODE: Row = {
    "CodeNum": "95",
    "ProcCode": "D6100",
    "Descript": "Implant Removal",
    "TreatArea": "3",
}
ITS_APPOINTMENT: Row = {**APPOINTMENT, "AptNum": "283", "PatNum": "162", "ClinicNum": "21"}

HANDED_OUT: Row = {
    "SheetNum": "5",
    "SheetType": "9",
    "PatNum": "415",
    "ShowInTerminal": "1",
    "IsWebForm": "0",
    "IsDeleted": "0",
    "ClinicNum": "1",
}
HANDED_IN: Row = {**HANDED_OUT, "ShowInTerminal": "0"}

_LENT = (("Provider", PROVIDER), ("Definition", BILLING_TYPE), ("ProcedureCode", CODE))
_KNOWN = (*_LENT, *(("Appointment", row) for row in ELSEWHERE))
_AROUND = (*_KNOWN, ("Procedure", EXAM), ("Patient", SEEN))
_INSURED = (("InsSub", SUBSCRIPTION), ("InsPlan", PLAN))
_TREATED = (("ProcedureCode", IMPLANT_CODE), ("Appointment", ITS_APPOINTMENT))


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the practice's database has before an Event, and what is then written.

    Attributes:
        around: rows that are there before and after.
        watch: what the written row is.
        before: the row as it was; None if it is new.
        after: the row as it is written.
    """

    around: tuple[tuple[str, Row], ...]
    watch: str
    before: Row | None
    after: Row


SCENARIOS: Mapping[str, Scenario] = {
    "appointment_created": Scenario(_AROUND, "Appointment", None, APPOINTMENT),
    "appointment_updated": Scenario(_AROUND, "Appointment", UNCONFIRMED, APPOINTMENT),
    "form_request_completed": Scenario(_KNOWN, "Sheet", HANDED_OUT, HANDED_IN),
    "patient_created": Scenario(_KNOWN, "Patient", None, PATIENT),
    "patient_updated": Scenario(_KNOWN, "Patient", INACTIVE, ACTIVE),
    "patient_insurance_created": Scenario(_INSURED, "PatPlan", None, COVERAGE),
    "patient_insurance_updated": Scenario(_INSURED, "PatPlan", PRIMARY, COVERAGE),
    "procedure_created": Scenario(_TREATED, "Procedure", None, PROCEDURE),
    "procedure_updated": Scenario(_TREATED, "Procedure", SCHEDULED, PROCEDURE),
}
"""Example → what happens in the practice."""

IDENTITIES: Mapping[tuple[str, str], int] = {
    ("Institution", "test-subdomain"): 1,
    ("DataSource", "main-office"): 100,
    ("Location", "1"): 1,
    ("Location", "2"): 2,
    ("Location", "3"): 3,
    ("Location", "21"): 21,
    ("Appointment", "94"): 1822,
    ("Appointment", "283"): 283,
    ("Patient", "25"): 25,
    ("Patient", "162"): 162,
    ("Patient", "415"): 415,
    ("Patient", "2897"): 2897,
    ("Provider", "12"): 104,
    ("Provider", "84"): 84,
    ("Operatory", "3"): 181,
    ("User", "4"): 197,
    ("Descriptor", "94:1"): 1822,
    ("PatientInsuranceCoverage", "18"): 18,
    ("Procedure", "11"): 11,
}
"""(kind, native) → our id, as the examples have it."""
