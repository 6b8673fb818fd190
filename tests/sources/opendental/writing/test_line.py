"""The line keeps the pace, says who calls, and turns every failure into a value."""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.fakes.clock import FakeClock
from tests.practice.looking import copy
from tests.sources.conformance.writing.practices import ServedPractice, served

from bitewing.cli.hosting import listen_on
from bitewing.clock import SystemClock
from bitewing.model.errors import SettingsError
from bitewing.model.writing import Booking, Unavailable, Unknown
from bitewing.practice.serving.call import Answer
from bitewing.sources.opendental.writing import open_dental_writer
from bitewing.sources.opendental.writing.hearing import Heard
from bitewing.sources.opendental.writing.line import Line
from bitewing.sources.opendental.writing.writer import OpenDentalWriter

ZONE = ZoneInfo("America/New_York")
BOOKING = Booking(3, 1, 1, SystemClock().now())
KEYS = "ODFHIR NFF6i0KrXrxDkZHt/VzkmZEaUWOjnQX2z"


def line_of(practice: ServedPractice) -> Line:
    assert isinstance(practice.writer, OpenDentalWriter)
    return practice.writer.line


async def test_calls_keep_their_distance(tmp_path: Path) -> None:
    """The second call waits until the interval since the first has passed."""
    copy(f"sqlite:///{tmp_path / 'practice.db'}")
    clock = FakeClock()
    async with served(f"sqlite:///{tmp_path / 'practice.db'}") as practice:
        line = Line(line_of(practice).url, KEYS, clock, interval=1.0)
        await line.get("operatories")
        second = asyncio.ensure_future(line.get("operatories"))
        await clock.until_waiting()
        due = clock.next_due_in
        waited_for = len(practice.mishaps.heard)
        clock.advance(1)
        answer = await second
        await line.close()

    assert due == 1.0
    assert waited_for == 1
    assert isinstance(answer, Heard)


async def test_who_does_not_listen_is_unavailable_and_who_does_not_answer_unknown() -> None:
    """Nothing was sent to the one; the other may have done what was asked."""
    listening = listen_on("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1"
    silent = Line(address, KEYS, SystemClock(), answer_seconds=0.2)
    unanswered = await silent.post("appointments", {})
    await silent.close()
    listening.close()
    gone = Line(address, KEYS, SystemClock())
    unreachable = await gone.post("appointments", {})
    await gone.close()

    assert isinstance(unanswered, Unknown)
    assert isinstance(unreachable, Unavailable)
    assert "Error" in unreachable.reason


async def test_a_wrong_key_is_not_a_refusal(tmp_path: Path) -> None:
    """A person mends it, and then what waits can be written."""
    copy(f"sqlite:///{tmp_path / 'practice.db'}")
    async with served(f"sqlite:///{tmp_path / 'practice.db'}") as practice:
        line = Line(line_of(practice).url, "ODFHIR a/b", SystemClock())
        result = await OpenDentalWriter("main-office", ZONE, line).book(BOOKING)
        await line.close()

    assert isinstance(result, Unavailable)
    assert result.retry_after is not None


async def test_a_list_is_read_to_its_last_page(tmp_path: Path) -> None:
    """Remote mode gives a hundred at once; what is asked for may be behind them."""
    copy(f"sqlite:///{tmp_path / 'practice.db'}")
    async with served(f"sqlite:///{tmp_path / 'practice.db'}") as practice:
        full = Answer(200, [{"AptNum": n, "AptStatus": "Broken"} for n in range(100)])
        practice.mishaps.instead += [full, full]
        found = await practice.writer.find_booking(BOOKING)
        offsets = [call.asked["Offset"] for call in practice.mishaps.heard]

    assert found is None
    assert offsets == ["0", "100", "200"]


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        ("ftp://x/api/v1", "a/b"),
        ("http://user:pw@x/api/v1", "a/b"),
        ("http://[x/api/v1", "a/b"),
        ("nothing", "a/b"),
        ("http://x/api/v1", "secret"),
        ("http://x/api/v1", "se cret/b"),
        ("http://x/api/v1", "sec\nret/b"),
    ],
)
def test_what_cannot_be_used_is_refused_without_repeating_a_key(url: str, keys: str) -> None:
    """Before anything is connected."""
    with pytest.raises(SettingsError) as refused:
        open_dental_writer(source="x", zone=ZONE, url=url, authorization=keys, clock=SystemClock())

    assert "secret" not in str(refused.value)
    assert "pw" not in str(refused.value)


def test_the_pace_follows_from_the_address_and_keys_are_not_shown() -> None:
    """Once a second where Open Dental's own servers are asked, otherwise at once."""

    def made(url: str, keys: str = "developer/customer") -> OpenDentalWriter:
        return open_dental_writer(
            source="x", zone=ZONE, url=url, authorization=keys, clock=SystemClock()
        )

    remote = made("https://api.opendental.com/api/v1/", "ODFHIR developer/customer")

    assert remote.line.interval == 1.0
    assert made("http://127.0.0.1:30223/api/v1").line.interval == 0.0
    assert remote.line.authorization == "ODFHIR developer/customer"
    assert "customer" not in repr(remote)
