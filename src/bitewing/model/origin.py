"""An Origin: which database a Source read last, so that another one is noticed."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """What is remembered of a practice database between two openings.

    Attributes:
        identity: server, database and practice, as well as the database tells them.
        layouts: Watch → column → type.
        created: Watch → when the table that was first read was made ("YYYY-MM-DD hh:mm:ss",
            UTC, database clock); "" if the server does not tell.
    """

    identity: str
    layouts: Mapping[str, Mapping[str, str]]
    created: Mapping[str, str]
