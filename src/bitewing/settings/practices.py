"""Practices: the customers, their practice databases, and how each is written back to."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from bitewing.settings.section import Key, Section, secret_of

ClinicNum = Annotated[int, Field(gt=0)]


def _zone_name(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a time zone; write it as in America/New_York") from None
    return value


class WriterSettings(Section):
    """Open Dental's own API, for writing back."""

    url: str
    authorization_env: str
    seconds_between_calls: Annotated[float, Field(ge=0, le=60)] | None = None


class SourceSettings(Section):
    """One practice database."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")
    kind: Literal["opendental"] = "opendental"
    url: str = Field(repr=False)  # it may hold a password
    password_env: str | None = None
    time_zone: str
    clinic_time_zones: dict[ClinicNum, str] = {}
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
        return _zone_name(value)

    @field_validator("clinic_time_zones")
    @classmethod
    def _are_zones(cls, value: dict[int, str]) -> dict[int, str]:
        return {clinic: _zone_name(name) for clinic, name in value.items()}

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def clinic_zones(self) -> dict[int, ZoneInfo]:
        """The time zones of clinics that are elsewhere, by ClinicNum."""
        return {clinic: ZoneInfo(name) for clinic, name in self.clinic_time_zones.items()}

    def password(self, environment: Mapping[str, str]) -> str | None:
        """Give the password that ``password_env`` names; None when the url has to do.

        Raises:
            SettingsError: the variable is not set.
        """
        if self.password_env is None:
            return None
        return secret_of(
            self.password_env,
            environment,
            place=f"Source {self.name}",
            what="the database password (password_env)",
        )


class InstitutionSettings(Section):
    """One customer and its practice databases."""

    subdomain: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$")
    name: str
    sources: list[SourceSettings] = []
