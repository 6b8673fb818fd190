"""Section: what every table of the file has in common, and the values that many of them hold."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bitewing.model.errors import SettingsError

_KEY = r"^[!-.0-~]+$"
"""Visible ASCII without blanks; a slash parts the two keys in the Authorization header."""


class Section(BaseModel):
    """One table of the file: unknown keys are errors, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_key(key: SecretStr) -> SecretStr:
    if not re.fullmatch(_KEY, key.get_secret_value()):
        raise ValueError("must be a key: letters, digits and signs, without blanks or slashes")
    return key


Key = Annotated[SecretStr, AfterValidator(_check_key)]
"""A secret that callers send in a header."""

Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable that holds a secret."""


def _read_network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(f"{error}; write it as in 192.168.1.0/24 or 127.0.0.1") from None


AllowedNetwork = Annotated[IPv4Network | IPv6Network, BeforeValidator(_read_network)]
"""A network whose receivers are allowed."""


def secret_of(variable: str, environment: Mapping[str, str], *, place: str, what: str) -> str:
    """Give what an environment variable holds.

    Args:
        variable: its name.
        environment: all of them.
        place: where its name stands (``[operator] secret_env``).
        what: what it must hold (``the secret that meta events are signed with``).

    Raises:
        SettingsError: it is not set.
    """
    if variable not in environment:
        raise SettingsError(
            f"{place}: the environment variable {variable} is not set; it must hold {what}."
        )
    return environment[variable]
