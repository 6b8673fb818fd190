"""The definitions of the office: the names behind Open Dental's DefNums."""

from dataclasses import dataclass

NOT_CALLED = 19
LEFT_MESSAGE = 20
CONFIRMED = 21
ARRIVED = 22
READY = 23
UNCONFIRMED = 24
IN_TREATMENT = 25
FRONT_DESK = 246
EMAILED = 252
TEXTED = 255
STANDARD_ACCOUNT = 40
PAYMENT_PLAN_ACCOUNT = 41
COURTESY_ACCOUNT = 42
NEEDS_RECALL_CALL = 401
BLOCKOUT_LUNCH = 411
BLOCKOUT_MEETING = 412
GENERAL_DENTIST = 421
HYGIENIST = 422
TREATMENT_ROOM = 431
HYGIENE_ROOM = 432
IMAGES_XRAYS = 441
IMAGES_FORMS = 442
CODES_GENERAL = 451
URGENT = 461


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition: its number, Open Dental's category of it, its name and what it means."""

    number: int
    category: int
    name: str
    meaning: str = ""


DEFINITIONS = (
    # ApptConfirmed: the numbers of a fresh Open Dental database.
    Definition(NOT_CALLED, 2, "Not Called", "NotCall"),
    Definition(LEFT_MESSAGE, 2, "Left Msg", "LeftMsg"),
    Definition(CONFIRMED, 2, "Appointment Confirmed", "ApptConf"),
    Definition(ARRIVED, 2, "Arrived", "Arrived"),
    Definition(READY, 2, "Ready to go back", "Ready"),
    Definition(UNCONFIRMED, 2, "Unconfirmed", "Unconf"),
    Definition(IN_TREATMENT, 2, "In Treatment Room", "InRoom"),
    Definition(FRONT_DESK, 2, "Front Desk", "FrDesk"),
    Definition(EMAILED, 2, "E-mailed", "E-mail"),
    Definition(TEXTED, 2, "Texted", "Texted"),
    Definition(289, 2, "eConfirmSent", "eSent"),
    Definition(290, 2, "eConfirmCallBack", "eCallBk"),
    Definition(291, 2, "eConfirmFailure", "eFail"),
    Definition(295, 2, "Created from Web Sched", "WebSched"),
    # BillingTypes; 40 is the number of a fresh Open Dental database.
    Definition(STANDARD_ACCOUNT, 4, "Standard Account"),
    Definition(PAYMENT_PLAN_ACCOUNT, 4, "Payment Plan"),
    Definition(COURTESY_ACCOUNT, 4, "Courtesy"),
    # From here on the numbers are this office's own.
    Definition(NEEDS_RECALL_CALL, 13, "Call Back"),
    Definition(402, 13, "Left Message"),
    Definition(BLOCKOUT_LUNCH, 25, "Lunch"),
    Definition(BLOCKOUT_MEETING, 25, "Staff Meeting"),
    Definition(GENERAL_DENTIST, 35, "General"),
    Definition(HYGIENIST, 35, "Hygienist"),
    Definition(TREATMENT_ROOM, 55, "Treatment"),
    Definition(HYGIENE_ROOM, 55, "Hygiene"),
    Definition(IMAGES_XRAYS, 18, "BWs", "XT"),
    Definition(IMAGES_FORMS, 18, "Forms"),
    Definition(CODES_GENERAL, 11, "General"),
    Definition(URGENT, 20, "1"),
    Definition(462, 20, "2"),
    Definition(471, 30, "Good"),
)

CONFIRMATIONS = (NOT_CALLED, LEFT_MESSAGE, UNCONFIRMED, EMAILED, TEXTED, CONFIRMED)
"""What the front desk sets, one after another, before the day comes."""
