"""Loading: the file, then the environment over it, then every mistake told with its place."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bitewing.model.errors import SettingsError
from bitewing.settings.nexhealth import NexHealthSettings
from bitewing.settings.section import Section
from bitewing.settings.sections import (
    DeliverySettings,
    OpenDentalSettings,
    OperatorSettings,
    ServerSettings,
    StoreSettings,
)
from bitewing.settings.whole import Settings

_PREFIX = "BITEWING_"

_OVERRIDABLE: dict[str, type[Section]] = {
    "server": ServerSettings,
    "store": StoreSettings,
    "delivery": DeliverySettings,
    "opendental": OpenDentalSettings,
    "nexhealth": NexHealthSettings,
    "operator": OperatorSettings,
}
"""What the environment can set; what stands in tables of tables is the file's alone."""

_FILES_ALONE = frozenset({("nexhealth", "api_keys"), ("nexhealth", "limits")})


def load(path: str | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the file (none is allowed: all defaults), then the environment.

    ``BITEWING_SERVER_LISTEN`` overrides ``[server] listen``; lists are written with commas. A
    variable that begins like that and names no key is refused as a misspelt key in the file is,
    unless it is one of those that hold secrets (``password_env`` and the like name them).

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
        for key in _keys(section):
            field = model.model_fields[key]
            text = environment.get(_variable(section, key))
            if text is None or not isinstance(tree.setdefault(section, {}), dict):
                continue
            is_list = "list" in str(field.annotation)
            value = [part.strip() for part in text.split(",") if part.strip()]
            tree[section][key] = value if is_list else text


def _refuse_misspelt(settings: Settings, environment: Mapping[str, str]) -> None:
    named = settings.variables
    for section in _OVERRIDABLE:
        known = {_variable(section, key) for key in _keys(section)}
        for variable in environment:
            if variable.startswith(_variable(section, "")) and variable not in known | named:
                raise SettingsError(
                    f"The environment variable {variable} names no setting. [{section}] has: "
                    f"{', '.join(sorted(known))}."
                )


def _keys(section: str) -> list[str]:
    fields = _OVERRIDABLE[section].model_fields
    return [key for key in fields if (section, key) not in _FILES_ALONE]


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
