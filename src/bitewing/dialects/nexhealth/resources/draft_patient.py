"""Draft patient: one whom we were told of, and whom the practice's database does not have yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bitewing.dialects.nexhealth.office_time import write_moment
from bitewing.dialects.nexhealth.resources.patient import ADDRESS, BIO

NO_PRACTICE = "--DataSource-"
"""The ``foreign_id_type`` of what no practice's database knows."""


@dataclass(frozen=True, slots=True)
class DraftPatient:
    """What we hold of a patient.

    Attributes:
        number: our id.
        bio: what was told, by the keys of ``bio``; those that are missing are empty.
        balance: (amount, currency).
    """

    number: int
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    middle_name: str | None = None
    bio: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_inactive: bool = False
    guarantor: int | None = None
    refuses_texts: bool = False
    balance: tuple[str, str] = ("0.00", "USD")
    billing_type: str | None = None
    chart_id: str | None = None
    language: str | None = None
    locations: tuple[int, ...] = ()


def draft_patient(draft: DraftPatient) -> dict[str, Any]:
    """Give the JSON object of a draft, its keys in the order of a patient's."""
    amount, currency = draft.balance
    return {
        "id": draft.number,
        "email": draft.email,
        "first_name": draft.first_name,
        "middle_name": draft.middle_name,
        "last_name": draft.last_name,
        "name": f"{draft.first_name} {draft.last_name}".strip(),
        "created_at": write_moment(draft.created_at),
        "updated_at": write_moment(draft.updated_at),
        "institution_id": None,
        "foreign_id": None,
        "foreign_id_type": NO_PRACTICE,
        "bio": {key: draft.bio.get(key, _UNTOLD.get(key, "")) for key, _ in BIO},
        "inactive": draft.is_inactive,
        "last_sync_time": None,
        "guarantor_id": draft.guarantor,
        "unsubscribe_sms": draft.refuses_texts,
        "balance": {"amount": amount, "currency": currency},
        "billing_type": draft.billing_type,
        "chart_id": draft.chart_id,
        "preferred_language": draft.language,
        "preferred_locale": draft.language,
        "location_ids": list(draft.locations),
        "address": dict.fromkeys(key for key, _ in ADDRESS),
    }


_UNTOLD: Mapping[str, Any] = {
    "gender": None,
    "new_patient": True,
    "non_patient": False,
    "date_of_birth": None,
}
"""What is in a bio where nothing was told; all else is an empty text."""
