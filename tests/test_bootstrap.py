"""Bootstrap: a configuration becomes a program, or a sentence."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.stores.samples import an_endpoint

from bitewing.bootstrap import build
from bitewing.bootstrap.adapters import require_fit_endpoint
from bitewing.bootstrap.advice import advice_about_nexhealth
from bitewing.dialects.nexhealth.catalogue import READ
from bitewing.engine.delivery.dispatcher import Dispatcher
from bitewing.model.errors import InvalidRequestError, SettingsError
from bitewing.model.health import Light
from bitewing.settings import Settings
from bitewing.sources.opendental.watches import FURTHER, HANDLES
from bitewing.transport.https import HttpSender


def settings(directory: Path, **source: Any) -> Settings:
    """Give settings with one source."""
    entry = {
        "name": "main-office",
        "url": f"sqlite:///{directory}/practice.db",
        "time_zone": "America/New_York",
        "customer_keys": ["VzkmZEaUWOjnQX2z"],
    }
    institution = {"subdomain": "one", "name": "One", "sources": [entry | source]}
    store = {"url": f"sqlite:///{directory}/bitewing.db"}
    return Settings.model_validate({"store": store, "institutions": [institution]})


async def test_every_worker_is_there(tmp_path: Path) -> None:
    """One poller a source, and the workers that all share."""
    program = build(settings(tmp_path), {})

    names = {shift.worker.name for shift in program.supervisor.shifts}

    assert {"poller of main-office", "dispatcher", "pacer", "rescuer"} <= names
    assert program.missing() == ["main-office: not read yet"]
    await program.sender.close()


async def test_building_touches_nothing(tmp_path: Path) -> None:
    """Neither store nor practice is opened before the program runs."""
    program = build(settings(tmp_path), {})

    assert os.listdir(tmp_path) == []  # noqa: PTH208 - no blocking Path in async code
    await program.sender.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there a socket is no file")
async def test_where_files_are_few_few_exchanges_are_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else they would take those of the store and of whoever calls."""
    monkeypatch.setattr("resource.getrlimit", lambda _: (100, 100))
    program = build(settings(tmp_path), {})

    [dispatcher] = [
        shift.worker for shift in program.supervisor.shifts if isinstance(shift.worker, Dispatcher)
    ]

    assert isinstance(program.sender, HttpSender)
    assert (program.sender._pool._most_open, dispatcher._traffic._capacity) == (75, 75)
    await program.sender.close()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"password_env": "NOT_THERE"}, "NOT_THERE is not set"),
        ({"url": "mysql://u@h:99999/d"}, "main-office"),
    ],
)
def test_what_cannot_be_built_is_a_sentence(
    tmp_path: Path, source: dict[str, str], expected: str
) -> None:
    """A SettingsError with the place, before anything is opened."""
    with pytest.raises(SettingsError, match=expected):
        build(settings(tmp_path, **source), {})


def test_an_authority_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    """[delivery] ca_file must be a PEM file."""
    delivery = {"ca_file": str(tmp_path / "nowhere.pem")}
    wrong = settings(tmp_path).model_copy(
        update={"delivery": Settings.model_validate({"delivery": delivery}).delivery}
    )

    with pytest.raises(SettingsError, match="ca_file"):
        build(wrong, {})


def test_a_proxy_that_is_none_is_a_sentence_without_its_password(tmp_path: Path) -> None:
    """[delivery] proxy must be host and port; a password in it is repeated to nobody."""
    delivery = {"proxy": "socks5://out:hunter2@proxy.lan:1080"}
    wrong = settings(tmp_path).model_copy(
        update={"delivery": Settings.model_validate({"delivery": delivery}).delivery}
    )

    with pytest.raises(SettingsError, match="proxy") as caught:
        build(wrong, {})

    assert "hunter2" not in str(caught.value) + repr(wrong)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"headers": (("Host", "a"),)}, "Host"),
        ({"headers": (("Authorization", "a"),), "dialect": "opendental"}, "Authorization"),
        ({"secret": "whsec_short"}, "base64|bytes"),
        ({"ca_pem": "none"}, "certificate authorities"),
    ],
)
def test_an_endpoint_that_cannot_be_served_is_refused(changes: dict[str, Any], words: str) -> None:
    """When it is made or changed, not at the first Attempt."""
    require_fit_endpoint(an_endpoint(headers=(("Authorization", "a"),), secret="x" * 14))

    with pytest.raises(InvalidRequestError, match=words):
        require_fit_endpoint(an_endpoint(**changes))


def test_what_nexhealths_dialect_looks_at_is_followed() -> None:
    """Every Watch and every handle that its Portraits and questions name."""
    assert set(READ) <= set(FURTHER)
    for watch, handles in READ.items():
        assert set(handles) <= set(HANDLES.get(watch, ())), watch


def test_doctor_says_what_a_key_reaches_and_what_is_open() -> None:
    """By the key's place in the list, never by the key."""
    keys = [{"key": "nx-1", "institutions": ["one"]}, {"key": "nx-2", "institutions": []}]
    source = {"name": "main", "url": "sqlite:///p.db", "time_zone": "America/New_York"}
    tree = {
        "delivery": {"https_only": False},
        "nexhealth": {"api_keys": keys},
        "institutions": [{"subdomain": "one", "name": "One", "sources": [source]}],
    }

    found = list(advice_about_nexhealth(Settings.model_validate(tree)))

    assert [(one.light, one.subject) for one in found] == [
        (Light.GREEN, "NexHealth API key 1"),
        (Light.STARTING, "NexHealth API key 2"),
        (Light.STARTING, "source main: writer"),
        (Light.STARTING, "NexHealth deliveries"),
    ]
    assert all(one.mend for one in found[1:])
    assert "nx-" not in str(found)
    assert list(advice_about_nexhealth(Settings())) == []
