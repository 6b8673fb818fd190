"""Reading: one Watch of a Source is read, by its first reading or by a poll, and recorded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bitewing.engine import journal
from bitewing.engine.capture.recording import Page, Recorded, record_pages, record_silently
from bitewing.engine.outbox.announcing import Announcing
from bitewing.engine.signals import Signals
from bitewing.model.record import Record
from bitewing.model.watch import Cursor, Reach, Watch
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source
from bitewing.ports.store import Store, Transaction

PAGE = 1000
"""Records read and stored at once."""

MANY = 5000
"""From so many keys on the server is asked for digests, to fetch only what differs."""


MOST_ANNOUNCED, FEWEST_ANNOUNCED = 250, 10
"""Changes that one transaction announces."""

_LONGEST_SECONDS = 0.1
"""Longer transactions keep deliveries from being settled."""


def cut(page: Page, rows: int) -> tuple[Page, Page | None]:
    """Part a page behind so many Records; the Cursor moves with the last part."""
    if len(page.records) <= rows:
        return page, None
    first = replace(page, records=page.records[:rows], cursor=None)
    return first, replace(page, records=page.records[rows:])


def low_edge(cursor: Cursor, reach: Reach) -> datetime:
    """Give the moment from which on a poll looks; the smaller edge survives a clock set back."""
    return min(cursor.read_up_to, reach.now) - reach.overlap


@dataclass(frozen=True, slots=True)
class Look:
    """What a poll has seen of one Watch before anything of it is recorded.

    Attributes:
        keys: what is still to be fetched.
        records: what was fetched at once, since it was little.
    """

    watch: Watch
    cursor: Cursor
    keys: Sequence[int]
    records: Sequence[Record]


def stamp_edge(cursor: Cursor, reach: Reach) -> datetime:
    """Give the moment below which a stamp does not tell when its row changed.

    It is where a poll looks from, unless a person has sent it further back: what is found there
    was missed, and is news.
    """
    return min(cursor.now, reach.now) - reach.overlap


@dataclass(slots=True)
class Reading:
    """Reads and records; knows nothing of when.

    Attributes:
        retyped: Watch → columns that are not to be compared for now.
        scanned_seconds: how long the scans have taken since somebody set it to 0.
        announcing: announces Changes in the transaction that records them; None announces none.
        most_announced: Records that one transaction announces at the most.
    """

    source: Source
    store: Store
    clock: Clock
    signals: Signals
    retyped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scanned_seconds: float = 0.0
    announcing: Announcing | None = None
    most_announced: int = MOST_ANNOUNCED
    _at_once: int = MOST_ANNOUNCED

    async def first(self, watch: Watch, cursor: Cursor | None, reach: Reach) -> Cursor:
        """Read one chunk silently. The Cursor's moment is older than every chunk."""
        cursor = cursor or Cursor(read_up_to=reach.complete_up_to)
        records = await self.source.read_after(watch, cursor.first_reading_after, PAGE)
        is_last = len(records) < PAGE
        following = (
            cursor.after_first_reading()
            if is_last
            else cursor.after_chunk(max(record.key.number for record in records))
        )
        page = Page(watch, records, reach.now, reach.now, following)
        await self.store.write(lambda tx: record_silently(tx, self.source.name, page))
        if is_last:
            count = await self.store.read(lambda tx: tx.records.count(self.source.name, watch.name))
            journal.first_reading_finished(source=self.source.name, watch=watch.name, records=count)
        return following

    async def look(self, watch: Watch, cursor: Cursor, reach: Reach) -> Look:
        """List what is stamped since the Cursor, and fetch it if it is less than a page."""
        low = low_edge(cursor, reach)
        began = self.clock.monotonic()
        keys = await self.source.keys_stamped_since(watch, low)
        self.scanned_seconds += self.clock.monotonic() - began
        if len(keys) > MANY:
            keys = await self._differing(watch, low, keys)
        if len(keys) >= PAGE:
            return Look(watch, cursor, keys, [])
        records = await self.source.fetch(watch, keys) if keys else []
        return Look(watch, cursor, [], records)

    async def record_looks(self, looks: Sequence[Look], reach: Reach) -> None:
        """Record all of these in their order; a Cursor moves with the last page of its Watch.

        In ordinary times that is one transaction.
        """
        waiting: list[Page] = []
        for look in looks:
            full = len(look.keys) - len(look.keys) % PAGE
            for start in range(0, full, PAGE):
                records = await self.source.fetch(look.watch, look.keys[start : start + PAGE])
                page = self.page(look.watch, records, reach, stamp_edge(look.cursor, reach))
                await self.record([*waiting, page])
                waiting = []
            rest = look.keys[full:]
            records = await self.source.fetch(look.watch, rest) if rest else list(look.records)
            last = self.page(look.watch, records, reach, stamp_edge(look.cursor, reach))
            following = look.cursor.after_poll(reach)
            waiting.append(replace(last, cursor=following, standing=look.cursor))
        await self.record(waiting)

    async def record(self, pages: list[Page]) -> int:
        """Store pages, together if they are not announced; give how many Changes they made."""
        if not await self.is_announced():
            return await self._record(pages)
        found, waiting, rest = 0, list[Page](), list(pages)
        while rest:
            room = max(1, self._at_once - sum(len(page.records) for page in waiting))
            first, second = cut(rest.pop(0), room)
            waiting.append(first)
            if second is not None:
                rest.insert(0, second)
            if second is not None or not rest:
                found += await self._record(waiting)
                waiting = []
        return found

    async def is_announced(self) -> bool:
        """Tell whether somebody is told at once of what this Source's Changes are."""
        announcing = self.announcing
        return announcing is not None and await self.store.read(announcing.is_wished)

    async def write(self, work: Callable[[Transaction], Recorded]) -> Recorded:
        """Let something be recorded; wake those who go on with it.

        How much is announced by one transaction depends on how long the last one took, so that
        a burst of Changes keeps nobody else from the store.
        """
        seconds = 0.0

        def timed(tx: Transaction) -> Recorded:
            nonlocal seconds
            began = self.clock.monotonic()
            recorded = work(tx)
            seconds = self.clock.monotonic() - began
            return recorded

        recorded = await self.store.write(timed)
        if recorded.total:
            self.signals.pacing.set()
        if recorded.owed:
            self.signals.dispatch.set()
        for delivery in recorded.owed:
            journal.message_composed(delivery=delivery)
        if seconds > _LONGEST_SECONDS:
            self._at_once = max(FEWEST_ANNOUNCED, self._at_once // 2)
        elif seconds < _LONGEST_SECONDS / 4:
            self._at_once = min(self.most_announced, self._at_once * 2)
        return recorded

    async def most_at_once(self) -> int:
        """Give how many Records one transaction may change."""
        return self._at_once if await self.is_announced() else PAGE

    async def _record(self, pages: list[Page]) -> int:
        began, name = self.clock.monotonic(), self.source.name
        recorded = await self.write(lambda tx: record_pages(tx, name, pages, self.announcing))
        seconds = self.clock.monotonic() - began
        for page, count in zip(pages, recorded.counts, strict=True):
            if count:
                journal.page_captured(
                    source=self.source.name,
                    watch=page.watch.name,
                    read=len(page.records),
                    changes=count,
                    seconds=seconds,
                )
        return recorded.total

    def page(self, watch: Watch, records: list[Record], reach: Reach, low: datetime) -> Page:
        """Make a page of what was read when the database's clock stood at ``reach``."""
        retyped = self.retyped.get(watch.name, frozenset())
        return Page(watch, records, reach.now, low, retyped=retyped)

    async def _differing(self, watch: Watch, low: datetime, keys: list[int]) -> list[int]:
        """Leave out what is known already: a bulk update stays in the overlap for a while."""
        theirs = await self.source.digests_stamped_since(watch, low)

        def known(tx: Transaction) -> dict[int, bytes]:
            return tx.records.fingerprints(self.source.name, watch.name, keys)

        ours = await self.store.read(known)
        return [
            number
            for number in keys
            if number not in ours or int.from_bytes(ours[number][:8], "big") != theirs.get(number)
        ]
