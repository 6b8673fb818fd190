"""A Change: a Record was created, updated or deleted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bitewing.model.record import Record, RecordKey


class ChangeKind(StrEnum):
    """What happened to the Record."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


_GONE = "Gone"


def gone_from(watch: str) -> str:
    """Name the feed of the deletions of a Watch; a feed otherwise bears the Watch's name."""
    return f"{watch}{_GONE}"


def watch_behind(feed: str) -> str:
    """Name the Watch that a feed comes from."""
    return feed.removesuffix(_GONE)


@dataclass(frozen=True, slots=True)
class Change:
    """What we noticed about one Record, with its image before and after.

    Attributes:
        source: the Source's name.
        number: dense per Source, from 1, given in the transaction that stores the Change.
        noticed_at: the database's clock (UTC) at the reading that noticed it.
        changed_at: when the row changed, as well as it can be known (database clock, UTC): its
            stamp, or ``noticed_at`` where the stamp tells nothing.
        before: None if created.
        after: None if deleted.
    """

    source: str
    number: int
    kind: ChangeKind
    key: RecordKey
    noticed_at: datetime
    changed_at: datetime
    before: Record | None
    after: Record | None

    @property
    def feed(self) -> str:
        """What Subscriptions follow: the Watch, or its deletions."""
        watch = self.key.watch
        return gone_from(watch) if self.kind is ChangeKind.DELETED else watch
