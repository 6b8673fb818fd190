"""Images at rest: small, and each in a frame that says how to read it."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
import zstandard
from tests.stores.samples import a_record

from bitewing.model.record import Record
from bitewing.stores.sqlite.images import DICTIONARY_BYTES, ENOUGH_TO_LEARN, Images
from bitewing.stores.sqlite.migrating import migrate, migrations


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Give a database with our tables."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        migrate("store.db", opened, migrations())
        yield opened


def varied_records(count: int) -> list[Record]:
    """Give Records with notes that differ, the same ones in every run."""
    chance = random.Random(28)  # noqa: S311 - test values
    words = [b"crown", b"prophy", b"recall", b"patient", b"called", b"moved", b"upper", b"left"]
    return [a_record(n, note=b" ".join(chance.choices(words, k=20))) for n in range(count)]


def dictionary_of(frame: bytes) -> int:
    """Give the number of the dictionary that a frame needs; 0 if none."""
    return zstandard.get_frame_parameters(frame).dict_id


def known_dictionaries(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT source, watch FROM dictionary ORDER BY id").fetchall()


def test_a_small_batch_teaches_nothing(connection: sqlite3.Connection) -> None:
    """A few images alone say little about a table."""
    frames = Images(connection).pack_all("main", "A", varied_records(ENOUGH_TO_LEARN - 1))

    assert {dictionary_of(frame) for frame in frames} == {0}
    assert known_dictionaries(connection) == []


def test_a_large_batch_teaches_once_per_source_and_watch(connection: sqlite3.Connection) -> None:
    """Its dictionary is stored, has a private number, and serves all later images."""
    images = Images(connection)
    records = varied_records(ENOUGH_TO_LEARN)
    first = images.pack_all("main", "A", records)
    images.pack_all("main", "A", records)
    images.pack_all("branch", "A", records)
    single = Images(connection).pack("main", a_record(1, watch="A"))

    assert known_dictionaries(connection) == [("main", "A"), ("branch", "A")]
    assert {dictionary_of(frame) for frame in (*first, single)} == {32768}


def test_a_dictionary_makes_images_much_smaller(connection: sqlite3.Connection) -> None:
    """That is what it is for."""
    records = varied_records(1000)
    images = Images(connection)
    plain = [images.pack("main", record) for record in records]
    learnt = images.pack_all("main", "Appointment", records)
    size = connection.execute("SELECT length(content) FROM dictionary").fetchone()[0]

    assert sum(map(len, learnt)) < sum(map(len, plain)) / 2
    assert size <= DICTIONARY_BYTES


def test_frames_from_before_and_after_are_read_by_anybody(connection: sqlite3.Connection) -> None:
    """Another connection finds the dictionary by the number in the frame."""
    records = varied_records(ENOUGH_TO_LEARN)
    images = Images(connection)
    frames = [images.pack("main", records[0])]
    frames += images.pack_all("main", "Appointment", records)[1:]
    reader = Images(connection)
    found = [
        reader.unpack(record.key, record.fingerprint, frame)
        for record, frame in zip(records, frames, strict=True)
    ]

    assert found == records


def test_samples_that_teach_nothing_do_no_harm(connection: sqlite3.Connection) -> None:
    """Images too much alike, or too small to learn from, are packed and read all the same."""
    images = Images(connection)
    empty = [Record(a_record(n).key, {}, {}, None, b"") for n in range(ENOUGH_TO_LEARN)]
    frames = images.pack_all("main", "Appointment", empty)
    found = [images.unpack(r.key, b"", frame) for r, frame in zip(empty, frames, strict=True)]

    assert found == empty


def test_what_is_forgotten_is_found_again(connection: sqlite3.Connection) -> None:
    """After a rollback the store itself says which dictionaries there are."""
    images = Images(connection)
    connection.execute("BEGIN")
    images.pack_all("main", "Appointment", varied_records(ENOUGH_TO_LEARN))
    connection.execute("ROLLBACK")
    images.forget()
    frame = images.pack("main", a_record(1))

    assert dictionary_of(frame) == 0
