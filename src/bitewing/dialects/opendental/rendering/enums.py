"""Enums: the names that Open Dental gives to the numbers in its tinyint columns, from 0 up."""

APPT_STATUS = (
    "None",
    "Scheduled",
    "Complete",
    "UnschedList",
    "ASAP",
    "Broken",
    "Planned",
    "PtNote",
    "PtNoteCompleted",
)
APPT_PRIORITY = ("Normal", "ASAP")
HIST_APPOINTMENT_ACTION = ("Created", "Changed", "Missed", "Cancelled", "Deleted")
E_SERVICE_TYPES = (
    "None",
    "EConnector",
    "Broadcaster",
    "BroadcastMonitor",
    "ServiceMainHQ",
    "OpenDentalService",
    "OpenDentalAPIService",
)
PATIENT_STATUS = (
    "Patient",
    "NonPatient",
    "Inactive",
    "Archived",
    "Deleted",
    "Deceased",
    "Prospective",
)
PATIENT_GENDER = ("Male", "Female", "Unknown", "Other")
PATIENT_POSITION = ("Single", "Married", "Child", "Widowed", "Divorced")
CONTACT_METHOD = (
    "None",
    "DoNotCall",
    "HmPhone",
    "WkPhone",
    "WirelessPh",
    "Email",
    "SeeNotes",
    "Mail",
    "TextMessage",
)
YN = ("Unknown", "Yes", "No")
PROVIDER_STATUS = ("Active", "Deleted")
SCHEDULE_TYPE = ("Practice", "Provider", "Blockout", "Employee", "WebSchedASAP")
TOOTH_INITIAL_TYPE = (
    "Missing",
    "Hidden",
    "Primary",
    "ShiftM",
    "ShiftO",
    "ShiftB",
    "Rotate",
    "TipM",
    "TipB",
    "Drawing",
    "Text",
)
