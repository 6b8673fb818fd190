"""UI events: who hears of a selected patient, and when nobody does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.flow import A_WISH, OWNER, SELECTED, Flow

from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import NotFoundError, SourceUnavailableError


@pytest.fixture
async def reception(watching: Flow) -> Flow:
    """Give a practice with two patients."""
    watching.source.insert("Patient", 28, note="Bradley")
    watching.source.insert("Patient", 29, note="Ann")
    await watching.poller.poll()
    return watching


async def select(flow: Flow, patient: int = 28, workstation: str = "MOLLYR") -> int:
    owed = await flow.counter.patient_selected("main", patient=patient, workstation=workstation)
    await flow.send()
    return owed


async def test_a_selected_patient_is_announced_at_once(reception: Flow) -> None:
    """One Message about the one patient, in the name of the workstation that reports it."""
    await reception.subscribe(SELECTED)
    owed = await select(reception)
    headers = dict(reception.last_message.headers)

    assert owed == 1
    assert [[(i.key, i.note) for i in page] for page in reception.received] == [[(28, "Bradley")]]
    assert (headers["Workstation"], headers["Event-Type"]) == ("MOLLYR", SELECTED.event_name)


async def test_the_same_patient_again_is_silent(reception: Flow) -> None:
    """On the same workstation, in whatever letter case, until another one was selected."""
    await reception.subscribe(SELECTED)
    owed = [
        await select(reception, patient, workstation)
        for patient, workstation in (
            (28, "MOLLYR"),
            (28, "mollyr"),
            (28, "FRONT"),
            (29, "MollyR"),
            (28, "MOLLYR"),
        )
    ]

    assert owed == [1, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("wished", "reported", "expected"),
    [
        ("MOLLYR", "MOLLYR", 1),
        ("mollyr", "MollyR", 1),
        ("MOLLYR", "MOLLY", 0),
        ("FRONT", "MOLLYR", 0),
        ("", "MOLLYR", 1),
        ("", "", 1),
        ("MOLLYR", "", 0),
        ("All Workstations", "MOLLYR", 1),
    ],
)
async def test_workstations_must_match(
    reception: Flow, wished: str, reported: str, expected: int
) -> None:
    """Regardless of letter case; blank hears all of them."""
    await reception.subscribe(replace(SELECTED, workstation=wished))

    assert await select(reception, workstation=reported) == expected


async def test_only_who_wished_for_it_hears_it(reception: Flow) -> None:
    """Neither Subscriptions of Watches nor those of another practice."""
    await reception.subscribe(A_WISH)
    number = await reception.subscribe(SELECTED)
    standing = await reception.subscription(number)
    elsewhere = replace(standing, number=0, source="branch")
    await reception.store.write(lambda tx: tx.subscriptions.add(elsewhere))

    assert await select(reception) == 1


@pytest.mark.parametrize(
    ("starts_in", "stops_in", "expected"),
    [(None, None, 1), (-60, 60, 1), (60, None, 0), (-60, 0, 0), (None, -1, 0), (0, None, 1)],
)
async def test_a_subscription_hears_between_start_and_stop(
    reception: Flow, starts_in: int | None, stops_in: int | None, expected: int
) -> None:
    """A start in the future is waited for, a stop in the past ends it."""
    now = reception.source.now = reception.clock.now()
    wish = replace(
        SELECTED,
        starts_at=None if starts_in is None else now + timedelta(seconds=starts_in),
        stops_at=None if stops_in is None else now + timedelta(seconds=stops_in),
    )
    await reception.subscribe(wish)

    assert await select(reception) == expected


async def test_a_start_in_the_future_comes(reception: Flow) -> None:
    """Once it has, the Subscription hears."""
    reception.source.now = reception.clock.now()
    await reception.subscribe(
        replace(SELECTED, starts_at=reception.clock.now() + timedelta(seconds=60))
    )
    early = await select(reception)
    reception.pass_time(60)

    assert (early, await select(reception, 29)) == (0, 1)


async def test_the_newest_word_about_the_patient_is_told(reception: Flow) -> None:
    """It is read from the practice at the moment of the report, not from the last poll."""
    await reception.subscribe(SELECTED)
    reception.source.update("Patient", 28, note="Brad")
    await select(reception)

    assert reception.received[0][0].note == "Brad"


async def test_without_the_database_the_last_image_does(reception: Flow) -> None:
    """A report is not lost because the practice cannot be asked just now."""
    await reception.subscribe(SELECTED)
    reception.source.update("Patient", 28, note="not yet seen")
    reception.source.break_down()
    await select(reception)

    assert reception.received[0][0].note == "Bradley"


async def test_without_the_database_an_unknown_patient_is_asked_for_later(
    reception: Flow,
) -> None:
    """We cannot know whether there is one; the report may be made again."""
    reception.source.insert("Patient", 30)
    reception.source.break_down()
    with pytest.raises(SourceUnavailableError):
        await select(reception, 30)
    reception.source.mend()
    await reception.subscribe(SELECTED)

    assert await select(reception, 30) == 1


async def test_an_unknown_patient_is_refused(reception: Flow) -> None:
    """And does not count as selected."""
    await reception.subscribe(SELECTED)
    with pytest.raises(NotFoundError):
        await select(reception, 404)
    reception.source.insert("Patient", 404)

    assert await select(reception, 404) == 1


async def test_events_to_one_receiver_do_not_wait_for_each_other(reception: Flow) -> None:
    """They are owed at the same moment and claimed together."""
    await reception.subscribe(SELECTED)
    for patient in (28, 29):
        await reception.counter.patient_selected("main", patient=patient, workstation="MOLLYR")
    await reception.dispatch()

    assert len(reception.sender.posted) == 2


async def test_changing_a_note_keeps_what_is_owed(reception: Flow) -> None:
    """Only another receiver or a new start cancels."""
    number = await reception.subscribe(SELECTED)
    await reception.counter.patient_selected("main", patient=28, workstation="MOLLYR")
    await reception.desk.change(OWNER, number, lambda _: replace(SELECTED, note="front desk"))
    kept = await reception.tally()
    await reception.counter.patient_selected("main", patient=29, workstation="MOLLYR")
    await reception.desk.change(
        OWNER, number, lambda _: replace(SELECTED, url=f"{SELECTED.url}/new")
    )

    assert kept == {DeliveryState.PENDING: 1}
    assert await reception.tally() == {DeliveryState.CANCELLED: 2}
