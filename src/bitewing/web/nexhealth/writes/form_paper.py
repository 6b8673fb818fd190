"""The paper: a filled-in form as a PDF."""

import io
from collections.abc import Sequence
from datetime import datetime
from html import escape

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import StyleSheet1, getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from bitewing.web.nexhealth.writes.form_font import NAME, legible, paper_font

GAP = 6


def make_paper(title: str, answers: Sequence[tuple[str, str]], at: datetime) -> bytes:
    """Give the bytes of a PDF: the title, each question with its answer, and when it was given."""
    font = paper_font()
    styles = _styles()
    story = [Paragraph(escape(legible(title, font)), styles["Title"])]
    for label, answer in answers:
        lines = escape(legible(answer, font)).replace("\n", "<br/>")
        story += [
            Paragraph(escape(legible(label, font)), styles["Heading4"]),
            Paragraph(lines or "-", styles["BodyText"]),
            Spacer(1, GAP),
        ]
    story.append(Paragraph(f"Handed in {at:%Y-%m-%d %H:%M} UTC", styles["Italic"]))
    paper = io.BytesIO()
    SimpleDocTemplate(paper, pagesize=letter, title=title).build(story)
    return paper.getvalue()


def _styles() -> StyleSheet1:
    styles = getSampleStyleSheet()
    for name in ("Title", "Heading4", "BodyText", "Italic"):
        styles[name].fontName = NAME
    return styles
