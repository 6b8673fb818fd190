"""Origins: which database this is, so that another one in its place is noticed."""

import hashlib
from collections.abc import Mapping, Sequence

from bitewing.model.origin import Origin
from bitewing.model.watch import Watch
from bitewing.sources.opendental.database import Database
from bitewing.sources.opendental.shapes import TableShape

_OFFICE = "SELECT ValueString FROM preference WHERE PrefName = 'RegistrationKey'"
"""Open Dental gives every practice a registration key of its own."""


async def read_identity(database: Database, shapes: Mapping[str, TableShape]) -> str:
    """Ask for the server, the database and the practice; the registration key is not kept."""
    [(server,)] = await database.query(f"SELECT {database.identity}")
    keys = await database.query(_OFFICE) if "preference" in shapes else []
    office = b"|".join(key or b"" for (key,) in keys)
    told = (server or b"") + b"|" + office
    return hashlib.sha256(told).hexdigest()[:32]


async def read_origin(
    database: Database, shapes: Mapping[str, TableShape], watches: Sequence[Watch]
) -> Origin:
    """Ask who it is, and say what its tables looked like when they were discovered."""
    return Origin(
        identity=await read_identity(database, shapes),
        layouts={
            watch.name: dict(
                zip(shapes[watch.table].columns, shapes[watch.table].types, strict=False)
            )
            for watch in watches
        },
        created={watch.name: shapes[watch.table].created_at for watch in watches},
    )
