"""Versions: as which version of NexHealth's API a caller wants to be answered."""

import re
from collections.abc import Mapping
from enum import StrEnum

from bitewing.model.errors import InvalidRequestError

VERSION_HEADER = "Nex-Api-Version"


class Version(StrEnum):
    """A version of the API that is spoken here."""

    V2 = "v2"
    V3 = "v3"


_SPOKEN = {
    "v2": Version.V2,
    "v2.2.2": Version.V2,
    "v3": Version.V3,
    "v3.0.0": Version.V3,
    "v20240412": Version.V3,
}
"""What may stand in ``Nex-Api-Version``; v3.0.0 and v20240412 are one (NexHealth, "Versions")."""

_VENDOR = re.compile(r"application/vnd\.nexhealth\+json\s*;\s*version=\"?([\w.]+)", re.IGNORECASE)


def version_of(headers: Mapping[str, str]) -> Version:
    """Read the version from the headers; who names none is answered as v2.

    It is in ``Nex-Api-Version``, or in ``Accept: application/vnd.Nexhealth+json; version=2``.

    Raises:
        InvalidRequestError: it is none that is spoken here.
    """
    named = headers.get(VERSION_HEADER, "").strip().lower()
    if not named:
        accepted = _VENDOR.search(headers.get("accept", ""))
        named = f"v{accepted[1].lower()}" if accepted else Version.V2
    if named not in _SPOKEN:
        raise InvalidRequestError(
            f"{VERSION_HEADER} must be one of {', '.join(_SPOKEN)}; or send the header Accept: "
            "application/vnd.Nexhealth+json; version=2"
        )
    return _SPOKEN[named]
