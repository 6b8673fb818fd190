"""Library: everything that receivers may read back, asked of the Albums of an institution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bitewing.dialects.nexhealth.catalogue import RESOURCES
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.reading.listing import Place, pointed_at
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.ports.album import Album

_PORTRAITS = {resource.subject: resource for resource in RESOURCES}

Shown = dict[str, Any]
"""A JSON object as it is shown."""


class Found(NamedTuple):
    """A thing as it is shown, its row, and the Scene in which that was looked at."""

    shown: Shown
    row: Row
    scene: Scene


@dataclass(frozen=True, slots=True)
class Library:
    """Shows things as the Events show them: by the same Portraits."""

    customs: Customs

    def scene(self, album: Album) -> Scene:
        """Give the Scene in which one question is answered."""
        return Scene(album, self.customs)

    def show(self, resource: str, albums: Sequence[Album], places: Sequence[Place]) -> list[Found]:
        """Give what stands at these places of a list."""
        scenes = [self.scene(album) for album in albums]
        pointed = [pointed_at(place) for place in places]
        found = [_portray(resource, scenes[number], key) for number, key in pointed]
        return [one for one in found if one is not None]

    def one(self, resource: str, albums: Sequence[Album], identity: int) -> Found | None:
        """Give one thing by our id of it; None if there is none in any Album."""
        for album in albums:
            native = album.native_of(resource, identity)
            if native is not None:
                return _portray(resource, self.scene(album), int(native))
        return None


def _portray(resource: str, scene: Scene, key: int) -> Found | None:
    declared = _PORTRAITS[resource]
    row = scene.find(declared.watch, key)
    shown = None if row is None else declared.portray(row, scene)
    return None if row is None or shown is None else Found(shown, row, scene)
