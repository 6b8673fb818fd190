"""History: past Events by their dense numbers, with the bytes that were delivered."""

import pytest
from tests.engine.flow import A_WISH, Flow

from bitewing.engine.operations import history
from bitewing.engine.operations.history import History
from bitewing.model.errors import ForgottenError, InvalidRequestError


@pytest.fixture
async def told(watching: Flow) -> History:
    """Give the history of five Changes: three updates, a new patient, a deletion."""
    for number in (3, 1, 2):
        watching.source.update("Appointment", number, note=f"new {number}")
        await watching.poller.poll()
    watching.source.insert("Patient", 28, note="nobody follows patients")
    await watching.poller.poll()
    watching.source.delete("Appointment", 2)
    await watching.live_on()
    return History(watching.store, watching.dialect, {"Appointment": A_WISH.event_name})


@pytest.mark.parametrize(
    ("since", "until", "limit", "numbers"),
    [
        (1, None, 1000, [1, 2, 3, 4, 5]),
        (1, 5, 1000, [1, 2, 3, 4, 5]),
        (2, 4, 1000, [2, 3, 4]),
        (3, 3, 1000, [3]),
        (5, 10_000, 1000, [5]),
        (6, None, 1000, []),
        (2**63 - 1, None, 1000, []),
        (2, None, 2, [2, 3]),
        (1, 4, 1, [1]),
    ],
)
async def test_both_ends_are_included(
    told: History, since: int, until: int | None, limit: int, numbers: list[int]
) -> None:
    """The latest number comes with every answer, so that a gap at the end shows too."""
    events, latest = await told.between("main", since, until, limit=limit)

    assert [one.number for one in events] == numbers
    assert latest == 5


async def test_an_event_says_what_happened_to_what(told: History) -> None:
    """Kind, Watch, Record and Event name; none where nobody can subscribe to it."""
    events, _ = await told.between("main", 1, None)

    assert [(one.kind, one.watch, one.record, one.event_name) for one in events] == [
        ("updated", "Appointment", 3, "WatchTable: Appointment"),
        ("updated", "Appointment", 1, "WatchTable: Appointment"),
        ("updated", "Appointment", 2, "WatchTable: Appointment"),
        ("created", "Patient", 28, None),
        ("deleted", "Appointment", 2, None),
    ]
    assert [one.body == b"null" for one in events] == [False, False, False, True, True]


async def test_a_deletion_is_told_as_it_last_was_where_it_is_an_event(
    told: History, watching: Flow
) -> None:
    """By the feed of the deletions."""
    names = {"Appointment": A_WISH.event_name, "AppointmentGone": "WatchTable: Gone"}
    [gone], _ = await History(watching.store, watching.dialect, names).between("main", 5, 5)

    assert gone.event_name == "WatchTable: Gone"
    assert b'"new 2"' in gone.body


async def test_the_bytes_are_those_that_were_delivered(watching: Flow) -> None:
    """Put together, they are the Messages."""
    await watching.subscribe()
    for number in (1, 2, 3):
        watching.source.update("Appointment", number, note=f"new {number} \N{TOOTH}")
    await watching.run()
    past = History(watching.store, watching.dialect, {"Appointment": A_WISH.event_name})
    events, _ = await past.between("main", 1, None)
    [message] = watching.sender.messages

    assert b"[" + b",".join(one.body for one in events) + b"]" == message.body


@pytest.mark.parametrize(
    ("since", "until", "limit"), [(0, None, 1), (-1, None, 1), (3, 2, 1), (1, 0, 1), (1, None, 0)]
)
async def test_numbers_that_make_no_sense_are_refused(
    told: History, since: int, until: int | None, limit: int
) -> None:
    """Rather than answered with nothing, which would look like nothing had happened."""
    with pytest.raises(InvalidRequestError):
        await told.between("main", since, until, limit=limit)


async def test_no_answer_is_longer_than_the_most(watching: Flow) -> None:
    """Whatever is asked for; the next one begins behind it."""
    for number in range(10, 10 + history.MOST + 1):
        watching.source.insert("Appointment", number)
    await watching.poller.poll()
    past = History(watching.store, watching.dialect, {"Appointment": A_WISH.event_name})
    first, latest = await past.between("main", 1, None, limit=5000)
    rest, _ = await past.between("main", first[-1].number + 1, None)

    assert (len(first), len(rest), latest) == (history.MOST, 1, history.MOST + 1)


async def test_another_source_has_numbers_of_its_own(told: History) -> None:
    """Nothing has happened there."""
    assert await told.between("other", 1, None) == ([], 0)


async def test_what_is_no_longer_kept_is_said_to_be_so(told: History) -> None:
    """With the number from which on it is; never an empty answer that looks like "nothing new"."""
    await told.store.write(lambda tx: tx.changes.forget("main", 3))

    with pytest.raises(ForgottenError, match=r"before number 4 .* begin with since=4"):
        await told.between("main", 3, None)

    events, latest = await told.between("main", 4, None)
    assert ([one.number for one in events], latest) == ([4, 5], 5)
