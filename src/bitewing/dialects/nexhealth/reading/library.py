"""Library: everything that receivers may read back, asked of the Albums of an institution."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bitewing.dialects.nexhealth.catalogue import RESOURCES
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.reading.listing import Place, draft_at, pointed_at
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.pending import PendingWrite
from bitewing.ports.album import Album

_PORTRAITS = {resource.subject: resource for resource in RESOURCES}

NOTHING: Mapping[str, Any] = {}
Shown = dict[str, Any]
"""A JSON object as it is shown."""


class Found(NamedTuple):
    """A thing as it is shown, its row, and the Scene in which that was looked at.

    Attributes:
        nested: what may be included and is not to be looked up.
        draft: what was asked for here, if it is that and nothing else yet.
    """

    shown: Shown
    row: Row
    scene: Scene
    nested: Mapping[str, Any] = NOTHING
    draft: PendingWrite | None = None


class Drafted(NamedTuple):
    """What was asked for here, as it is shown.

    Attributes:
        row: what of the practice it refers to, in the columns of the row that it will be.
        nested: what may be included in it and stands in no row either.
    """

    shown: Shown
    row: Row
    nested: Mapping[str, Any]
    write: PendingWrite


FindDraft = Callable[[str, Album, int], Drafted | None]
"""Gives the draft of a resource that has this id of ours."""


@dataclass(frozen=True, slots=True)
class Library:
    """Shows things as the Events show them: by the same Portraits.

    Attributes:
        find_draft: gives by our id what was asked for here and is in no practice yet.
    """

    customs: Customs
    find_draft: FindDraft = lambda _resource, _album, _identity: None

    def scene(self, album: Album) -> Scene:
        """Give the Scene in which one question is answered."""
        return Scene(album, self.customs)

    def show(self, resource: str, albums: Sequence[Album], places: Sequence[Place]) -> list[Found]:
        """Give what stands at these places of a list."""
        scenes = [self.scene(album) for album in albums]
        pointed = [pointed_at(place) for place in places]
        found = [
            _portray(resource, scenes[number], key)
            if (draft := draft_at(key)) is None
            else self._draft(resource, albums[number], scenes[number], draft)
            for number, key in pointed
        ]
        return [one for one in found if one is not None]

    def one(self, resource: str, albums: Sequence[Album], identity: int) -> Found | None:
        """Give one thing by our id of it; None if there is none in any Album."""
        for album in albums:
            scene, native = self.scene(album), album.native_of(resource, identity)
            found = None if native is None else _portray(resource, scene, int(native))
            found = found or self._draft(resource, album, scene, identity)
            if found is not None:
                return found
        return None

    def _draft(self, resource: str, album: Album, scene: Scene, identity: int) -> Found | None:
        found = self.find_draft(resource, album, identity)
        if found is None:
            return None
        return Found(found.shown, found.row, scene, found.nested, found.write)


def _portray(resource: str, scene: Scene, key: int) -> Found | None:
    declared = _PORTRAITS[resource]
    row = scene.find(declared.watch, key)
    shown = None if row is None else declared.portray(row, scene)
    return None if row is None or shown is None else Found(shown, row, scene)
