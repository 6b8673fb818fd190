"""What people may ask of Subscriptions, and what they may not."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.flow import A_WISH, EVERY, OWNER, SELECTED, URL, Flow
from tests.fakes.sender import answered

from bitewing.engine.operations.subscriptions import Desk
from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Bookmark, Subscription, Wish

SOMEBODY_ELSE = "owner-2"


async def test_a_new_subscription_begins_now(watching: Flow) -> None:
    """At the database's clock, behind the last Change, with what was wished for."""
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()
    watching.source.now += timedelta(hours=1)
    wish = replace(A_WISH, workstation="MOLLYR", note="front desk")
    created = await watching.desk.create(OWNER, "main", wish)

    assert (created.url, created.event_name, created.watch) == (URL, wish.event_name, "Appointment")
    assert (created.every, created.workstation, created.note) == (EVERY, "MOLLYR", "front desk")
    assert created.starts_at == watching.source.now
    assert (created.bookmark, created.first_change) == (Bookmark(after=1), 1)
    assert created == await watching.desk.one(OWNER, created.number)


async def test_without_the_database_our_clock_stands_in(watching: Flow) -> None:
    """A Subscription can be created while the practice is away."""
    watching.source.break_down()
    created = await watching.desk.create(OWNER, "main", A_WISH)

    assert created.starts_at == watching.clock.now()


async def test_owners_see_their_own_alone(watching: Flow) -> None:
    """Another's is not found, whether it is read, changed or removed."""
    number = await watching.subscribe()

    assert await watching.desk.all_of(SOMEBODY_ELSE) == []
    with pytest.raises(NotFoundError):
        await watching.desk.one(SOMEBODY_ELSE, number)
    with pytest.raises(NotFoundError):
        await watching.desk.change(SOMEBODY_ELSE, number, lambda _: A_WISH)
    with pytest.raises(NotFoundError):
        await watching.desk.remove(SOMEBODY_ELSE, number)
    assert [wish.number for wish in await watching.desk.all_of(OWNER)] == [number]


async def test_a_removed_subscription_is_gone_and_owed_nothing(watching: Flow) -> None:
    """What waited for it is cancelled; its number is never given again."""
    number = await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.run(0)
    watching.source.touch("Appointment", 2)
    watching.pass_time(11)
    await watching.poller.poll()
    await watching.pacer.step()
    await watching.desk.remove(OWNER, number)
    await watching.run()

    assert len(watching.sender.messages) == 1
    assert await watching.tally() == {DeliveryState.DELIVERED: 1, DeliveryState.CANCELLED: 1}
    with pytest.raises(NotFoundError):
        await watching.desk.one(OWNER, number)
    assert await watching.subscribe() > number


@pytest.mark.parametrize(
    "other",
    [
        replace(A_WISH, url=f"{URL}/other"),
        replace(A_WISH, workstation="FRONT"),
        replace(A_WISH, event_name="WatchTable: Patient", watch="Patient"),
        SELECTED,
    ],
)
async def test_what_differs_is_no_twin(watching: Flow, other: Wish) -> None:
    """Another URL, workstation or Event is another Subscription."""
    await watching.subscribe(replace(A_WISH, workstation="MOLLYR"))
    await watching.subscribe(other)

    assert len(await watching.desk.all_of(OWNER)) == 2


async def test_twins_are_refused(watching: Flow) -> None:
    """The same wish of the same owner, in whatever letter case the workstation is written."""
    number = await watching.subscribe(replace(A_WISH, workstation="MOLLYR"))
    twin = replace(A_WISH, workstation="mollyr", every=2 * EVERY, note="twin")

    with pytest.raises(InvalidRequestError, match=f"SubscriptionNum {number} "):
        await watching.subscribe(twin)
    await watching.subscribe(twin, owner=SOMEBODY_ELSE)
    assert len(await watching.desk.all_of(OWNER)) == 1


@pytest.mark.parametrize(("days", "is_refused"), [(-1, False), (0, True), (1, True)])
async def test_an_expired_twin_does_not_count(
    watching: Flow,
    days: int,
    is_refused: bool,  # noqa: FBT001
) -> None:
    """By whole days of the office: one that stops today still stands."""
    stops_at = watching.source.now + timedelta(days=days)
    await watching.subscribe(replace(A_WISH, stops_at=stops_at))
    if is_refused:
        with pytest.raises(InvalidRequestError):
            await watching.subscribe()
    else:
        await watching.subscribe()

    assert len(await watching.desk.all_of(OWNER)) == (1 if is_refused else 2)


async def test_a_refused_address_is_not_subscribed_to(watching: Flow) -> None:
    """Neither at the beginning nor by a change; an unchanged one is not judged again."""
    number = await watching.subscribe()
    strict = Desk(
        watching.store,
        {"main": watching.source},
        lambda url: f"{url} is forbidden",
        watching.clock,
        watching.signals,
        "opendental",
    )

    with pytest.raises(InvalidRequestError, match="is forbidden"):
        await strict.create(OWNER, "main", replace(A_WISH, url="http://10.0.0.5/"))
    with pytest.raises(InvalidRequestError, match="is forbidden"):
        await strict.change(OWNER, number, lambda _: replace(A_WISH, url="http://10.0.0.5/"))
    changed = await strict.change(OWNER, number, lambda _: replace(A_WISH, note="same url"))
    assert (changed.url, changed.note) == (URL, "same url")


async def test_a_change_keeps_what_it_does_not_name(watching: Flow) -> None:
    """Without a new start the books and the place stay."""
    number = await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.run()
    before = await watching.subscription(number)
    wish = replace(A_WISH, every=3 * EVERY, workstation="FRONT", note="new")
    changed = await watching.desk.change(OWNER, number, lambda _: wish)

    named = replace(before, every=3 * EVERY, workstation="FRONT", note="new")
    assert changed == replace(named, updated_at=watching.clock.now())


async def test_two_changes_at_once_keep_what_the_other_has_written(watching: Flow) -> None:
    """Each is told how the Subscription stands when its turn comes."""
    number = await watching.subscribe()

    def note(before: Subscription) -> Wish:
        return replace(A_WISH, note="new", workstation=before.workstation)

    def workstation(before: Subscription) -> Wish:
        return replace(A_WISH, note=before.note, workstation="FRONT")

    await asyncio.gather(
        watching.desk.change(OWNER, number, note),
        watching.desk.change(OWNER, number, workstation),
    )
    standing = await watching.subscription(number)

    assert (standing.note, standing.workstation) == ("new", "FRONT")


async def test_a_wish_that_is_refused_changes_nothing(watching: Flow) -> None:
    """What the wisher raises comes out, and the Subscription stays as it was."""
    number = await watching.subscribe()
    before = await watching.subscription(number)

    def refuse(_: Subscription) -> Wish:
        raise InvalidRequestError("Note is too long.")

    with pytest.raises(InvalidRequestError, match="too long"):
        await watching.desk.change(OWNER, number, refuse)
    assert await watching.subscription(number) == before


async def test_a_change_lets_a_failing_subscription_try_at_once(watching: Flow) -> None:
    """A person who has mended the receiver need not wait for the pause to end."""
    number = await watching.subscribe()
    watching.sender.standing[URL] = answered(500)
    watching.source.touch("Appointment", 1)
    for _ in range(7):
        await watching.run(61)
    watching.sender.standing.clear()
    sent = len(watching.sender.messages)
    watching.pass_time(11)
    await watching.desk.change(OWNER, number, lambda _: A_WISH)
    await watching.send()

    assert len(watching.sender.messages) == sent + 1
    assert (await watching.subscription(number)).delivered == 1


async def test_a_new_start_begins_the_books_anew(watching: Flow) -> None:
    """What lies behind it counts as not wished for; what it names is sent again."""
    number = await watching.subscribe()
    watching.source.touch("Appointment", 1)
    await watching.run()
    start = watching.source.now - timedelta(seconds=60)
    await watching.desk.change(OWNER, number, lambda _: replace(A_WISH, starts_at=start))
    standing = await watching.subscription(number)
    await watching.run()

    assert (standing.starts_at, standing.delivered, standing.first_change) == (start, 0, 1)
    assert watching.received_keys == [[1], [1]]
    assert (await watching.ledger()).adds_up


async def test_what_is_asked_for_wakes_the_pacer(watching: Flow) -> None:
    """Nobody waits for its next round."""
    woken = []
    number = await watching.subscribe()
    for ask in (
        watching.desk.change(OWNER, number, lambda _: A_WISH),
        watching.desk.remove(OWNER, number),
    ):
        watching.signals.pacing.clear()
        await ask
        woken.append(watching.signals.pacing.is_set())

    assert woken == [True, True]


async def test_an_endpoint_is_shared_by_url(watching: Flow) -> None:
    """Two Subscriptions of one owner at one URL have one Endpoint; other owners have their own."""
    numbers = [
        await watching.subscribe(),
        await watching.subscribe(replace(A_WISH, workstation="FRONT")),
        await watching.subscribe(replace(A_WISH, workstation="BACK", url=f"{URL}/b")),
        await watching.subscribe(owner=SOMEBODY_ELSE),
    ]
    endpoints = [(await watching.subscription(number)).endpoint for number in numbers]

    assert endpoints[0] == endpoints[1]
    assert len(set(endpoints)) == 3


async def test_the_office_zone_is_known(watching: Flow) -> None:
    """Dates of Subscriptions are the office's days."""
    assert watching.desk.zone_of("main") == watching.source.zone
