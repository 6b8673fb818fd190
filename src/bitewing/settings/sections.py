"""Sections: the tables about this program itself."""

import re
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from bitewing.settings.section import AllowedNetwork, Key, Section, Variable, secret_of

WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - nothing is bound here
"""Hosts that stand for every address of the machine, and at which nobody can be visited."""


class ServerSettings(Section):
    """Where the HTTP faces listen, and at which address others see them."""

    listen: str = "127.0.0.1:8700"
    public_url: str | None = None

    @field_validator("listen")
    @classmethod
    def _is_address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) <= 65535:  # noqa: PLR2004 - ports
            raise ValueError("must be host:port, such as 127.0.0.1:8700")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_base(cls, value: str) -> str:
        wrong = ValueError("must be http(s)://host, such as https://bitewing.example.com")
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise wrong from None
        if not host or parts.scheme not in {"http", "https"} or parts.username is not None:
            raise wrong
        if parts.query or parts.fragment or not value.isascii() or re.search(r"[\s<>\"']", value):
            raise ValueError("must be an address alone, such as https://bitewing.example.com")
        return value.rstrip("/")

    @property
    def address(self) -> str:
        """Where people and programs reach us: what links are made of, without a slash at the end.

        Never what a request says of itself (Host): that is whatever its sender likes.
        """
        if self.public_url is not None:
            return self.public_url
        host = "localhost" if self.host in WILDCARDS else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def host(self) -> str:
        """The address without its port."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port; 0 lets the system choose."""
        return int(self.listen.rpartition(":")[2])


class StoreSettings(Section):
    """Where everything is remembered, and the key that seals the secrets in it.

    The key is in an environment variable or in a file; at most one of them may be named. If
    neither is, the file lies beside the store, and is made when it is first needed. Changes are
    kept for four days at least: receivers are sent what is three days old.
    """

    url: str = "sqlite:///bitewing.db"
    secret_key_env: Variable | None = None
    key_file: str | None = None
    keep_changes_days: int = Field(default=30, ge=4, le=3660)
    keep_deliveries_days: int = Field(default=30, ge=3, le=3660)

    @field_validator("url")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if not value.startswith("sqlite:///") or value == "sqlite:///":
            raise ValueError("must be sqlite:///path/to/bitewing.db")
        return value

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if self.secret_key_env is not None and self.key_file is not None:
            raise ValueError("the key is either in secret_key_env or in key_file, not in both")
        return self

    @property
    def path(self) -> str:
        """The SQLite file."""
        return self.url.removeprefix("sqlite:///")

    def secret_key(self, environment: Mapping[str, str]) -> str | None:
        """Give the key that ``secret_key_env`` names; None where it names none.

        Raises:
            SettingsError: the variable is not set.
        """
        if self.secret_key_env is None:
            return None
        what = "the key that seals the secrets in the store"
        place = "[store] secret_key_env"
        return secret_of(self.secret_key_env, environment, place=place, what=what)


class DeliverySettings(Section):
    """Which receivers may be sent to, and which way.

    The proxy is ``http://host:port``, with ``name:password@`` before the host if it asks for it.
    """

    https_only: bool = True
    allow_networks: list[AllowedNetwork] = []
    ca_file: str | None = None
    proxy: SecretStr | None = None


class OpenDentalSettings(Section):
    """Who may call the Open Dental face, as which version it speaks, and what it tells."""

    developer_keys: list[Key] = []
    version: str = Field(default="24.4.30", pattern=r"^\d+(\.\d+){1,3}$")
    announce_renamed: bool = False


class OperatorSettings(Section):
    """Where we tell the operator of bitewing that something goes wrong."""

    url: str | None = None
    secret_env: Variable | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.url is None) != (self.secret_env is None):
            raise ValueError("url and secret_env go together: what is told is signed")
        return self

    def secret(self, environment: Mapping[str, str]) -> str | None:
        """Give the secret that ``secret_env`` names; None where it names none.

        Raises:
            SettingsError: the variable is not set.
        """
        if self.secret_env is None:
            return None
        what = "the secret that the operator's messages are signed with"
        return secret_of(self.secret_env, environment, place="[operator] secret_env", what=what)
