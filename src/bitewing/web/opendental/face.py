"""The Open Dental face: an HTTP API shaped like theirs, mounted at ``/api/v1``."""

from fastapi import FastAPI

from bitewing import __version__
from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.engine.operations.lookup import Lookup
from bitewing.engine.operations.subscriptions import Desk
from bitewing.web.auth import Doorkeeper
from bitewing.web.opendental.answers import speak_of_errors
from bitewing.web.opendental.paths import WithoutTrailingSlash
from bitewing.web.opendental.resources import Resources
from bitewing.web.opendental.subscriptions import Subscriptions
from bitewing.web.routes import join


def open_dental_face(
    *, desk: Desk, lookup: Lookup, doorkeeper: Doorkeeper, dialect: OpenDental
) -> FastAPI:
    """Make the face; its errors have Open Dental's shape too."""
    face = FastAPI(
        title="bitewing: Open Dental API",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    speak_of_errors(face)
    face.add_middleware(WithoutTrailingSlash)
    join(face, Subscriptions(desk, doorkeeper, dialect).router())
    join(face, Resources(lookup, doorkeeper, dialect).router())
    return face
