"""Dialect: speaking one webhook format. Pure: values in, bytes out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bitewing.model.delivery import Delivery, Headers
from bitewing.model.record import Record


class Dialect(Protocol):
    """A webhook format.

    Attributes:
        name: ``opendental``.
        page_size: the most Records that one Message may carry.
        timeout: how long a receiver may take to answer.
    """

    name: str
    page_size: int
    timeout: timedelta

    def compose(self, event_name: str, source: str, records: Sequence[Record]) -> bytes:
        """Render the exact bytes of one Message about these Records of that Source."""
        ...

    def headers(self, delivery: Delivery, at: datetime) -> Headers:
        """Give the header lines of an Attempt at this moment (our clock, UTC).

        Raises:
            NotFoundError: the credential that the headers need is no longer configured.
        """
        ...
