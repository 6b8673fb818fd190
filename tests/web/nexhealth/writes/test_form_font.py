"""Letters of papers: none is lost unseen, whatever the font knows."""

import io

import pypdf
from tests.stores.samples import NOON

from bitewing.web.nexhealth.writes.form_font import PLACES, font_at, legible, paper_font
from bitewing.web.nexhealth.writes.form_paper import make_paper

NAMES = "Łukasz Müller\nİpek Şahin, Zoë, Đorđe"


def test_the_letters_of_europe_are_written() -> None:
    """By the font that comes with the library, on a machine that has no other."""
    assert legible(NAMES, font_at(PLACES[-1])) == NAMES


def test_a_letter_that_the_font_lacks_is_written_as_its_code() -> None:
    """Whoever reads the paper sees that something stands there, and can find out what."""
    text = legible("Wang 你\t好", font_at(PLACES[-1]))

    assert text == "Wang [U+4F60] [U+597D]"


def test_a_paper_says_what_was_answered() -> None:
    """Letter by letter, in the title and the questions too."""
    pdf = make_paper("Fragebogen für Łódź", [("Your name, José?", NAMES)], NOON)
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()

    for line in ("Fragebogen für Łódź", "Your name, José?", *NAMES.split("\n")):
        assert legible(line, paper_font()) in text
