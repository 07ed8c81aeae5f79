"""What was entered, drawn onto empty pages of the same sizes: these then lie over those of the form.

Everything is drawn by us in one embedded font, so that it looks the same in every viewer, whatever the form asks for.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF

from sessions_app.documents.pdf.fonts import is_usual, write_usual
from sessions_app.documents.pdf.geometry import Box
from sessions_app.documents.pdf.looks import Frame
from sessions_app.documents.pdf.strokes import Disc, Lines, Tick
from sessions_app.documents.pdf.writing import CONDENSED, Pen, Text, TypedName
from sessions_app.pdf_text import FAMILY, FONT

Drawing = Text | TypedName | Lines | Tick | Disc

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing of the overlay's own dates gets into the result: a fixed one makes that the same every time."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something in a box as shown, on a page (from 0), with what is drawn behind it."""

    page: int
    box: Box
    drawing: Drawing | None = None
    frame: Frame = field(default_factory=Frame)


_prepared: dict[bool, FPDF] = {}
"""Empty papers, by whether theirs is the font of usual signs. Each is used once."""


def prepare() -> None:
    """Load the fonts ahead of need: a worker does it once, its children then have them."""
    with TemporaryDirectory(prefix="parley-pdf-") as folder:
        usual = Path(folder) / "usual.ttf"
        write_usual(usual)
        _prepared.update({True: _paper(usual), False: _paper(FONT)})


def overlay(sizes: Sequence[tuple[float, float]], marks: Sequence[Mark]) -> tuple[bytes, dict[int, int]]:
    """A PDF with a page for each page that has marks, and which page of it belongs to which of the form."""
    said = "".join(getattr(mark.drawing, "said", "") for mark in marks)
    paper = _prepared.pop(is_usual(said), None) or _paper(FONT)
    by_page: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.page < len(sizes):
            by_page[mark.page].append(mark)
    for page in sorted(by_page):
        paper.add_page(format=sizes[page])
        paper.set_stretching(CONDENSED)
        for mark in by_page[page]:
            _draw(paper, mark)
    return bytes(paper.output()) if by_page else b"", {page: at for at, page in enumerate(sorted(by_page))}


def _paper(font: Path) -> FPDF:
    paper = FPDF(unit="pt")
    paper.str_alias_nb_pages = ""  # else `{nb}` in what somebody entered would become a number of pages
    paper.set_creation_date(_NEVER)
    paper.set_auto_page_break(False)
    paper.set_margin(0)
    paper.add_font(FAMILY, fname=font)
    paper.set_font(FAMILY, size=10)
    return paper


def _draw(paper: FPDF, mark: Mark) -> None:
    pen = Pen(paper, mark.box)
    if mark.frame.fill or (mark.frame.stroke and mark.frame.width):
        pen.frame(mark.frame)
    if mark.drawing:
        mark.drawing.on(pen)
