"""The font of papers: one that has the letters of many languages, and what is done without one."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

NAME = "Paper"

PLACES: Sequence[Path] = (
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),  # Debian: fonts-dejavu-core
    Path("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf"),
    Path("/System/Library/Fonts/Supplemental/Arial Unicode.ttf"),
    Path("C:/Windows/Fonts/arial.ttf"),
    Path(reportlab.__file__).parent / "fonts" / "Vera.ttf",
)
"""Where one is, the best first; the last comes with the library and knows Europe's letters."""


@lru_cache(maxsize=1)
def paper_font() -> TTFont:
    """Give the font for papers, registered under ``NAME``."""
    font = font_at(next(place for place in PLACES if place.exists()))
    pdfmetrics.registerFont(font)
    return font


def font_at(place: Path) -> TTFont:
    """Read one."""
    return TTFont(NAME, str(place))


def legible(text: str, font: TTFont) -> str:
    """Give the text with the code of each letter that the font lacks: nothing is lost unseen.

    Line breaks stay, other space becomes a blank.
    """
    known = font.face.charToGlyph

    def written(one: str) -> str:
        if one == "\n" or ord(one) in known:
            return one
        return " " if one.isspace() else f"[U+{ord(one):04X}]"

    return "".join([written(one) for one in text])
