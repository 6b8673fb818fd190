"""Secrets at rest: unreadable without the key, bound to their row, and never silently lost."""

import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.stores.samples import an_endpoint

from bitewing.model.errors import SettingsError
from bitewing.model.subscription import Endpoint
from bitewing.stores.key_places import key_file_of, seal_from_file, seal_from_variable
from bitewing.stores.sealing import new_key
from bitewing.stores.sqlite.store import SqliteStore

SECRET, OLD = "whsec_canary-of-the-new-one", "whsec_canary-of-the-old-one"
TOKEN = "Bearer canary-in-a-header"
A_KEY, ANOTHER_KEY = b64encode(b"a" * 32).decode(), b64encode(b"b" * 32).decode()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "bitewing.db")


def read(*paths: str) -> bytes:
    """Give all that stands in these files."""
    return b"".join(Path(path).read_bytes() for path in paths)


def read_all(path: str) -> bytes:
    """Give all that stands in the store's files."""
    return read(path, *map(str, Path(path).parent.glob("bitewing.db-*")))


def mode_of(path: str) -> int:
    return Path(path).stat().st_mode & 0o777


def lose(path: str) -> None:
    Path(path).unlink()


def leave_half(path: str) -> None:
    Path(path).write_text("hal")


def with_file(path: str) -> SqliteStore:
    return SqliteStore(path, seal_from_file(key_file_of(path)))


def with_keys(path: str, *keys: str) -> SqliteStore:
    return SqliteStore(path, seal_from_variable("BITEWING_KEY", " ".join(keys)))


async def remember(store: SqliteStore, *endpoints: Endpoint) -> list[Endpoint]:
    """Add Endpoints to the store, and close it."""
    await store.open()
    added = await store.write(lambda tx: [tx.endpoints.add(one) for one in endpoints])
    await store.close()
    return added


async def recall(store: SqliteStore) -> list[Endpoint]:
    """Open the store and give its Endpoints."""
    await store.open()
    try:
        return await store.read(lambda tx: tx.endpoints.all())
    finally:
        await store.close()


def change(path: str, statement: str) -> None:
    """Change the file behind the store's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


SECRETIVE = an_endpoint(secret=SECRET, old_secret=OLD, headers=(("Authorization", TOKEN),))


@pytest.mark.parametrize("make", [with_file, lambda path: with_keys(path, A_KEY)])
async def test_no_secret_stands_in_the_file_in_clear_text(
    path: str, make: Callable[[str], SqliteStore]
) -> None:
    """Neither in the file nor in its log, whether added or changed; and all of it comes back."""
    store = make(path)
    await store.open()
    added = await store.write(lambda tx: tx.endpoints.add(SECRETIVE))
    await store.write(lambda tx: tx.endpoints.put(added))
    while_open = read_all(path)
    await store.close()

    for text in ("canary", SECRET, OLD, TOKEN):
        assert text.encode() not in while_open + read(path)
    assert await recall(make(path)) == [added]


async def test_the_key_is_made_at_the_first_start_and_is_its_owners_alone(path: str) -> None:
    """Beside the store; later starts use it."""
    await recall(with_file(path))
    made = read(key_file_of(path))
    await recall(with_file(path))

    assert mode_of(key_file_of(path)) == 0o600
    assert read(key_file_of(path)) == made
    assert len(made) == 45


async def test_a_lost_key_is_said_at_the_start_and_not_replaced(path: str) -> None:
    """A new key beside the old secrets would hide what has happened."""
    await remember(with_file(path), SECRETIVE)
    lose(key_file_of(path))

    with pytest.raises(SettingsError, match=r"which is missing; at hand .*: none"):
        await recall(with_file(path))

    with pytest.raises(FileNotFoundError):
        read(key_file_of(path))


async def test_a_wrong_key_is_said_at_the_start(path: str) -> None:
    """With the places where to look; neither key nor secret is in the words."""
    await remember(with_keys(path, A_KEY), SECRETIVE)

    with pytest.raises(SettingsError, match="environment variable BITEWING_KEY") as caught:
        await recall(with_keys(path, ANOTHER_KEY))

    assert ANOTHER_KEY not in str(caught.value)
    assert await recall(with_keys(path, A_KEY)) != []


async def test_a_key_is_replaced_at_a_start(path: str) -> None:
    """New one first, old one behind it: everything is sealed anew, and the old one may go."""
    added = await remember(with_keys(path, A_KEY), SECRETIVE, an_endpoint(secret=SECRET))

    during = await recall(with_keys(path, ANOTHER_KEY, A_KEY))
    after = await recall(with_keys(path, ANOTHER_KEY))

    assert added == during == after
    with pytest.raises(SettingsError):
        await recall(with_keys(path, A_KEY))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE endpoint SET secret = (SELECT secret FROM endpoint WHERE id = 2) WHERE id = 1",
        "UPDATE endpoint SET secret = old_secret WHERE id = 1",
        "UPDATE endpoint SET secret = substr(secret, 1, length(secret) - 1) WHERE id = 1",
        "UPDATE endpoint SET secret = CAST('whsec_plain' AS BLOB) WHERE id = 1",
        "UPDATE endpoint SET secret = x'01' WHERE id = 1",
    ],
)
async def test_a_secret_that_was_moved_or_changed_is_refused(path: str, statement: str) -> None:
    """Whoever can write the file cannot let one receiver's Messages be signed by another's."""
    await remember(with_file(path), SECRETIVE, an_endpoint(secret="whsec_of-another"))
    change(path, statement)

    with pytest.raises(SettingsError, match="endpoint 1 secret"):
        await recall(with_file(path))


async def test_the_same_secret_never_looks_the_same(path: str) -> None:
    """Nonces are random, so that equal secrets are not seen to be equal."""
    await remember(with_file(path), *[an_endpoint(secret=SECRET) for _ in range(50)])
    with closing(sqlite3.connect(path)) as connection:
        sealed = connection.execute("SELECT secret FROM endpoint").fetchall()

    assert len(set(sealed)) == 50


def test_a_key_that_others_can_read_is_refused(path: str) -> None:
    """With the command that mends it."""
    key = Path(key_file_of(path))
    key.write_text(new_key())
    key.chmod(0o640)

    with pytest.raises(SettingsError, match=f"chmod 600 {key}"):
        seal_from_file(str(key)).make_ready()


@pytest.mark.parametrize("text", ["", "  ", "short", "!" * 44, b64encode(b"x" * 31).decode()])
def test_a_key_that_is_none_is_refused(text: str) -> None:
    """With the command that makes one; what was given is not repeated."""
    with pytest.raises(SettingsError, match="openssl rand -base64 32") as caught:
        seal_from_variable("BITEWING_KEY", text)

    assert not text.strip() or text not in str(caught.value)


async def test_a_start_that_broke_off_while_it_made_the_key(path: str) -> None:
    """A key is written whole or not at all, so the next start makes it anew."""
    leave_half(f"{key_file_of(path)}.new")

    await remember(with_file(path), SECRETIVE)

    assert (await recall(with_file(path)))[0].secret == SECRET
