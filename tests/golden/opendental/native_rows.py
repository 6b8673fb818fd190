"""The rows behind the golden Messages, column by column, as the practice's database has them.

Written as texts, so that they can be inserted into a real MariaDB or SQLite practice as they are;
columns that are not named have no part in any Message. TIMESTAMP columns are UTC (insert them in a
session with ``time_zone='+00:00'``), the office is in ``ZONE``. ``LENT`` are the rows that lend
their names.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
Row = Mapping[str, str]


NEVER = "0001-01-01 00:00:00"

APPOINTMENT: Row = {
    "AptNum": "18",
    "PatNum": "17",
    "AptStatus": "1",
    "Pattern": "//XXXX//",
    "Confirmed": "19",
    "TimeLocked": "0",
    "Op": "3",
    "Note": "",
    "ProvNum": "1",
    "ProvHyg": "0",
    "AptDateTime": "2020-07-31 08:30:00",
    "NextAptNum": "0",
    "UnschedStatus": "0",
    "IsNewPatient": "0",
    "ProcDescript": "Seal, Seal",
    "ClinicNum": "0",
    "IsHygiene": "0",
    "DateTStamp": "2021-05-03 12:30:12",
    "DateTimeArrived": NEVER,
    "DateTimeSeated": NEVER,
    "DateTimeDismissed": NEVER,
    "InsPlan1": "3",
    "InsPlan2": "0",
    "DateTimeAskedToArrive": NEVER,
    "ColorOverride": "0",
    "AppointmentTypeNum": "0",
    "SecUserNumEntry": "4",
    "SecDateTEntry": "2020-07-04 09:12:05",
    "Priority": "0",
    "PatternSecondary": "XX////XX",
    "ItemOrderPlanned": "0",
}

HISTAPPOINTMENT: Row = {
    "HistApptNum": "301",
    "HistUserNum": "4",
    "HistDateTStamp": "2021-01-05 16:02:41",
    "HistApptAction": "4",
    "ApptSource": "0",
    **APPOINTMENT,
    "DateTStamp": "2021-01-05 21:02:41",
    "UnschedStatus": "183",
    "ColorOverride": "-16744448",
}

OPERATORY: Row = {
    "OperatoryNum": "3",
    "OpName": "Room 3, \u201cEverest\u201d",
    "Abbrev": "OP3",
    "ItemOrder": "2",
    "IsHidden": "0",
    "ProvDentist": "1",
    "ProvHygienist": "2",
    "IsHygiene": "1",
    "ClinicNum": "1",
    "SetProspective": "0",
    "IsWebSched": "1",
    "OperatoryType": "412",
    "DateTStamp": "2022-02-01 17:00:00",
}

PATFIELD: Row = {
    "PatFieldNum": "77",
    "PatNum": "28",
    "FieldName": "Referred by",
    "FieldValue": 'Aunt Ida\r\nand a "poster"',
    "SecDateEntry": "2021-12-04",
    "SecDateTEdit": "2022-11-06 05:59:59",
}

PATIENT: Row = {
    "PatNum": "28",
    "LName": "Harrison",
    "FName": "Bradley",
    "MiddleI": "V",
    "Preferred": "Brad",
    "PatStatus": "0",
    "Gender": "0",
    "Position": "1",
    "Birthdate": "1986-11-06",
    "SSN": "",
    "Address": "201 S Burnett Ln",
    "Address2": "",
    "City": "Lakewood",
    "State": "Maine",
    "Zip": "12345",
    "HmPhone": "5552523366",
    "WkPhone": "",
    "WirelessPhone": "",
    "Guarantor": "27",
    "Email": "",
    "EstBalance": "0",
    "PriProv": "1",
    "SecProv": "0",
    "FeeSched": "53",
    "BillingType": "40",
    "ImageFolder": "HarrisonBradley28",
    "FamFinUrgNote": "Payment plan since March",
    "ChartNumber": "",
    "MedicaidID": "",
    "BalTotal": "0",
    "EmployerNum": "0",
    "DateFirstVisit": "0001-01-01",
    "ClinicNum": "1",
    "Premed": "1",
    "Ward": "",
    "PreferConfirmMethod": "0",
    "PreferContactMethod": "0",
    "PreferRecallMethod": "0",
    "Language": "",
    "AdmitDate": "0001-01-01",
    "SiteNum": "0",
    "DateTStamp": "2022-04-21 15:46:19",
    "SuperFamily": "0",
    "TxtMsgOk": "0",
    "SecDateEntry": "2021-12-04",
}

PROVIDER: Row = {
    "ProvNum": "1",
    "Abbr": "DOC1",
    "LName": "Albert",
    "FName": "Brian",
    "MI": "S",
    "Suffix": "DDS",
    "FeeSched": "53",
    "Specialty": "246",
    "SSN": "",
    "StateLicense": "12345",
    "IsSecondary": "0",
    "ProvColor": "-8331526",
    "IsHidden": "0",
    "UsingTIN": "1",
    "SigOnFile": "1",
    "NationalProvID": "1234567893",
    "DateTStamp": "2024-07-01 13:05:00",
    "IsNotPerson": "0",
    "ProvStatus": "0",
    "IsHiddenReport": "0",
    "Birthdate": "1970-02-28",
    "SchedNote": "",
    "PreferredName": "",
}

SCHEDULE: Row = {
    "ScheduleNum": "12",
    "SchedDate": "2024-07-04",
    "StartTime": "12:00:00",
    "StopTime": "13:00:00",
    "SchedType": "2",
    "ProvNum": "0",
    "BlockoutType": "267",
    "Note": "Closed\nfor lunch",
    "EmployeeNum": "0",
    "DateTStamp": "2024-07-01 13:05:00",
}

TOOTHINITIAL: Row = {
    "ToothInitialNum": "9",
    "PatNum": "28",
    "ToothNum": "14",
    "InitialType": "6",
    "Movement": "-20",
    "DrawingSegment": "",
    "ColorDraw": "-1",
    "SecDateTEntry": "2024-12-01 10:15:00",
    "SecDateTEdit": "2024-12-01 15:15:00",
    "DrawText": "",
}

LENT: tuple[tuple[str, Row], ...] = (
    ("definition", {"DefNum": "19", "Category": "2", "ItemName": "Not Called"}),
    ("definition", {"DefNum": "183", "Category": "13", "ItemName": "Call back"}),
    ("definition", {"DefNum": "40", "Category": "4", "ItemName": "Standard Account"}),
    ("definition", {"DefNum": "267", "Category": "25", "ItemName": "Lunch"}),
    ("definition", {"DefNum": "412", "Category": "55", "ItemName": "Surgery"}),
    ("clinic", {"ClinicNum": "1", "Abbr": "Southside"}),
    ("scheduleop", {"ScheduleOpNum": "1", "ScheduleNum": "12", "OperatoryNum": "5"}),
    ("scheduleop", {"ScheduleOpNum": "2", "ScheduleNum": "12", "OperatoryNum": "6"}),
)
"""Besides these, PROVIDER lends its Abbr."""
