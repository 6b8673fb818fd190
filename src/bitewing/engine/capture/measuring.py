"""Measuring: how each Watch of a Source would be read, and what that costs, for ``doctor``."""

from bitewing.engine.capture import pace
from bitewing.engine.capture.agenda import Agenda
from bitewing.engine.capture.standing import level_of
from bitewing.model.errors import BitewingError
from bitewing.model.health import Finding, Light
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source


async def measure(source: Source, clock: Clock) -> list[Finding]:
    """Poll each Watch once, storing nothing; never raises for what is wrong.

    The delays are those of a database that is otherwise as busy as it was just now.
    """
    try:
        await source.open()
        reach = await source.reach()
        costs: dict[str, float] = {}
        for watch in source.watches:
            if watch.stamp_column is not None:
                began = clock.monotonic()
                await source.keys_stamped_since(watch, reach.now - reach.overlap)
                costs[watch.name] = clock.monotonic() - began
    except BitewingError as error:
        return [Finding(Light.RED, "polls", str(error))]
    polled = pace.seconds_until_next(sum(costs.values())) + sum(costs.values())
    agenda = Agenda()
    found = []
    for watch in source.watches:
        swept = agenda.seconds_between(watch)
        cost = costs.get(watch.name)
        told = (
            f"noticed within {swept:.0f} s"
            if cost is None
            else f"{cost * 1000:.1f} ms a poll; a stamped change is noticed within {polled:.1f} s, "
            f"everything within {swept:.0f} s"
        )
        found.append(Finding(Light.GREEN, watch.name, f"{level_of(watch, reach)}: {told}."))
    return found
