"""Enquiries: what people may ask about how things stand."""

from dataclasses import dataclass

from bitewing.model.change import gone_from
from bitewing.model.health import SourceHealth
from bitewing.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where every Change of a Source went, counted from independent books.

    ``seen`` counts the Change log. A Change that two Subscriptions wish for counts twice.

    Attributes:
        delivered: acknowledged, as the Subscriptions have counted.
        waiting: behind a Subscription's Bookmark, as the Change log has it.
        backing_off: behind the Bookmark of a Subscription that is backing off.
        failed: too old to send by the three-day rule, or before a start that was asked for.
        not_subscribed: no Subscription wished for it.
    """

    seen: int
    delivered: int
    waiting: int
    backing_off: int
    failed: int
    not_subscribed: int

    @property
    def adds_up(self) -> bool:
        """Whether nothing is missing and nothing is there twice."""
        return self.seen == (
            self.delivered + self.waiting + self.backing_off + self.failed + self.not_subscribed
        )


def ledger(tx: Transaction, source: str, watches: list[str]) -> Ledger:
    """Make the Ledger of a Source with these Watches."""
    latest = tx.changes.latest(source)
    seen = delivered = waiting = backing_off = failed = unwished = 0
    for feed in (*watches, *map(gone_from, watches)):
        total = tx.changes.count(source, feed, after=0, up_to=latest, before=None)
        wishes = [
            wish for wish in tx.subscriptions.all() if (wish.source, wish.watch) == (source, feed)
        ]
        seen += total * max(1, len(wishes))
        unwished += 0 if wishes else total
        for wish in wishes:
            after = wish.first_change if wish.bookmark.after is None else wish.bookmark.after
            behind = tx.changes.count(source, feed, after=after, up_to=latest, before=None)
            delivered += wish.delivered
            failed += wish.expired
            unwished += wish.unwished
            backing_off += behind if wish.resume_at is not None else 0
            waiting += behind if wish.resume_at is None else 0
    return Ledger(seen, delivered, waiting, backing_off, failed, unwished)


def missing(sources: list[SourceHealth], failing: list[str]) -> list[str]:
    """Say what is still missing before the program is ready."""
    lacks = [f"{worker} is failing" for worker in failing]
    for health in sources:
        waiting = [watch for watch, is_done in health.first_readings.items() if not is_done]
        if waiting:
            reason = f" ({health.detail})" if health.detail else ""
            lacks.append(f"{health.source}: the first reading of {', '.join(waiting)}{reason}")
        elif not health.is_ready:
            lacks.append(f"{health.source}: {health.detail or 'not read yet'}")
    return lacks
