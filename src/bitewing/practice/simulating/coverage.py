"""Coverage: insurance is taken out, dropped and corrected."""

from bitewing.practice import moments
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.desk import Desk
from bitewing.practice.words import PatStatus

MOST_PLANS = 2
"""A patient has a primary and a secondary plan, seldom more."""


def add(desk: Desk) -> Action | None:
    """Insure a patient with a plan of the office's list, behind those there are."""
    patient = desk.pick("patient", (), "PatStatus = ?", (PatStatus.PATIENT,))
    plan = desk.pick("insplan", (), "IsHidden = 0")
    if patient is None or plan is None:
        return None
    number = patient["PatNum"]
    plans = len(desk.find("patplan", ("PatPlanNum",), "PatNum = ?", (number,)))
    if plans >= MOST_PLANS:
        return None
    day = desk.wall.date().isoformat()
    subscription = desk.insert(
        "inssub",
        {
            "PlanNum": plan["PlanNum"],
            "Subscriber": number,
            "DateEffective": day,
            "DateTerm": moments.NO_DAY,
            "ReleaseInfo": 1,
            "AssignBen": 1,
            "SubscriberID": f"W{desk.dice.randrange(10**8):08}",
            "BenefitNotes": "",
            "SubscNote": "",
            "SecUserNumEntry": desk.user,
            "SecDateEntry": day,
        },
    )
    coverage = desk.insert(
        "patplan",
        {
            "PatNum": number,
            "Ordinal": plans + 1,
            "Relationship": 0,
            "PatID": "",
            "InsSubNum": subscription,
            "SecDateTEntry": moments.moment(desk.wall),
        },
    )
    return desk.action(
        ActionKind.COVERAGE_ADDED, "patplan", coverage, f"insured patient {number} ({coverage})"
    )


def drop(desk: Desk) -> Action | None:
    """Drop a plan; the plans behind it move up by one."""
    found = desk.pick("patplan", ("PatNum", "Ordinal"))
    if found is None:
        return None
    number = found["PatPlanNum"]
    desk.delete("patplan", number)
    later = desk.find(
        "patplan",
        ("PatPlanNum", "Ordinal"),
        "PatNum = ? AND Ordinal > ? ORDER BY Ordinal",
        (found["PatNum"], found["Ordinal"]),
    )
    for other in later:
        desk.update("patplan", other["PatPlanNum"], {"Ordinal": other["Ordinal"] - 1})
    return desk.action(ActionKind.COVERAGE_DROPPED, "patplan", number, f"dropped coverage {number}")


def correct(desk: Desk) -> Action | None:
    """Write another subscriber number on a subscription."""
    found = desk.pick("inssub", ())
    if found is None:
        return None
    number = found["InsSubNum"]
    desk.update("inssub", number, {"SubscriberID": f"W{desk.dice.randrange(10**12):012}"})
    return desk.action(
        ActionKind.COVERAGE_EDITED, "inssub", number, f"corrected subscription {number}"
    )
