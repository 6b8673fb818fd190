"""Changing: what PATCH /appointments/{id} asks for: confirmed, cancelled, checked in (v2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import Wanted, WriteKind
from bitewing.model.wishing import arrival_wish


def want_changes(
    source: str,
    appointment: int,
    shown: Mapping[str, Any],
    *,
    confirmed: bool | None,
    cancelled: bool | None,
    checkin_at: datetime | None,
) -> Sequence[Wanted]:
    """Say what is to be written, in order.

    Args:
        source: where it is written.
        appointment: our id.
        shown: the appointment's JSON object.
        confirmed: whether that is asked for; None is not.
        cancelled: whether that is.
        checkin_at: when the patient came in (aware).

    Raises:
        InvalidRequestError: nothing is asked for, or something that cannot be taken back, or
            that cannot be.
    """
    for name, value in (("confirmed", confirmed), ("cancelled", cancelled)):
        if value is False:
            raise InvalidRequestError(f"{name} can only be set to true")
    wanted = []
    if confirmed:
        wanted.append(Wanted(source, WriteKind.CONFIRM, {}, subject=appointment))
    if checkin_at is not None:
        wish = _arrival(shown, checkin_at)
        wanted.append(Wanted(source, WriteKind.ARRIVE, wish, subject=appointment))
    if cancelled:
        wanted.append(Wanted(source, WriteKind.CANCEL, {}, subject=appointment))
    if not wanted:
        raise InvalidRequestError("Missing parameter confirmed, cancelled or checkin_at")
    return wanted


def _arrival(shown: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    """Say when the patient came in, by the clock that hangs there.

    Open Dental takes the time alone and puts it on the appointment's day.
    """
    zone = ZoneInfo(shown["timezone"])
    starts_at = shown["start_time"] and datetime.fromisoformat(shown["start_time"])
    if not starts_at or at.astimezone(zone).date() != starts_at.astimezone(zone).date():
        raise InvalidRequestError(f"checkin_at must be on the day of the appointment in {zone.key}")
    return arrival_wish(at, zone)
