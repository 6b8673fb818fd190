"""What a Picture shows: the same of the store's baseline and of the fake that tests draw."""

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest
from tests.fakes.picture import FakePicture, record_of
from tests.stores.samples import put_some, seen

from bitewing.engine.outbox.picture import StoredPicture
from bitewing.model.record import Record, RecordKey
from bitewing.ports.picture import Picture
from bitewing.ports.store import Store, Transaction
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")
Look = Callable[[Picture], T]

VISITS = [
    record_of("Appointment", number, {"AptNum": number, "PatNum": patient})
    for number, patient in ((9, 5), (2, 5), (4, 6), (7, 0))
]
PREFERENCES = [
    record_of("Preference", number, {"PrefNum": number, "PrefName": name})
    for number, name in ((8, "EasyNoClinics"), (3, "ApptEConfirmStatusAccepted"))
]
KNOWN = [*VISITS, *PREFERENCES]


class Pictures:
    """Lets a look be taken at the same Records through one kind of Picture."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._fake = FakePicture(KNOWN, source="main")

    async def look(self, look: Look[T]) -> T:
        if self._store is None:
            return look(self._fake)
        return await self._store.write(
            lambda tx: look(StoredPicture(tx, source="main", institution="bright-smiles"))
        )


@pytest.fixture(params=["fake", "stored"])
async def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pictures]:
    """Both kinds, of the same Records."""
    if request.param == "fake":
        yield Pictures(None)
        return
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    await store.write(_fill)
    yield Pictures(store)
    await store.close()


def _fill(tx: Transaction) -> None:
    put_some(tx, *map(seen, KNOWN))
    put_some(tx, seen(record_of("Appointment", 1, {"AptNum": 1, "PatNum": 5})), source="branch")
    for source in ("main", "branch"):
        while not tx.records.keep_handles(source, "Appointment", ("PatNum",), limit=100):
            pass


def numbers(records: Iterable[Record]) -> list[int]:
    return [record.key.number for record in records]


async def test_a_record_is_shown_or_none(pictures: Pictures) -> None:
    """With its native columns; one of another Source is not known."""
    found = await pictures.look(lambda picture: picture.record("Appointment", 9))

    assert found == VISITS[0]
    assert await pictures.look(lambda picture: picture.record("Appointment", 1)) is None
    assert await pictures.look(lambda picture: picture.record("Patient", 9)) is None


async def test_records_are_found_by_a_handle(pictures: Pictures) -> None:
    """By their keys; nothing is found by 0, which refers to nothing."""

    def of(patient: int) -> Look[list[int]]:
        return lambda picture: numbers(picture.linked("Appointment", "PatNum", patient))

    assert await pictures.look(of(5)) == [2, 9]
    assert await pictures.look(of(6)) == [4]
    assert await pictures.look(of(99)) == []
    assert await pictures.look(of(0)) == []


async def test_a_small_watch_is_shown_whole(pictures: Pictures) -> None:
    """By their keys."""
    assert await pictures.look(lambda picture: numbers(picture.every("Preference"))) == [3, 8]
    assert await pictures.look(lambda picture: numbers(picture.every("Clinic"))) == []


async def test_an_id_is_for_ever(pictures: Pictures) -> None:
    """The same thing has the same id, whoever asks; two things have two."""

    def ids(picture: Picture) -> list[int]:
        return [
            picture.identity(kind, native)
            for kind, native in (("Patient", "5"), ("Patient", "6"), ("Provider", "5"))
        ]

    first, again = await pictures.look(ids), await pictures.look(ids)

    assert first == again
    assert len(set(first)) == 3


async def test_a_picture_says_whose_it_is(pictures: Pictures) -> None:
    """Source and institution."""
    assert await pictures.look(lambda picture: (picture.source, picture.institution)) == (
        "main",
        "bright-smiles",
    )


async def test_what_changed_is_looked_up_again(tmp_path: Path) -> None:
    """Inside one transaction: the same picture before and after the Changes are recorded."""
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    await store.write(_fill)
    moved = record_of("Appointment", 4, {"AptNum": 4, "PatNum": 5})

    def work(tx: Transaction) -> tuple[list[int], list[int], Record | None]:
        picture = StoredPicture(tx, source="main", institution="bright-smiles")
        before = numbers(picture.linked("Appointment", "PatNum", 5))
        put_some(tx, seen(moved))
        tx.records.keep_handles("main", "Appointment", ("PatNum",), limit=100)
        picture.forget([RecordKey("Appointment", 4)])
        after = numbers(picture.linked("Appointment", "PatNum", 5))
        return before, after, picture.record("Appointment", 4)

    before, after, shown = await store.write(work)
    await store.close()

    assert before == [2, 9]
    assert after == [2, 4, 9]
    assert shown == moved


async def test_what_was_worked_out_is_gone_when_a_record_is_another(pictures: Pictures) -> None:
    """It may have been worked out from just that one."""

    def look(picture: Picture) -> dict[tuple[str, int], object]:
        picture.worked_out["whole", 5] = "of before"
        if isinstance(picture, StoredPicture):
            picture.forget([RecordKey("Preference", 8)])
            return picture.worked_out
        assert isinstance(picture, FakePicture)
        return picture.after(record_of("Preference", 8, {"PrefNum": 8})).worked_out

    assert await pictures.look(look) == {}
