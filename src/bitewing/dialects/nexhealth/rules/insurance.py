"""Insurance: what a coverage has from the subscription and from the plan behind it."""

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene

RELATIONS = (
    "self", "spouse", "child", "employee", "handicap_dep", "signif_other", "injured_plaintiff",
    "life_partner", "dependent",
)  # fmt: skip
"""The patient to the subscriber, by patplan.Relationship."""


def relation(coverage: Row, _scene: Scene) -> str:
    """Give what the patient is to the subscriber."""
    number = cells.whole(coverage.get("Relationship"))
    return RELATIONS[number] if 0 <= number < len(RELATIONS) else "other"


def subscriber_num(coverage: Row, scene: Scene) -> str | None:
    """Give the number on the patient's own card if there is one, else the subscriber's."""
    own = cells.text_or_none(coverage.get("PatID"))
    return own or cells.text_or_none(_subscription(coverage, scene).get("SubscriberID"))


def effective_date(coverage: Row, scene: Scene) -> str | None:
    """Give the first day of the subscription."""
    return cells.day(_subscription(coverage, scene).get("DateEffective"))


def expiration_date(coverage: Row, scene: Scene) -> str | None:
    """Give the last day of the subscription."""
    return cells.day(_subscription(coverage, scene).get("DateTerm"))


def insurance_type(coverage: Row, scene: Scene) -> str:
    """Tell medical plans from dental ones; Open Dental has no other."""
    plan = scene.row("InsPlan", cells.whole(_subscription(coverage, scene).get("PlanNum")))
    return "medical" if cells.flag(plan.get("IsMedical")) else "dental"


def _subscription(coverage: Row, scene: Scene) -> Row:
    return scene.row("InsSub", cells.whole(coverage.get("InsSubNum")))
