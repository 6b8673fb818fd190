"""Changing: what PATCH /appointments/{id} asks for: confirmed, cancelled, checked in (v2)."""

from collections.abc import Sequence
from datetime import datetime

from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import Wanted, WriteKind


def want_changes(
    source: str,
    appointment: int,
    *,
    confirmed: bool | None,
    cancelled: bool | None,
    checkin_at: datetime | None,
) -> Sequence[Wanted]:
    """Say what is to be written, in order.

    Raises:
        InvalidRequestError: nothing is asked for, or something that cannot be taken back.
    """
    for name, value in (("confirmed", confirmed), ("cancelled", cancelled)):
        if value is False:
            raise InvalidRequestError(f"{name} can only be set to true")
    wanted = []
    if confirmed:
        wanted.append(Wanted(source, WriteKind.CONFIRM, {}, subject=appointment))
    if checkin_at is not None:
        wish = {"at": checkin_at.isoformat()}
        wanted.append(Wanted(source, WriteKind.ARRIVE, wish, subject=appointment))
    if cancelled:
        wanted.append(Wanted(source, WriteKind.CANCEL, {}, subject=appointment))
    if not wanted:
        raise InvalidRequestError("Missing parameter confirmed, cancelled or checkin_at")
    return wanted
