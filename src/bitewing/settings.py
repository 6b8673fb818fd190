"""Settings: one TOML file, then the environment; typed, read once, unknown keys are errors."""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from bitewing.model.errors import SettingsError

_PREFIX = "BITEWING_"
_KEY = r"^[!-.0-~]+$"
"""Visible ASCII without blanks; a slash parts the two keys in the Authorization header."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_key(key: SecretStr) -> SecretStr:
    if not re.fullmatch(_KEY, key.get_secret_value()):
        raise ValueError("must be a key: letters, digits and signs, without blanks or slashes")
    return key


Key = Annotated[SecretStr, AfterValidator(_check_key)]
"""A secret that callers send in a header."""


def _read_network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(f"{error}; write it as in 192.168.1.0/24 or 127.0.0.1") from None


AllowedNetwork = Annotated[IPv4Network | IPv6Network, BeforeValidator(_read_network)]


class ServerSettings(_Section):
    """Where the HTTP faces listen."""

    listen: str = "127.0.0.1:8700"

    @field_validator("listen")
    @classmethod
    def _is_address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) <= 65535:  # noqa: PLR2004 - ports
            raise ValueError("must be host:port, such as 127.0.0.1:8700")
        return value

    @property
    def host(self) -> str:
        """The address without its port."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port; 0 lets the system choose."""
        return int(self.listen.rpartition(":")[2])


class StoreSettings(_Section):
    """Where everything is remembered."""

    url: str = "sqlite:///bitewing.db"

    @field_validator("url")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if not value.startswith("sqlite:///") or value == "sqlite:///":
            raise ValueError("must be sqlite:///path/to/bitewing.db")
        return value

    @property
    def path(self) -> str:
        """The SQLite file."""
        return self.url.removeprefix("sqlite:///")


class DeliverySettings(_Section):
    """Which receivers may be sent to."""

    https_only: bool = True
    allow_networks: list[AllowedNetwork] = []
    ca_file: str | None = None


class OpenDentalSettings(_Section):
    """Who may call the Open Dental face, and as which version it speaks."""

    developer_keys: list[Key] = []
    version: str = Field(default="24.4.30", pattern=r"^\d+(\.\d+){1,3}$")


class NexHealthKey(_Section):
    """One API key of the NexHealth face and the institutions it may see."""

    key: Key
    institutions: list[str]


class NexHealthSettings(_Section):
    """Who may call the NexHealth face."""

    api_keys: list[NexHealthKey] = []


class WriterSettings(_Section):
    """Open Dental's own API, for writing back."""

    url: str
    authorization_env: str


class SourceSettings(_Section):
    """One practice database."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")
    kind: Literal["opendental"] = "opendental"
    url: str = Field(repr=False)  # it may hold a password
    password_env: str | None = None
    time_zone: str
    customer_keys: list[Key] = []
    workstation: str = Field("BITEWING", max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")
    writer: WriterSettings | None = None

    @field_validator("url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        # Not parsed further here: a file's path may be anything, a server's url is the source's.
        if not re.match(
            r"(mysql|mariadb)://[^/@]+@(\[[^]/]+\]|[^/:@[]+)(:\d{1,5})?/.|sqlite:///.", value
        ):
            raise ValueError("must be mysql://user@host:3306/database or sqlite:///practice.db")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"{value!r} is not a time zone; write it as in America/New_York"
            ) from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.time_zone)

    def password(self, environment: Mapping[str, str]) -> str | None:
        """Give the password that ``password_env`` names; None when the url has to do.

        Raises:
            SettingsError: the variable is not set.
        """
        if self.password_env is None:
            return None
        if self.password_env not in environment:
            raise SettingsError(
                f"Source {self.name}: the environment variable {self.password_env} is not set; "
                "it must hold the database password (password_env)."
            )
        return environment[self.password_env]


class InstitutionSettings(_Section):
    """One customer and its practice databases."""

    subdomain: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$")
    name: str
    sources: list[SourceSettings] = []


class Settings(_Section):
    """Everything that can be configured."""

    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    delivery: DeliverySettings = DeliverySettings()
    opendental: OpenDentalSettings = OpenDentalSettings()
    nexhealth: NexHealthSettings = NexHealthSettings()
    institutions: list[InstitutionSettings] = []

    @property
    def sources(self) -> list[tuple[InstitutionSettings, SourceSettings]]:
        """All practice databases with their institutions."""
        return [(one, source) for one in self.institutions for source in one.sources]

    @model_validator(mode="after")
    def _names_and_keys_tell_sources_apart(self) -> Self:
        names = [source.name for _, source in self.sources]
        keys = [
            key.get_secret_value() for _, source in self.sources for key in source.customer_keys
        ]
        subdomains = [one.subdomain for one in self.institutions]
        for what, values in (("source names", names), ("subdomains", subdomains)):
            twice = {value for value in values if values.count(value) > 1}
            if twice:
                raise ValueError(f"{what} must differ: {', '.join(sorted(twice))} stands twice")
        if len(set(keys)) < len(keys):
            raise ValueError("a customer key stands twice; each belongs to one source")
        return self


_OVERRIDABLE: dict[str, type[_Section]] = {
    "server": ServerSettings,
    "store": StoreSettings,
    "delivery": DeliverySettings,
    "opendental": OpenDentalSettings,
}
"""What the environment can set; what stands in lists of tables is the file's alone."""


def load(path: str | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the file (none is allowed: all defaults), then the environment.

    ``BITEWING_SERVER_LISTEN`` overrides ``[server] listen``; lists are written with commas. A
    variable that begins like that and names no key is refused as a misspelt key in the file is,
    unless ``password_env`` or ``authorization_env`` name it.

    Raises:
        SettingsError: says every place that is wrong, and what must stand there.
    """
    tree = _file(path) if path is not None else {}
    _override(tree, environment)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        where = path or "the environment"
        raise SettingsError(f"{where} cannot be used:\n{_explained(error)}") from None
    _refuse_misspelt(settings, environment)
    return settings


def _file(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None


def _override(tree: dict[str, Any], environment: Mapping[str, str]) -> None:
    for section, model in _OVERRIDABLE.items():
        for key, field in model.model_fields.items():
            text = environment.get(_variable(section, key))
            if text is None or not isinstance(tree.setdefault(section, {}), dict):
                continue
            is_list = "list" in str(field.annotation)
            value = [part.strip() for part in text.split(",") if part.strip()]
            tree[section][key] = value if is_list else text


def _refuse_misspelt(settings: Settings, environment: Mapping[str, str]) -> None:
    named = {source.password_env for _, source in settings.sources}
    named |= {source.writer.authorization_env for _, source in settings.sources if source.writer}
    for section, model in _OVERRIDABLE.items():
        known = {_variable(section, key) for key in model.model_fields}
        for variable in environment:
            if variable.startswith(_variable(section, "")) and variable not in known | named:
                raise SettingsError(
                    f"The environment variable {variable} names no setting. [{section}] has: "
                    f"{', '.join(sorted(known))}."
                )


def _variable(section: str, key: str) -> str:
    return f"{_PREFIX}{section}_{key}".upper()


def _explained(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in problem["loc"]) or "configuration"
        text = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            text = "there is no such key; look for a spelling mistake"
        lines.append(f"  {place}: {text}")
    return "\n".join(lines)
