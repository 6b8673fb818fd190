"""What ends at the same time is told together."""

import asyncio
from collections.abc import Sequence

from bitewing.model.delivery import Outcome, OutcomeKind
from bitewing.ports.sender import Ended
from bitewing.transport.ends import Ends

OK = Outcome(OutcomeKind.ANSWERED, 200)


async def next_iteration() -> None:
    """Return when all that is ready now has been done."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.call_soon(done.set_result, None)
    await done


async def test_what_ends_in_one_iteration_is_told_together_and_not_from_within() -> None:
    """In its order, to whoever posted it."""
    ends, mine, others = Ends(), list[Sequence[Ended]](), list[Sequence[Ended]]()
    ends.note("a", mine.append, OK)
    ends.note("x", others.append, OK)
    ends.note("b", mine.append, OK)
    before = list(mine)
    await next_iteration()

    assert before == []
    assert mine == [[("a", OK), ("b", OK)]]
    assert others == [[("x", OK)]]


async def test_what_ends_while_others_are_told_is_told_behind_them() -> None:
    """Whoever is told may post something that cannot be sent."""
    ends, told = Ends(), list[list[Ended]]()

    def tell(ended: Sequence[Ended]) -> None:
        told.append(list(ended))
        if len(told) == 1:
            ends.note("b", tell, OK)

    ends.note("a", tell, OK)
    await next_iteration()
    await next_iteration()

    assert told == [[("a", OK)], [("b", OK)]]
