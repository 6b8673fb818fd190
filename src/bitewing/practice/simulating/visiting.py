"""Visiting: patients are called, arrive, sit down, are treated and leave."""

from datetime import timedelta

from bitewing.practice import definitions, moments
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.desk import Desk, Found
from bitewing.practice.words import AptStatus, HistoryAction, Invalid, ProcStatus

RECALL_AFTER = timedelta(days=183)


def confirm(desk: Desk) -> Action | None:
    """Call about an appointment that is still to come, and note what came of it."""
    today = moments.midnight(desk.wall.date())
    found = desk.pick(
        "appointment",
        ("Confirmed", "AptDateTime"),
        "AptStatus = ? AND AptDateTime >= ? AND Confirmed IN (19, 20, 24, 252, 255)",
        (AptStatus.SCHEDULED, today),
    )
    if found is None:
        return None
    others = [state for state in definitions.CONFIRMATIONS[1:] if state != found["Confirmed"]]
    number = found["AptNum"]
    desk.update("appointment", number, {"Confirmed": desk.dice.choice(others)})
    desk.remember(number, HistoryAction.CHANGED)
    return desk.action(
        ActionKind.CONFIRMED, "appointment", number, f"called about appointment {number}"
    )


def arrive(desk: Desk) -> Action | None:
    """A patient comes in."""
    waiting = [row for row in _todays(desk) if _is_unset(row["DateTimeArrived"])]
    return _step(desk, waiting, "DateTimeArrived", definitions.ARRIVED, ActionKind.ARRIVED)


def seat(desk: Desk) -> Action | None:
    """A patient who has arrived is led to the room."""
    arrived = [
        row
        for row in _todays(desk)
        if not _is_unset(row["DateTimeArrived"]) and _is_unset(row["DateTimeSeated"])
    ]
    return _step(desk, arrived, "DateTimeSeated", definitions.IN_TREATMENT, ActionKind.SEATED)


def complete(desk: Desk) -> Action | None:
    """A patient is done: appointment and procedures are complete, and the fees are owed."""
    seated = [row for row in _todays(desk) if not _is_unset(row["DateTimeSeated"])]
    if not seated:
        return None
    found = desk.dice.choice(seated)
    number, patient = found["AptNum"], found["PatNum"]
    day = desk.wall.date()
    fees = 0.0
    for procedure in desk.find(
        "procedurelog",
        ("ProcNum", "ProcFee"),
        "AptNum = ? AND ProcStatus = ?",
        (number, ProcStatus.PLANNED),
    ):
        fees += procedure["ProcFee"]
        desk.update(
            "procedurelog",
            procedure["ProcNum"],
            {
                "ProcStatus": ProcStatus.COMPLETE,
                "ProcDate": day.isoformat(),
                "DateEntryC": day.isoformat(),
                "DateComplete": day.isoformat(),
            },
        )
    desk.update(
        "appointment",
        number,
        {"AptStatus": AptStatus.COMPLETE, "DateTimeDismissed": moments.moment(desk.wall)},
    )
    desk.remember(number, HistoryAction.CHANGED)
    charge(desk, patient, fees)
    _recall(desk, patient)
    desk.signal(Invalid.APPOINTMENT, day.isoformat(), found["Op"])
    return desk.action(
        ActionKind.COMPLETED, "appointment", number, f"completed appointment {number}"
    )


def charge(desk: Desk, patient: int, amount: float) -> None:
    """Add an amount, or take it off, what a patient and the guarantor owe."""
    for row in desk.find("patient", ("EstBalance", "Guarantor"), "PatNum = ?", (patient,)):
        balance = round(row["EstBalance"] + amount, 2)
        desk.update("patient", patient, {"EstBalance": balance})
        for payer in desk.find("patient", ("BalTotal",), "PatNum = ?", (row["Guarantor"],)):
            total = round(payer["BalTotal"] + amount, 2)
            desk.update("patient", row["Guarantor"], {"BalTotal": total, "Bal_0_30": total})


def _step(
    desk: Desk, candidates: list[Found], column: str, confirmed: int, kind: ActionKind
) -> Action | None:
    if not candidates:
        return None
    found = desk.dice.choice(candidates)
    number = found["AptNum"]
    desk.update("appointment", number, {column: moments.moment(desk.wall), "Confirmed": confirmed})
    desk.remember(number, HistoryAction.CHANGED)
    desk.signal(Invalid.APPOINTMENT, desk.wall.date().isoformat(), found["Op"])
    return desk.action(kind, "appointment", number, f"appointment {number}: {kind}")


def _todays(desk: Desk) -> list[Found]:
    midnight = desk.wall.replace(hour=0, minute=0, second=0)
    return desk.find(
        "appointment",
        ("AptNum", "PatNum", "Op", "DateTimeArrived", "DateTimeSeated"),
        "AptStatus = ? AND AptDateTime >= ? AND AptDateTime < ? ORDER BY AptNum",
        (
            AptStatus.SCHEDULED,
            moments.moment(midnight),
            moments.moment(midnight + timedelta(days=1)),
        ),
    )


def _is_unset(moment: str) -> bool:
    return moment.startswith(moments.NO_DAY) or moment.endswith("00:00:00")


def _recall(desk: Desk, patient: int) -> None:
    day = desk.wall.date()
    due = (day + RECALL_AFTER).isoformat()
    for row in desk.find("recall", ("RecallNum",), "PatNum = ?", (patient,)):
        desk.update(
            "recall",
            row["RecallNum"],
            {"DatePrevious": day.isoformat(), "DateDue": due, "DateDueCalc": due},
        )
