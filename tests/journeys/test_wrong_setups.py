"""Wrong setups: ``serve`` that cannot work says why in one sentence and ends with 1."""

import os
import socket
from pathlib import Path

import pytest
from tests.journeys.conftest import TODAY
from tests.journeys.rig import HOST, PASSWORD_ENV, Practice, Server

from bitewing.practice.creating import create


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server over a practice in a file, with which nothing is wrong yet."""
    url = f"sqlite:///{tmp_path / 'practice.db'}"
    create(url, patients=1, seed=1, today=TODAY)
    return Server(tmp_path, [Practice(url, url, password_env="")])


def sentence_of(server: Server) -> str:
    """Start it; give the one line that it leaves."""
    server.start()
    code = server.wait_for_end()

    said = server.output
    assert code == 1
    assert "Traceback" not in said
    [line] = said.splitlines()
    assert line.startswith("Error: ")
    return line


def test_a_store_below_a_file_is_named(server: Server) -> None:
    """The store's directory is a file."""
    server.config.with_name("file").write_text("not a directory")
    server.store = str(server.directory / "file" / "bitewing.db")

    assert server.store in sentence_of(server)


def test_a_store_in_a_read_only_directory_is_named(server: Server) -> None:
    """Nothing may be written where the store shall be."""
    directory = server.directory / "sealed"
    directory.mkdir(mode=0o555)
    # Root may write anywhere but in the kernel's own file system.
    server.store = f"{'/proc' if os.access(directory, os.W_OK) else directory}/bitewing.db"

    assert server.store in sentence_of(server)


def test_a_store_that_is_something_else_is_named(server: Server) -> None:
    """The store's file is a text."""
    path = server.directory / "bitewing.db"
    path.write_text("Dear diary, " * 1000)

    assert str(path) in sentence_of(server)
    assert path.read_text() == "Dear diary, " * 1000


def test_a_port_in_use_is_named(server: Server) -> None:
    """Another program listens there."""
    with socket.create_server((HOST, 0)) as other:
        server.port = other.getsockname()[1]

        said = sentence_of(server)

    assert f"Cannot listen on {HOST}:{server.port}" in said


def test_a_second_server_on_the_same_store_is_refused(server: Server) -> None:
    """Two would send everything twice."""
    server.start_ready()
    second = Server(server.directory / "second", server.practices)
    second.directory.mkdir()
    second.store = str(server.directory / "bitewing.db")

    said = sentence_of(second)

    assert second.store in said
    assert server.readiness() == []
    assert server.stop() == 0


def test_a_missing_password_is_named(server: Server) -> None:
    """The environment variable that the configuration names is not set."""
    url = "mysql://bitewing@127.0.0.1:3306/opendental"
    server.practices = [Practice(url, url)]
    server.environment = {}

    said = sentence_of(server)

    assert f"the environment variable {PASSWORD_ENV} is not set" in said
