"""The settings: every key, every mistake with its place, and secrets that stay secret."""

import re
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from bitewing.model.errors import SettingsError
from bitewing.settings import Settings, load
from bitewing.settings.sections import OperatorSettings, StoreSettings

WHOLE = """
[server]
listen = "[::1]:8701"
public_url = "https://bitewing.example.com/dental/"

[store]
url = "sqlite:////var/lib/bitewing/bitewing.db"
secret_key_env = "STORE_KEY"

[delivery]
https_only = false
allow_networks = ["127.0.0.0/8", "192.168.1.20", "fd00::/8"]
ca_file = "/etc/ssl/office.pem"

[opendental]
developer_keys = ["NFF6i0KrXrxDkZHt"]
version = "25.3.12"
announce_renamed = true

[nexhealth]
api_keys = [{ key = "nx-secret-key", institutions = ["bright-smiles"] }]
token_minutes = 1440
confirmed = [21, 304]
unscheduled_is_cancelled = false
read_red_after_minutes = 90
write_red_after_minutes = 10
announce_red = false
limits = { per_second = 50, lists_per_second = 5, per_minute = 200, records_per_minute = 100 }

[operator]
url = "https://operator.example/bitewing"
secret_env = "OPERATOR_SECRET"

[[institutions]]
subdomain = "bright-smiles"
name = "Bright Smiles Dental"

[[institutions.sources]]
name = "main-office"
kind = "opendental"
url = "mysql://bitewing:in-the-url@127.0.0.1:3306/opendental"
password_env = "PRACTICE_DB_PASSWORD"
time_zone = "America/New_York"
customer_keys = ["VzkmZEaUWOjnQX2z"]
workstation = "FRONT"
clinic_time_zones = { 3 = "America/Denver" }
[institutions.sources.writer]
url = "http://127.0.0.1:30223/api/v1"
authorization_env = "OPENDENTAL_API_KEY"
seconds_between_calls = 5
"""

SMALL = """
[[institutions]]
subdomain = "{subdomain}"
name = "One"
[[institutions.sources]]
name = "{name}"
url = "sqlite:///practice.db"
time_zone = "America/New_York"
customer_keys = ["{key}"]
"""


def written(directory: Path, text: str) -> str:
    """Write a configuration; give its path."""
    path = directory / "bitewing.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def small(*, subdomain: str = "one", name: str = "main", key: str = "KEYonekeyONE") -> str:
    """Give a configuration that will do."""
    return SMALL.format(subdomain=subdomain, name=name, key=key)


def test_every_key_is_read(tmp_path: Path) -> None:
    """The whole file, as the documentation shows it."""
    settings = load(written(tmp_path, WHOLE), {})
    [(institution, source)] = settings.sources

    assert (settings.server.host, settings.server.port) == ("::1", 8701)
    assert settings.store.path == "/var/lib/bitewing/bitewing.db"
    assert settings.delivery.https_only is False
    assert settings.delivery.allow_networks == [
        ip_network("127.0.0.0/8"),
        ip_network("192.168.1.20/32"),
        ip_network("fd00::/8"),
    ]
    assert settings.delivery.ca_file == "/etc/ssl/office.pem"
    assert [key.get_secret_value() for key in settings.opendental.developer_keys] == [
        "NFF6i0KrXrxDkZHt"
    ]
    assert settings.opendental.version == "25.3.12"
    assert settings.opendental.announce_renamed
    assert (institution.subdomain, institution.name) == ("bright-smiles", "Bright Smiles Dental")
    assert (source.name, source.kind, source.workstation) == ("main-office", "opendental", "FRONT")
    assert source.url.endswith("/opendental")
    assert source.zone == ZoneInfo("America/New_York")
    assert source.clinic_zones == {3: ZoneInfo("America/Denver")}
    assert source.customer_keys[0].get_secret_value() == "VzkmZEaUWOjnQX2z"
    assert source.writer is not None
    assert source.writer.authorization_env == "OPENDENTAL_API_KEY"
    assert source.writer.seconds_between_calls == 5


def test_every_key_about_nexhealth_and_about_secrets_is_read(tmp_path: Path) -> None:
    """As above."""
    settings = load(written(tmp_path, WHOLE), {})

    nexhealth = settings.nexhealth
    assert nexhealth.api_keys[0].institutions == ["bright-smiles"]
    assert (nexhealth.token_minutes, nexhealth.confirmed) == (1440, [21, 304])
    assert (nexhealth.unscheduled_is_cancelled, nexhealth.announce_red) == (False, False)
    assert nexhealth.read_red_after == timedelta(minutes=90)
    assert nexhealth.write_red_after == timedelta(minutes=10)
    assert nexhealth.limits.per_second == 50
    assert settings.store.secret_key({"STORE_KEY": "sealing"}) == "sealing"
    assert settings.operator.secret({"OPERATOR_SECRET": "signing"}) == "signing"


def test_without_a_file_everything_has_its_default() -> None:
    """Listening on this machine alone, sending to the internet over TLS alone."""
    settings = load(None, {})

    assert settings.server.listen == "127.0.0.1:8700"
    assert settings.store.path == "bitewing.db"
    assert settings.delivery.https_only is True
    assert settings.delivery.allow_networks == []
    assert settings.sources == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", "http://127.0.0.1:8700"),
        ("listen = '0.0.0.0:80'", "http://localhost:80"),
        ("listen = '[::1]:8701'", "http://[::1]:8701"),
        ("public_url = 'https://dental.example/hooks/'", "https://dental.example/hooks"),
    ],
)
def test_links_are_made_of_what_is_configured(tmp_path: Path, text: str, address: str) -> None:
    """Of the public address, or else of where we listen."""
    assert load(written(tmp_path, f"[server]\n{text}"), {}).server.address == address


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    """Not by repr, not by str; a password inside a url is one too."""
    settings = load(written(tmp_path, WHOLE), {})

    shown = f"{settings!r} {settings}"

    for secret in ("NFF6i0KrXrxDkZHt", "VzkmZEaUWOjnQX2z", "nx-secret-key", "in-the-url"):
        assert secret not in shown


WRONG: dict[str, tuple[str, str]] = {
    "an unknown key": ("[server]\nlisten_on = 'x'", "server.listen_on: there is no such key"),
    "an unknown table": ("[servers]", "servers: there is no such key"),
    "an address without port": (
        "[server]\nlisten = 'localhost'",
        "server.listen: must be host:port",
    ),
    "a port beyond all": (
        "[server]\nlisten = 'localhost:70000'",
        "server.listen: must be host:port",
    ),
    "a port in other digits": ("[server]\nlisten = 'localhost:8²'", "server.listen: "),
    "a public url that is none": (
        "[server]\npublic_url = 'bitewing.example.com'",
        "server.public_url: must be http(s)://host",
    ),
    "a public url with a question": (
        "[server]\npublic_url = 'https://bitewing.example.com/?a=b'",
        "server.public_url: must be an address alone",
    ),
    "another store": ("[store]\nurl = 'postgresql://a/b'", "store.url: must be sqlite:///"),
    "a store without a file": ("[store]\nurl = 'sqlite:///'", "store.url: must be sqlite:///"),
    "a network that is none": (
        "[delivery]\nallow_networks = ['192.168.1.7/24']",
        "delivery.allow_networks.0: 192.168.1.7/24 has host bits set; write it as in",
    ),
    "a yes that is none": ("[delivery]\nhttps_only = 'perhaps'", "delivery.https_only: "),
    "a version in words": ("[opendental]\nversion = 'latest'", "opendental.version: "),
    "a blank key": ("[opendental]\ndeveloper_keys = ['']", "opendental.developer_keys.0: must be"),
    "a key with a slash": (
        "[opendental]\ndeveloper_keys = ['a/b']",
        "opendental.developer_keys.0: ",
    ),
    "a key with a line break": (small(key="abc\\r\\ndef"), "sources.0.customer_keys.0: must be"),
    "a zone that is none": (
        small().replace("America/New_York", "Eastern"),
        "institutions.0.sources.0.time_zone: 'Eastern' is not a time zone",
    ),
    "a clinic's zone that is none": (
        f"{small()}\nclinic_time_zones = {{ 3 = 'Mountain' }}",
        "sources.0.clinic_time_zones: 'Mountain' is not a time zone",
    ),
    "a zone that is a path": (small().replace("America/New_York", "../etc/passwd"), "time_zone: "),
    "no zone": (small().replace("time_zone", "zone"), "sources.0.time_zone: Field required"),
    "another kind of source": (f"{small()}\nkind = 'dentrix'", "sources.0.kind: "),
    "a url that is none": (
        small().replace("sqlite:///practice.db", "practice.db"),
        "sources.0.url: must be mysql://user@host:3306/database or sqlite:///practice.db",
    ),
    "a url without user": (small().replace("sqlite:///practice", "mysql://h/d"), "sources.0.url: "),
    "a port in words": (
        small().replace("sqlite:///practice", "mysql://u@h:x/d"),
        "sources.0.url: ",
    ),
    "a name with blanks": (small(name="main office"), "sources.0.name: "),
    "a workstation of two lines": (f'{small()}\nworkstation = "A\\nB"', "sources.0.workstation: "),
    "a subdomain with a dot": (small(subdomain="a.b"), "institutions.0.subdomain: "),
    "a name twice": (
        small() + small(subdomain="two", key="KEYtwokeyTWO"),
        "source names must differ: main stands twice",
    ),
    "a subdomain twice": (
        small() + small(name="branch", key="KEYtwokeyTWO"),
        "subdomains must differ: one stands twice",
    ),
    "a customer key twice": (
        small() + small(subdomain="two", name="branch"),
        "a customer key stands twice",
    ),
    "an API key twice": (
        "[nexhealth]\napi_keys = [{key='k', institutions=[]}, {key='k', institutions=[]}]",
        "nexhealth.api_keys: an API key stands twice",
    ),
    "an institution that is none": (
        "[nexhealth]\napi_keys = [{key='k', institutions=['Two']}]\n" + small(subdomain="two"),
        "names the institution Two, which is none of: two",
    ),
    "two places for one key": (
        "[store]\nkey_file = 'k'\nsecret_key_env = 'K'",
        "store: the key is either in secret_key_env or in key_file",
    ),
    "an operator without secret": (
        "[operator]\nurl = 'https://a.example/'",
        "operator: url and secret_env go together",
    ),
    "a rate of nothing": ("[nexhealth]\nlimits = { per_second = 0 }", "limits.per_second: "),
    "a table that is a text": ("server = 'here'", "server: "),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, case: str) -> None:
    """The file's name, the key's place and what must stand there; never a key itself."""
    text, expected = WRONG[case]
    path = written(tmp_path, text)

    with pytest.raises(SettingsError) as raised:
        load(path, {})

    assert str(raised.value).startswith(f"{path} cannot be used:\n")
    assert expected in str(raised.value)
    assert "KEYonekeyONE" not in str(raised.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Nobody wants to start a program five times to find five mistakes."""
    text = "[server]\nlisten = 'x'\n[store]\nurl = 'y'\n[opendental]\nversion = 'z'"

    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, text), {})

    for place in ("server.listen", "store.url", "opendental.version"):
        assert place in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the system's own reason."""
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read: No such file"):
        load(str(tmp_path / "nowhere.toml"), {})


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    """As above."""
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load(str(tmp_path), {})


@pytest.mark.parametrize("text", [b"[server", b"a =\nb = 1", b"[a]\nb 1", b"\xff\xfe["])
def test_what_is_no_toml_is_told_with_its_place(tmp_path: Path, text: bytes) -> None:
    """The parser's own words have the place."""
    path = tmp_path / "bitewing.toml"
    path.write_bytes(text)

    with pytest.raises(
        SettingsError, match=r"bitewing\.toml is not valid TOML: .*(line|document|byte)"
    ):
        load(str(path), {})


def test_a_file_from_notepad_is_read(tmp_path: Path) -> None:
    """Editors on Windows put a byte order mark before the text."""
    path = tmp_path / "bitewing.toml"
    path.write_bytes(b"\xef\xbb\xbf[server]\r\nlisten = '127.0.0.1:1'\r\n")

    assert load(str(path), {}).server.port == 1


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """Single values as they are, lists with commas; what it does not name stays."""
    environment = {
        "BITEWING_SERVER_LISTEN": "0.0.0.0:80",
        "BITEWING_STORE_URL": "sqlite:///other.db",
        "BITEWING_DELIVERY_HTTPS_ONLY": "true",
        "BITEWING_DELIVERY_ALLOW_NETWORKS": "10.0.0.0/8, ::1",
        "BITEWING_OPENDENTAL_DEVELOPER_KEYS": "first,second",
        "BITEWING_OPENDENTAL_VERSION": "24.1",
        "BITEWING_NEXHEALTH_CONFIRMED": "5,6",
        "PATH": "/usr/bin",
    }

    settings = load(written(tmp_path, WHOLE), environment)

    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 80)  # noqa: S104 - not bound
    assert settings.store.path == "other.db"
    assert settings.delivery.https_only is True
    assert settings.delivery.allow_networks == [ip_network("10.0.0.0/8"), ip_network("::1")]
    assert settings.delivery.ca_file == "/etc/ssl/office.pem"
    assert len(settings.opendental.developer_keys) == 2
    assert settings.opendental.version == "24.1"
    assert settings.nexhealth.confirmed == [5, 6]


def test_a_mistake_in_the_environment_is_told_as_one_in_the_file() -> None:
    """Where there is no file, the environment is named."""
    with pytest.raises(SettingsError, match=r"the environment cannot be used:\n  server\.listen"):
        load(None, {"BITEWING_SERVER_LISTEN": "here"})


def test_a_misspelt_variable_is_refused() -> None:
    """A setting that silently does nothing is worse than none."""
    with pytest.raises(
        SettingsError, match="BITEWING_DELIVERY_HTTPSONLY names no setting"
    ) as raised:
        load(None, {"BITEWING_DELIVERY_HTTPSONLY": "false"})

    assert "BITEWING_DELIVERY_HTTPS_ONLY" in str(raised.value)


def test_a_variable_that_the_file_names_is_no_misspelling(tmp_path: Path) -> None:
    """Passwords may lie in variables of any name."""
    text = WHOLE.replace("PRACTICE_DB_PASSWORD", "BITEWING_STORE_ROOM_PASSWORD")

    settings = load(written(tmp_path, text), {"BITEWING_STORE_ROOM_PASSWORD": "x"})

    assert len(settings.sources) == 1


def test_the_password_is_looked_up_where_it_is_said_to_be(tmp_path: Path) -> None:
    """Missing is an error that names source and variable; blank is a password."""
    [(_, source)] = load(written(tmp_path, WHOLE), {}).sources

    assert source.password({"PRACTICE_DB_PASSWORD": "secret"}) == "secret"
    assert source.password({"PRACTICE_DB_PASSWORD": ""}) == ""
    with pytest.raises(
        SettingsError, match=r"Source main-office: .*PRACTICE_DB_PASSWORD is not set"
    ):
        source.password({})


def test_secrets_that_are_not_there_are_named() -> None:
    """The place in the file, and the variable."""
    store = StoreSettings(secret_key_env="STORE_KEY")
    operator = OperatorSettings(url="https://a.example/", secret_env="OPERATOR_SECRET")

    with pytest.raises(SettingsError, match=r"\[store\] secret_key_env: .*STORE_KEY is not set"):
        store.secret_key({})
    with pytest.raises(SettingsError, match=r"\[operator\] secret_env: .*OPERATOR_SECRET is not"):
        operator.secret({})
    assert StoreSettings().secret_key({}) is None
    assert OperatorSettings().secret({}) is None


def keys_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Give the dotted names of all keys, ``[]`` behind lists of tables."""
    for name, field in model.model_fields.items():
        tables = list(models_in(field.annotation))
        is_list = "list[" in str(field.annotation)
        if not tables:
            yield prefix + name
        for table in tables:
            yield from keys_of(table, f"{prefix}{name}{'[]' if is_list else ''}.")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Find the tables in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def test_every_key_is_documented() -> None:
    """The page about the configuration has a line for each key, and for nothing else."""
    page = Path(__file__).parents[1] / "docs" / "configuration.md"
    documented = re.findall(r"^\| `([^`]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(documented) == sorted(keys_of(Settings))


def test_settings_cannot_be_changed_behind_ones_back() -> None:
    """Read once, frozen."""
    with pytest.raises(ValueError, match="frozen"):
        Settings().server = Settings().server
