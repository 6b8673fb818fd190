"""A small practice whose API is asked, on each server that it may live on."""

import pytest
from tests.practice.conftest import Home
from tests.practice.looking import copy
from tests.practice.serving.asking import Client, client_of


@pytest.fixture
def everywhere(home: Home) -> Client:
    """A client of a practice on each kind of server in turn."""
    copy(home.url, engine=home.engine)
    return client_of(home.url)


@pytest.fixture
def client(sqlite_url: str) -> Client:
    """A client of a practice in SQLite, for rules that do not depend on the server."""
    copy(sqlite_url)
    return client_of(sqlite_url)
