"""The journal: every log line of the engine, one function each. Numbers and names of ours only."""

from collections.abc import Mapping, Sequence

import structlog

from bitewing.model.delivery import Delivery, DeliveryState, Sent
from bitewing.model.errors import BitewingError
from bitewing.model.subscription import Endpoint

MOST_LINES = 32
"""More exchanges than this that end together are a burst."""

_log = structlog.get_logger("bitewing")


def page_captured(*, source: str, watch: str, read: int, changes: int, seconds: float) -> None:
    """A poll found something."""
    _log.info(
        "page.captured",
        source=source,
        watch=watch,
        read=read,
        changes=changes,
        milliseconds=round(seconds * 1000, 1),
    )


def first_reading_finished(*, source: str, watch: str, records: int) -> None:
    """All Records of a Watch are known; from here on differences are Changes."""
    _log.info("first_reading.finished", source=source, watch=watch, records=records)


def sweep_finished(*, source: str, watch: str, depth: str, found: int, seconds: float) -> None:
    """A Watch was compared whole; said aloud only if that found what no poll had."""
    say = _log.info if found else _log.debug
    say(
        "sweep.finished",
        source=source,
        watch=watch,
        depth=depth,
        found=found,
        milliseconds=round(seconds * 1000, 1),
    )


def deletions_held(*, source: str, watch: str, rows: int) -> None:
    """So many rows are gone at once that a person must say whether it is true."""
    _log.warning("deletions.held", source=source, watch=watch, rows=rows)


def source_failed(*, source: str, detail: str) -> None:
    """A practice database cannot be read; said again only when the reason is another."""
    _log.warning("source.failed", source=source, detail=detail)


def source_recovered(*, source: str) -> None:
    """A practice database can be read again."""
    _log.info("source.recovered", source=source)


def clock_stepped(*, source: str, seconds: float) -> None:
    """The database's clock moved by itself, against ours."""
    _log.warning("source.clock_stepped", source=source, seconds=round(seconds, 1))


def message_composed(*, delivery: Delivery) -> None:
    """A Message was written into the outbox."""
    _log.info(
        "message.composed",
        delivery=delivery.id,
        subscription=delivery.subscription,
        event_name=delivery.event_name,
        records=len(delivery.records),
        bytes=len(delivery.body),
    )


def announcing_failed(*, source: str, what: str, number: int, error: str) -> None:
    """What a Change did to one thing cannot be told; all else goes on."""
    _log.error("announcing.failed", source=source, what=what, number=number, error=error)


def composing_failed(*, subscription: int, error: str) -> None:
    """The next Message of a Subscription could not be written; it waits, the others go on."""
    _log.error("composing.failed", subscription=subscription, error=error)


def deliveries_attempted(sent: Sequence[Sent], states: Mapping[str, DeliveryState]) -> None:
    """Exchanges with receivers, and what was decided: a line each, as long as they are few.

    ``states`` says what became of those that were not taken.

    In a burst those that arrived at the first try share a line; every failure has its own.
    """
    alone = sent
    if len(sent) > MOST_LINES:
        alone = [one for one in sent if not one.is_taken or one.claim.delivery.attempts]
    for one in alone:
        _delivery_attempted(one, states.get(one.claim.delivery.id, DeliveryState.DELIVERED))
    if len(alone) < len(sent):
        _log.info("deliveries.arrived", count=len(sent) - len(alone))


def _delivery_attempted(sent: Sent, state: DeliveryState) -> None:
    delivery, outcome = sent.claim.delivery, sent.outcome
    timings = outcome.timings
    _log.info(
        "delivery.attempted",
        delivery=delivery.id,
        subscription=delivery.subscription,
        endpoint=delivery.endpoint,
        event_name=delivery.event_name,
        records=len(delivery.records),
        bytes=len(delivery.body),
        ordinal=sent.attempt.ordinal,
        outcome=outcome.kind.value,
        status=outcome.status,
        detail=outcome.detail,
        state=state.value,
        address=outcome.address,
        resolve_ms=timings.resolve,
        connect_ms=timings.connect,
        tls_ms=timings.tls,
        first_byte_ms=timings.first_byte,
        total_ms=round(timings.total, 2),
    )


def endpoint_turned(*, before: Endpoint, after: Endpoint) -> None:
    """An Endpoint began to fail, was parked, was disabled, or takes Messages again."""
    if after.state is not before.state:
        what = after.state.value
    elif after.failing_since is None:
        what = "recovered"
    elif before.failing_since is None:
        what = "failing"
    else:
        what = "parked"
    say = _log.info if what == "recovered" else _log.warning
    say("endpoint.turned", endpoint=after.id, what=what, reason=after.reason)


def deliveries_held(*, endpoint: int, count: int) -> None:
    """What a disabled Endpoint was still owed is kept until a person decides."""
    _log.info("deliveries.held", endpoint=endpoint, count=count)


def claims_rescued(*, count: int) -> None:
    """Claims whose worker did not settle them in time are open again."""
    _log.warning("claim.rescued", count=count)


def worker_failed(*, worker: str, error: str, seconds: float) -> None:
    """A worker stopped with an error and starts again after a pause."""
    _log.error("worker.failed", worker=worker, error=error, again_in_seconds=seconds)


def subscription_changed(*, subscription: int, what: str) -> None:
    """A person created, changed or removed a Subscription."""
    _log.info("subscription.changed", subscription=subscription, what=what)


def endpoint_changed(*, endpoint: int, what: str) -> None:
    """A person created, changed or removed an Endpoint."""
    _log.info("endpoint.changed", endpoint=endpoint, what=what)


def replay_ended(*, done: int, unable: int, is_cancelled: bool) -> None:
    """What a person wished to go out again is owed, or as much of it as was not cancelled."""
    _log.info("replay.ended", done=done, unable=unable, is_cancelled=is_cancelled)


def request_failed(*, method: str, route: str, error: str) -> None:
    """A caller's request ran into a mistake of ours and was answered with 500."""
    _log.error("request.failed", method=method, route=route, error=error)


def named(error: Exception) -> str:
    """Name an error without repeating anything that it may quote from a Record."""
    if isinstance(error, BitewingError):
        return f"{error.code}: {error}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"


def writes_forsaken(*, source: str, count: int) -> None:
    """So much waits for a Writer that is not configured."""
    _log.warning("writes.forsaken", source=source, count=count)
