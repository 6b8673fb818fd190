"""What ``bitewing serve`` says when it cannot begin: one sentence, exit code 1, no traceback."""

import socket
from pathlib import Path

import pytest
from tests.cli.running import Said, bitewing, configured, serving


def refused(said: Said) -> str:
    """Give the sentence; check that it is nothing else."""
    assert said.code == 1, said
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert "Traceback" not in said.err
    return said.err


def test_a_port_that_is_taken_is_named(home: Path) -> None:
    """And where to set another one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        said = bitewing("serve", "--config", configured(home, listen=address))

    assert f"Cannot listen on {address}: Address already in use." in refused(said)
    assert "[server] listen" in said.err


def test_a_flag_that_is_no_address_is_named(home: Path) -> None:
    """--listen is checked as the file's key is."""
    said = bitewing("serve", "--config", configured(home), "--listen", "everywhere")

    assert "--listen must be host:port" in refused(said)


def test_an_address_that_is_not_ours_is_named(home: Path) -> None:
    """192.0.2.1 is nobody's (RFC 5737)."""
    said = bitewing("serve", "--config", configured(home), "--listen", "192.0.2.1:8700")

    assert "Cannot listen on 192.0.2.1:8700" in refused(said)


def test_a_configuration_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    said = bitewing("serve", "--config", str(tmp_path / "nowhere.toml"))

    assert "nowhere.toml cannot be read: No such file or directory." in refused(said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "names no practice database. Add one under [[institutions.sources]]."),
        ("[server]\nlisten = '127.0.0.1:0'\n", "names no practice database"),
        ("[server\n", "is not valid TOML"),
        ("[server]\nlissten = 'x'\n", "server.lissten: there is no such key"),
    ],
)
def test_a_configuration_that_will_not_do_is_told_why(
    tmp_path: Path, text: str, expected: str
) -> None:
    """The file and the place."""
    path = tmp_path / "bitewing.toml"
    path.write_text(text)

    assert expected in refused(bitewing("serve", "--config", str(path)))


def test_a_missing_password_is_told_with_its_variable(home: Path) -> None:
    """The source and the variable are named."""
    path = Path(configured(home))
    path.write_text(f'{path.read_text()}\npassword_env = "NOT_SET_ANYWHERE"\n')

    said = bitewing("serve", "--config", str(path))

    assert "Source main-office: the environment variable NOT_SET_ANYWHERE" in refused(said)


@pytest.mark.parametrize("place", ["missing/bitewing.db", "practice.db/bitewing.db", "."])
def test_a_store_that_cannot_be_written_is_named(home: Path, place: str) -> None:
    """Its directory is missing, is a file, or the store itself is a directory."""
    said = bitewing("serve", "--config", configured(home, store=str(home / place)))

    assert f"The store {home / place}" in refused(said)


def test_a_store_that_is_another_programs_is_left_alone(home: Path) -> None:
    """A practice is no store, whatever the file says."""
    said = bitewing("serve", "--config", configured(home, store=str(home / "practice.db")))

    assert "holds another program's tables" in refused(said)


def test_a_store_that_is_in_use_is_not_shared(home: Path) -> None:
    """Two programs over one store would each believe that they are alone."""
    config = configured(home)
    with serving(config):
        said = bitewing("serve", "--config", config)

    assert "is in use by another bitewing" in refused(said)
