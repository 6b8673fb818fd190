"""Albums: over a real store they show what the fake that the dialect is tested with shows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.album import FakeAlbum
from tests.fakes.picture import record_of
from tests.stores.conformance.test_writes import WRITE
from tests.stores.samples import put_some, seen

from bitewing.engine.operations.albums import StoredAlbum, Unnamed
from bitewing.model.record import Record
from bitewing.ports.album import Album
from bitewing.ports.store import Store, Transaction

RECORDS = [
    record_of(
        "Appointment",
        number,
        {"AptNum": number, "PatNum": number % 2 + 1, "AptDateTime": f"2026-03-0{day} 12:00:00"},
    )
    for number, day in ((1, 3), (2, 1), (3, 2), (4, 2))
]
QUESTIONS: dict[str, Callable[[Album], Any]] = {
    "one": lambda album: album.record("Appointment", 2),
    "one that is not there": lambda album: album.record("Appointment", 9),
    "one of another Watch": lambda album: album.record("Patient", 2),
    "those that refer to it": lambda album: album.linked("Appointment", "PatNum", 2),
    "none refer to it": lambda album: album.linked("Appointment", "PatNum", 9),
    "all": lambda album: album.every("Appointment"),
    "the first": lambda album: album.chunk("Appointment", after=None, limit=3),
    "the next": lambda album: album.chunk("Appointment", after=3, limit=3),
    "between two days": lambda album: between(album, 0),
    "between two days, further on": lambda album: between(album, 2),
    "a stranger's id": lambda album: album.native_of("Patient", 10**9),
}


def between(album: Album, offset: int) -> Sequence[Record]:
    return album.between(
        "Appointment",
        "AptDateTime",
        low=20260301120000,
        high=20260302235959,
        limit=2,
        offset=offset,
    )


@pytest.fixture
async def filled(store: Store) -> Store:
    """Give a store with a baseline whose handles are kept."""

    def work(tx: Transaction) -> None:
        columns = ("PatNum", "AptDateTime")
        tx.records.keep_handles("main-office", "Appointment", columns, limit=100)
        put_some(tx, *map(seen, RECORDS), source="main-office")

    await store.write(work)
    return store


def an_album(
    tx: Transaction, *, source: str = "main-office", unnamed: Unnamed | None = None
) -> StoredAlbum:
    return StoredAlbum(tx, source, "bright-smiles", unnamed=unnamed)


@pytest.mark.parametrize("question", QUESTIONS)
async def test_it_shows_what_the_fake_shows(filled: Store, question: str) -> None:
    """Asked twice, because what was found once is kept."""
    ask, fake = QUESTIONS[question], FakeAlbum(RECORDS)

    answers = await filled.read(lambda tx: [ask(album) for album in [an_album(tx)] * 2])

    assert plain(answers) == plain([ask(fake)] * 2)


def plain(answers: list[Any]) -> list[Any]:
    """Give what tells Records apart, whatever they are held in."""
    return [
        [(one.key, one.native) for one in answer]
        if isinstance(answer, Sequence)
        else answer and (answer.key, answer.native)
        for answer in answers
    ]


async def test_another_practice_has_nothing_of_it(filled: Store) -> None:
    """Each Source has its own Records and ids."""

    def work(tx: Transaction) -> tuple[Any, Any]:
        number = an_album(tx).identity("Patient", "1")
        other = an_album(tx, source="branch")
        return other.every("Appointment"), other.native_of("Patient", number)

    assert await filled.write(work) == ([], None)


async def test_ids_are_read_both_ways(filled: Store) -> None:
    """An institution belongs to no Source; every other thing does."""

    def work(tx: Transaction) -> tuple[int, str | None, str | None, str | None]:
        album = an_album(tx)
        patient, place = album.identity("Patient", "7"), album.identity("Institution", "b")
        assert album.identity("Patient", "7") == patient
        return (
            patient,
            album.native_of("Patient", patient),
            album.native_of("Appointment", patient),
            an_album(tx, source="branch").native_of("Institution", place),
        )

    patient, *natives = await filled.write(work)

    assert natives == ["7", None, "b"]
    assert await filled.read(lambda tx: an_album(tx).identity("Patient", "7")) == patient


async def test_no_id_is_given_while_reading(filled: Store) -> None:
    """Something stands for it, the same for the same thing, and it is noted that it needs one."""
    unnamed = Unnamed()

    def work(tx: Transaction) -> list[int]:
        albums = [an_album(tx, unnamed=unnamed), an_album(tx, source="branch", unnamed=unnamed)]
        keys = ("7", "8", "7")
        return [album.identity("Patient", key) for album in albums for key in keys]

    first, second, again, *others = await filled.read(work)

    assert first == again
    assert len({first, second, *others}) == 4
    assert max(first, second, *others) < 0
    assert list(unnamed.names) == [
        ("Patient", source, key) for source in ("main-office", "branch") for key in ("7", "8")
    ]


async def test_what_was_said_of_an_appointment_is_remembered(filled: Store) -> None:
    """Of the one that was asked for here; of others, and other things, nothing was said."""

    def work(tx: Transaction) -> list[Any]:
        album = an_album(tx)
        wanted = replace(WRITE, subject=album.identity("Appointment", "7"))
        tx.writes.add(wanted)
        asked = (("Appointment", "7"), ("Appointment", "8"), ("Patient", "7"))
        return [album.asked_for(kind, native) == wanted.shown for kind, native in asked]

    assert await filled.write(work) == [True, False, False]
