"""NexHealth: who may call that face, and what its contract leaves to the practice."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator

from bitewing.settings.section import Key, Section

_Most = Annotated[int, Field(ge=1, le=1_000_000)]
_Minutes = Annotated[float, Field(gt=0, le=60 * 24 * 365)]


class NexHealthKey(Section):
    """One API key of the NexHealth face and the institutions it may see."""

    key: Key
    institutions: list[str]


class LimitSettings(Section):
    """How much one API key may ask (NexHealth's documentation, "Rate limits")."""

    per_second: _Most = 100
    lists_per_second: _Most = 10
    per_minute: _Most = 2000
    records_per_minute: _Most = 1000


class NexHealthSettings(Section):
    """Who may call the NexHealth face, and how it reads a practice."""

    api_keys: list[NexHealthKey] = []
    token_minutes: _Minutes = 60
    confirmed: list[Annotated[int, Field(gt=0)]] = []
    unscheduled_is_cancelled: bool = False
    read_red_after_minutes: _Minutes = 150
    write_red_after_minutes: _Minutes = 25
    announce_red: bool = True
    limits: LimitSettings = LimitSettings()

    @field_validator("api_keys")
    @classmethod
    def _keys_differ(cls, value: list[NexHealthKey]) -> list[NexHealthKey]:
        keys = [one.key.get_secret_value() for one in value]
        if len(set(keys)) < len(keys):
            raise ValueError("an API key stands twice; name all its institutions in one place")
        return value

    @property
    def read_red_after(self) -> timedelta:
        """How old the last complete reading may be before reading is red."""
        return timedelta(minutes=self.read_red_after_minutes)

    @property
    def write_red_after(self) -> timedelta:
        """How old the writer's last sign of life may be before writing is red."""
        return timedelta(minutes=self.write_red_after_minutes)
