"""When a Delivery that failed is tried again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_RETRY_AFTER = timedelta(hours=24)
"""A receiver that asks for more is asked again after this."""


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """The moments of the retries, counted from the beginning of the first Attempt.

    Attributes:
        offsets: rising; the last one is the end of trying.
        disables: whether an Endpoint that took nothing through all of it, or says that it is gone,
            is disabled.
    """

    offsets: tuple[timedelta, ...]
    disables: bool = True

    def next_at(
        self,
        *,
        first_tried_at: datetime,
        ended_at: datetime,
        retry_after: timedelta | None,
    ) -> datetime | None:
        """Give when to try again after an Attempt that failed; None is never again.

        It is the next moment of the schedule that is still to come; one that passed while
        nobody could try (the program stood still, the Endpoint was parked) is left out, so
        that late tries do not crowd together. It is never earlier than the receiver asked for
        (Retry-After, RFC 9110, 10.2.3).

        Args:
            first_tried_at: when the first Attempt began.
            ended_at: when the Attempt ended.
            retry_after: what the receiver asked for, counted from the end.
        """
        moments = (first_tried_at + offset for offset in self.offsets)
        following = next((moment for moment in moments if moment > ended_at), None)
        if following is None or retry_after is None:
            return following
        return max(following, ended_at + min(retry_after, LONGEST_RETRY_AFTER))


TEN_IN_TWO_DAYS = RetrySchedule(
    (
        timedelta(seconds=30),
        timedelta(seconds=90),
        timedelta(seconds=210),
        timedelta(minutes=10),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=24),
        timedelta(hours=48),
    )
)
"""NexHealth's ("Webhook Endpoints" page, table "Retry Schedule", column "Total Time")."""
