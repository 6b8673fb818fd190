"""Resource: what each of NexHealth's resources is called, shows and depends on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.previous_attributes import changed
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.change import Change
from bitewing.model.event import Event, Portrait, Subject
from bitewing.ports.picture import Picture

Touch = Callable[[Change, Picture], Iterable[Subject]]
"""Gives the Subjects that a Change of some Watch may alter; the Picture is the one before it."""

Tell = Callable[[Subject, Portrait | None, Portrait | None], Event | None]
"""Gives the Event for a difference."""

CONCERNED = "concerned_locations"
"""A key of Portraits that is not announced: the Locations, where the resource does not say."""

encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Announced:
    """One Event that a Subscription may wish for.

    Attributes:
        resource_type, event: NexHealth's names, in its letter case.
        key: what the resource is called in a Message's ``data``.
        is_many: whether it stands there in an array, which several may share.
    """

    resource_type: str
    event: str
    key: str
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """What is announced of the rows of one Watch.

    Attributes:
        subject: ``Subject.resource``.
        watch: the Watch of its main row.
        portray: gives the JSON object of a row; None if such a row is not announced.
        tell: gives the Event for a difference.
        touched_by: Watch → which Subjects its Changes may alter, besides those of the row itself.
        concerned: gives our ids of the Locations of a row whose JSON object names none.
    """

    subject: str
    watch: str
    portray: Callable[[Row, Scene], dict[str, Any] | None]
    tell: Tell
    touched_by: Mapping[str, Touch] = field(default_factory=dict)
    concerned: Callable[[Row, Scene], Sequence[int]] | None = None


def telling(
    *,
    created: str,
    updated: str,
    bookkeeping: frozenset[str],
    gone: Mapping[str, Any],
    locations: Callable[[Portrait], Iterable[int]],
) -> Tell:
    """Give what tells of a resource that is created and updated.

    Args:
        created: the Event when there was nothing before.
        updated: the Event when something differs.
        bookkeeping: keys that make no difference; see ``previous_attributes``.
        gone: what the last Portrait is overlaid with once the row is gone or is announced no
            more: NexHealth has no Events for deletions.
        locations: gives the Locations that a Portrait concerns.
    """

    def tell(subject: Subject, before: Portrait | None, after: Portrait | None) -> Event | None:
        if before is None:
            return None if after is None else _event(created, subject, after, locations(after))
        now = {**before, **gone} if after is None else after
        previous = changed(before, now, bookkeeping=bookkeeping | {CONCERNED})
        if not previous:
            return None
        concerned = {*locations(before), *locations(now)}
        return _event(updated, subject, now, concerned, previous)

    return tell


def _event(
    name: str,
    subject: Subject,
    portrait: Portrait,
    locations: Iterable[int],
    previous: Mapping[str, Any] | None = None,
) -> Event:
    told = {key: value for key, value in portrait.items() if key != CONCERNED}
    return Event(
        name,
        subject,
        encode(told),
        None if previous is None else encode(previous),
        locations=frozenset(locations),
    )


def differ(change: Change, *columns: str) -> bool:
    """Tell whether any of these columns is another after the Change, or the row came or went."""
    if change.before is None or change.after is None:
        return True
    before, after = change.before.native, change.after.native
    return any(before.get(column) != after.get(column) for column in columns)


def numbers_in(change: Change, column: str) -> set[int]:
    """Give the numbers that a column refers to before and after a Change; never 0."""
    numbers = set()
    for record in (change.before, change.after):
        cell = record.native.get(column) if record else None
        if cell and cell.isdigit():
            numbers.add(int(cell))
    return numbers - {0}
