"""A pending write: what somebody asked us to write into a practice, and how far that has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bitewing.model.writing import Refused, Result, Unavailable, Written

SOONEST, LATEST = timedelta(seconds=5), timedelta(minutes=5)
"""How long the first pause before another try is, and the longest one."""
GRACE = timedelta(hours=1)
"""So long after its deadline a write that may have been done is still looked for."""

CONTENT, PASSED_ON = "content", "is_passed_on"
"""In a wish: a file, and whether we have no more use for it once it is filed."""
PATIENCE = timedelta(days=1)
"""So long what has no deadline waits for a Writer that is configured no more."""
FORSAKEN = "Nothing is written into this practice any more."
UNSURE = " Whether this was written before is not known."


class WriteKind(StrEnum):
    """What is to be written."""

    PATIENT = "patient"
    APPOINTMENT = "appointment"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    ARRIVE = "arrive"
    PAPER = "paper"


class WriteState(StrEnum):
    """How far a write has come.

    DRAFT waits for something else to need it; WAITING is to be written, and nothing was sent;
    WRITING may have been written: it is looked for before it is sent again. The others are the
    ends.
    """

    DRAFT = "draft"
    WAITING = "waiting"
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


SETTLED = frozenset({WriteState.WRITTEN, WriteState.FAILED, WriteState.TIMED_OUT})

LOST = frozenset({WriteState.FAILED, WriteState.TIMED_OUT})
"""Nothing came of these."""


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """One thing to be written.

    Attributes:
        id: 0 until the store gives one; writes about one subject are done in this order.
        subject: our id (an Identity) of what is written or changed.
        wish: what is to be written, as JSON knows it; health data.
        shown: what the Dialect needs to tell of it; health data.
        deadline: when writing it has no sense any more (an appointment's start); None is never.
        due_at: when it is tried next.
        tries: how often it has been sent.
        reason: why it failed, or is not written yet; "" otherwise.
        native: the practice's key of it once it is written; 0 before.
        owner, key: whose Idempotency-Key asked for it; "" without one.
    """

    institution: str
    source: str
    kind: WriteKind
    subject: int
    created_at: datetime
    due_at: datetime
    updated_at: datetime
    wish: Mapping[str, Any] = field(default_factory=dict, repr=False)
    shown: Mapping[str, Any] = field(default_factory=dict, repr=False)
    id: int = 0
    state: WriteState = WriteState.WAITING
    deadline: datetime | None = None
    tries: int = 0
    reason: str = ""
    native: int = 0
    owner: str = ""
    key: str = field(default="", repr=False)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will be done about it."""
        return self.state in SETTLED

    def is_too_late(self, now: datetime) -> bool:
        """Tell whether its time has passed; what may have been written has a while longer."""
        if self.deadline is None:
            return False
        grace = GRACE if self.state is WriteState.WRITING else timedelta()
        return now >= self.deadline + grace

    def taken_up(self, now: datetime) -> "PendingWrite":
        """Give it as one that is not tried again at once, whatever becomes of this try."""
        tries = self.tries + 1
        return replace(self, tries=tries, due_at=now + _pause(tries), updated_at=now)

    def begun(self, now: datetime) -> "PendingWrite":
        """Give it as it is while it is being sent."""
        return replace(self.taken_up(now), state=WriteState.WRITING)

    def timed_out(self, now: datetime) -> "PendingWrite":
        """Give it as one whose time has passed."""
        reason = self.reason or "Its start time had passed before it could be written."
        return replace(self, state=WriteState.TIMED_OUT, reason=reason, updated_at=now)

    def without_content(self) -> "PendingWrite":
        """Give it without the file that was only passed on, once it has ended either way."""
        if not (self.is_settled and self.wish.get(PASSED_ON)):
            return self
        return replace(self, wish={name: self.wish[name] for name in self.wish if name != CONTENT})

    def without_writer(self, now: datetime) -> "PendingWrite | None":
        """Give it as it ends because nobody can write it; None while there is time left."""
        reason = FORSAKEN + (UNSURE if self.state is WriteState.WRITING else "")
        if self.deadline is not None:
            late = replace(self, reason=reason).timed_out(now)
            return late if self.is_too_late(now) else None
        if now < self.updated_at + PATIENCE:
            return None
        return replace(self, state=WriteState.FAILED, reason=reason, updated_at=now)

    def after(self, result: Result, now: datetime) -> "PendingWrite":
        """Give it as it is once this has come of sending it."""
        if isinstance(result, Written):
            return replace(
                self, state=WriteState.WRITTEN, native=result.native, reason="", updated_at=now
            )
        if isinstance(result, Refused):
            return replace(self, state=WriteState.FAILED, reason=result.reason, updated_at=now)
        pause = _pause(self.tries)
        state = WriteState.WRITING
        if isinstance(result, Unavailable):
            state = WriteState.WAITING
            pause = result.retry_after or pause
        return replace(self, state=state, reason=result.reason, due_at=now + pause, updated_at=now)


def _pause(tries: int) -> timedelta:
    doublings: int = min(max(tries - 1, 0), 10)
    return min(LATEST, SOONEST * (1 << doublings))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a Dialect makes of a request to write.

    Attributes:
        subject: our id of what is changed; 0 for what is new, and gets one.
        wish, shown, deadline, state: see PendingWrite.
    """

    source: str
    kind: WriteKind
    wish: Mapping[str, Any] = field(repr=False)
    shown: Mapping[str, Any] = field(default_factory=dict, repr=False)
    subject: int = 0
    deadline: datetime | None = None
    state: WriteState = WriteState.WAITING
