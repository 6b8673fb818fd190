"""Queries: the parameters of a GET, read into an Inquiry.

Open Dental gives at most 1000 elements a request in its Local and Service modes (API
Implementation page, "Pagination"); that is also what comes without a Limit, and a greater Limit
is taken for it. A parameter that a method does not document is refused in the words that Open
Dental has for it, never ignored: who asks for less must not be given everything. One left blank
counts as not given, as the Appointments page says of ClinicNum.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental.filters import read_whole
from bitewing.dialects.opendental.resources import BY_PATH, Resource
from bitewing.dialects.opendental.versions import Version
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.inquiry import Condition, Inquiry, Relation

MOST_ELEMENTS = 1000


def resource_at(path: str) -> Resource:
    """Find a list by its path below ``/api/v1/``.

    Raises:
        NotFoundError: there is none.
    """
    resource = BY_PATH.get(path)
    if resource is None:
        raise NotFoundError(f"'{path}' is not a valid resource.")
    return resource


def inquire(
    resource: Resource,
    asked: Mapping[str, str],
    *,
    zone: ZoneInfo,
    today: date,
    version: Version,
) -> Inquiry:
    """Turn query parameters into an Inquiry.

    Args:
        resource: the list that is asked for.
        asked: the parameters as they were written, decoded.
        zone: the office's, in which the dates and times are meant.
        today: the office's day.
        version: later parameters are not known.

    Raises:
        InvalidRequestError: a parameter is unknown or its value is wrong; the message says which.
    """
    given = {name: value for name, value in asked.items() if value}
    limit = read_whole("Limit", given.pop("Limit", str(MOST_ELEMENTS)))
    offset = read_whole("Offset", given.pop("Offset", "0"))
    if limit < 1 or offset < 0:
        raise InvalidRequestError("Limit must be 1 or more, and Offset 0 or more.")
    if resource.today_unless and not given.keys() & set(resource.today_unless):
        given[resource.today_unless[0]] = today.isoformat()
    return Inquiry(
        watch=resource.watch,
        conditions=(*resource.always, *_conditions(resource, given, zone, version)),
        order=resource.order,
        limit=min(limit, MOST_ELEMENTS),
        offset=offset,
    )


def inquire_one(resource: Resource, number: int) -> Inquiry:
    """Ask for the one Record with this primary key, whatever its status."""
    return Inquiry(
        watch=resource.watch,
        conditions=(Condition(resource.key, Relation.EQUAL, number),),
        limit=1,
    )


def _conditions(
    resource: Resource, given: Mapping[str, str], zone: ZoneInfo, version: Version
) -> Iterator[Condition]:
    filters = {one.name: one for one in resource.filters if one.since <= version}
    for name, value in given.items():
        if name not in filters:
            raise InvalidRequestError(f"'{name}' is not a valid parameter.")
        yield from filters[name].conditions(value, zone)
