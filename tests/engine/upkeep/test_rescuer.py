"""The rescuer: it opens what has run out, and wakes the dispatcher only then."""

from tests.engine.flow import Flow

from bitewing.engine.delivery.dispatcher import LEASE


async def test_only_claims_that_have_run_out_are_opened(watching: Flow) -> None:
    """A moment before, nothing happens; at the moment, the Delivery is due again."""
    await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()
    await watching.pacer.step()
    await watching.dispatch()
    watching.crash()
    watching.signals.dispatch.clear()
    watching.pass_time(LEASE.total_seconds() - 1)
    await watching.rescuer.step()
    early = watching.signals.dispatch.is_set()
    watching.pass_time(1)
    await watching.rescuer.step()

    assert (early, watching.signals.dispatch.is_set()) == (False, True)
    assert await watching.store.read(lambda tx: tx.outbox.turns())
