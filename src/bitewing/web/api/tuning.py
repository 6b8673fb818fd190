"""Tuning: how our own API is told what an Endpoint needs besides its URL."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bitewing.model.subscription import CONCURRENCY, Endpoint

MOST_AT_ONCE = 100
FASTEST_PER_SECOND = 10_000.0
SLOWEST_PER_SECOND = 0.001

Name = Annotated[str, Field(max_length=200)]
Value = Annotated[str, Field(max_length=4096)]


class Tuning(BaseModel):
    """What shall be otherwise; what is not named stays, and null is how it was at first.

    Attributes:
        headers: all further header lines of every Message to it; may bear credentials, and is
            never shown again.
        ca_pem: the certificate authorities that alone verify it.
        concurrency: exchanges under way at once, at the most.
        per_second: Messages begun per second, at the most.
        is_ordered: whether what is composed from now on goes out strictly one after another.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    headers: dict[Name, Value] | None = None
    ca_pem: str | None = None
    concurrency: int | None = Field(default=None, ge=1, le=MOST_AT_ONCE)
    per_second: float | None = Field(
        default=None, ge=SLOWEST_PER_SECOND, le=FASTEST_PER_SECOND, allow_inf_nan=False
    )
    is_ordered: bool | None = None

    def of(self, endpoint: Endpoint) -> Endpoint:
        """Give the Endpoint as it shall be."""
        named: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "headers" in named:
            named["headers"] = tuple((self.headers or {}).items())
        if "concurrency" in named:
            named["concurrency"] = self.concurrency or CONCURRENCY
        if "is_ordered" in named:
            named["is_ordered"] = bool(self.is_ordered)
        return replace(endpoint, **named)
