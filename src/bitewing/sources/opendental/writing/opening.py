"""Opening: a Writer from what the configuration says about an office's API."""

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bitewing.model.errors import SettingsError
from bitewing.ports.clock import Clock
from bitewing.sources.opendental.writing.line import Line
from bitewing.sources.opendental.writing.writer import OpenDentalWriter

REMOTE = "api.opendental.com"
REMOTE_INTERVAL = 1.0
"""Seconds between calls in Remote mode, for keys that may write (API Implementation page)."""
SCHEME = "ODFHIR"
_KEYS = re.compile(r"[!-.0-~]+/[!-.0-~]+")


def open_dental_writer(
    *,
    source: str,
    zone: ZoneInfo,
    url: str,
    authorization: str,
    clock: Clock,
    interval: float | None = None,
) -> OpenDentalWriter:
    """Make a Writer; nothing is connected yet.

    Args:
        source: the Source that reads the same practice.
        zone: the office's.
        url: the API's address, ``http://127.0.0.1:30223/api/v1`` or Open Dental's own.
        authorization: ``{DeveloperKey}/{CustomerKey}``, with or without ``ODFHIR`` before it.
        clock: to keep the pace by.
        interval: seconds between calls; None is what the address asks for.

    Raises:
        SettingsError: the address or the keys cannot be used; the keys are not repeated.
    """
    host = _host_of(url)
    if host is None:
        raise SettingsError(
            "writer.url must be the address of Open Dental's API, such as "
            f"http://127.0.0.1:30223/api/v1 or https://{REMOTE}/api/v1"
        )
    keys = authorization.strip().removeprefix(SCHEME).strip()
    if not _KEYS.fullmatch(keys):
        raise SettingsError(
            "writer.authorization_env must name a variable that holds {DeveloperKey}/{CustomerKey}"
        )
    if interval is None:
        interval = REMOTE_INTERVAL if host == REMOTE else 0.0
    line = Line(url.rstrip("/"), f"{SCHEME} {keys}", clock, interval)
    return OpenDentalWriter(source, zone, line)


def _host_of(url: str) -> str | None:
    """Give the host; None if the address is none that can be asked."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.username or parts.query:
        return None
    return host or None
