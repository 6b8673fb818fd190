"""An Inquiry: which Records of a Watch somebody wants to see, in which order."""

from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """How a column must stand to a value."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    AT_LEAST = ">="
    BELOW = "<"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class Condition:
    """A native column, a relation and a value (UTC text for TIMESTAMP columns)."""

    column: str
    relation: Relation
    value: str | int


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All conditions hold; ordered by ``order`` (native columns); one page of it."""

    watch: str
    conditions: tuple[Condition, ...] = ()
    order: tuple[str, ...] = ()
    limit: int = 1000
    offset: int = 0
