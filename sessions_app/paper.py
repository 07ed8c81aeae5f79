"""Sheets of paper that we write ourselves, as PDF: one look for transcripts and certificates, in the embedded font
(`pdf_text`)."""

from datetime import datetime
from typing import cast

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from sessions_app.pdf_text import FAMILY, FONT, Widths, fitting, with_names

SIZE, SMALL, LARGE = 10, 8, 15
HEIGHT = 5.2
"""Of a line, in millimetres."""
MARGIN = 18
BLACK, GREY = 30, 105


class Paper(FPDF):
    """A4 with numbered pages."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.str_alias_nb_pages = ""  # else `{nb}` in what somebody wrote would become a number of pages
        self.set_creation_date(now)
        self.add_font(FAMILY, fname=FONT)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN)
        self.set_font(FAMILY, size=SIZE)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-MARGIN + 4)
        self.put([f"{self.page_no()}"], SMALL, GREY, align=Align.R)

    def title_of(self, title: str, about: str) -> None:
        """What stands at the top of the first page."""
        self.set_title(title)
        self.paragraph(title, LARGE, height=HEIGHT * 1.4)
        self.paragraph(about, SMALL, GREY)

    def heading(self, text: str) -> None:
        self.keep_together(4 * HEIGHT)
        self.ln(HEIGHT)
        self.paragraph(text, height=HEIGHT * 1.4)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(2)

    def paragraph(
        self, text: str, size: int = SIZE, colour: int = BLACK, *, indent: float = 0, height: float = HEIGHT
    ) -> None:
        """A text in as many lines as it takes, `indent` millimetres from the margin."""
        self.put(self.wrap(text, size, indent), size, colour, indent=indent, height=height)

    def keep_together(self, height: float) -> None:
        """Go on on the next page, if there is less room than this."""
        if self.will_page_break(height):
            self.add_page()

    def put(
        self,
        lines: list[str],
        size: int,
        colour: int,
        *,
        indent: float = 0,
        height: float = HEIGHT,
        align: Align = Align.L,
    ) -> None:
        """Lines as they are; the caller knows that they fit."""
        for text in lines:
            self.set_font_size(size)  # a new page's footer has changed them
            self.set_text_color(colour)
            self.set_x(self.l_margin + indent)
            self.cell(0, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def wrap(self, text: str, size: int, indent: float = 0) -> list[str]:
        """The text in lines that fit. The library's own way takes seconds for long conversations."""
        widths = cast("Widths", self.fonts[FAMILY.lower()].cw)
        most = (self.epw - indent - 2 * self.c_margin) * 1000 * self.k / size
        shown = with_names(text, widths)
        return [line for paragraph in shown.splitlines() or [""] for line in fitting(paragraph, widths, most)]
