"""Text in a box: as large as it is read well, as small as it must be to fit. Nothing of what was entered is cut off."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from sessions_app.documents.pdf.geometry import Box
from sessions_app.documents.pdf.looks import Frame
from sessions_app.documents.pdf.strokes import INK
from sessions_app.pdf_text import FAMILY, Widths, fitting, width_of, with_names

SMALLEST, LARGEST = 6.0, 12.0
"""Of text that follows its box, in points. Only what does not fit otherwise is smaller."""

CONDENSED = 90
"""Percent of its width at which the font is drawn: boxes are made for narrower ones. It is that of DejaVu Condensed."""

LINE = 1.17
"""Height of a line in sizes of the font."""

_RISE = 0.76
"""From the baseline to the top of capitals."""

PADDING = 3.0


@dataclass
class Pen:
    """A box on the paper to draw into. The paper counts from its upper edge, boxes from the lower one."""

    paper: FPDF
    box: Box

    @property
    def left(self) -> float:
        return self.box[0]

    @property
    def top(self) -> float:
        """From the upper edge of the paper."""
        return self.paper.h - self.box[3]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def margin(self) -> float:
        """Above lines of text."""
        return min(PADDING, self.height / 10)

    @property
    def widths(self) -> Widths:
        """Of the font's signs."""
        return cast("Widths", self.paper.fonts[FAMILY.lower()].cw)

    def frame(self, frame: Frame) -> None:
        """Background and border."""
        style = ("D" if frame.stroke and frame.width else "") + ("F" if frame.fill else "")
        self.paper.set_line_width(frame.width)
        self.paper.set_draw_color(*(frame.stroke or (0, 0, 0)))
        self.paper.set_fill_color(*(frame.fill or (255, 255, 255)))
        half = frame.width / 2 if frame.stroke else 0
        draw = self.paper.ellipse if frame.round else self.paper.rect
        draw(self.left + half, self.top + half, self.width - 2 * half, self.height - 2 * half, style=style)
        for cell in range(1, frame.cells if frame.stroke else 0):
            x = self.left + cell * self.width / frame.cells
            self.paper.line(x, self.top, x, self.top + self.height)

    def write(self, line: str, x: float, baseline: float, size: float) -> None:
        """One line, beginning at x."""
        self.paper.set_font_size(size)
        self.paper.text(x, baseline, line)


@dataclass(frozen=True, slots=True)
class Text:
    """A value as text. `size` 0 follows the box; `align` is PDF's: 0 left, 1 centred, 2 right; `cells` is for combs."""

    value: str
    size: float = 0
    align: int = 0
    cells: int = 0
    lines: bool = False

    @property
    def said(self) -> str:
        """Its signs."""
        return self.value

    def on(self, pen: Pen) -> None:
        """Draw it."""
        said = with_names(self.value, pen.widths)
        pen.paper.set_text_color(0)
        if self.cells >= len(said) > 0:
            self._in_cells(pen, said)
        elif said.strip():
            self._in_lines(pen, said)

    def _in_cells(self, pen: Pen, said: str) -> None:
        cell = pen.width / self.cells
        size = self.size or min(max(pen.height * 0.7, SMALLEST), LARGEST)
        size = min(size, cell / 0.65, pen.height)
        for at, sign in enumerate(said):
            wide = _wide(sign, pen.widths, size)
            pen.write(sign, pen.left + at * cell + (cell - wide) / 2, _middle(pen, size), size)

    def _in_lines(self, pen: Pen, said: str) -> None:
        room = max(pen.width - 2 * PADDING, pen.width * 0.8)
        size, lines = self._fitted(said, room, pen)
        step = size * LINE
        first = pen.top + pen.margin + size * _RISE if self.lines else _middle(pen, size) - (len(lines) - 1) * step / 2
        for at, line in enumerate(lines):
            ordered, is_leftward = _in_order(line)
            spare = room - _wide(ordered, pen.widths, size)
            align = 2 if is_leftward and not self.align else self.align
            x = pen.left + (pen.width - room) / 2 + spare * min(max(align, 0), 2) / 2
            pen.write(ordered, x, first + at * step, size)

    def _fitted(self, said: str, room: float, pen: Pen) -> tuple[float, list[str]]:
        """The largest size at which everything fits, and the lines at that size."""
        for size in self._sizes(pen):
            lines = list(_wrapped(said, pen.widths, size, room)) if self._may_wrap(size, pen) else said.split("\n")
            height = len(lines) * size * LINE + (pen.margin if self.lines else -size * (LINE - 1))
            if height <= pen.height and all(_wide(line, pen.widths, size) <= room for line in lines):
                break
        return size, lines

    def _may_wrap(self, size: float, pen: Pen) -> bool:
        """A text of one line is broken only when it would be hard to read otherwise."""
        return self.lines or size <= SMALLEST

    def _sizes(self, pen: Pen) -> Iterator[float]:
        """From the wanted one down, ever finer, to where anything fits."""
        auto = 10.0 if self.lines else pen.height * 0.68
        size = self.size or min(max(auto, SMALLEST), LARGEST)
        while size > 0.2:
            yield size
            size = max(size * 0.94, SMALLEST) if size > SMALLEST else size * 0.9
        yield size


@dataclass(frozen=True, slots=True)
class TypedName:
    """A signature that was typed: large and slanted."""

    name: str

    @property
    def said(self) -> str:
        """Its signs."""
        return self.name

    def on(self, pen: Pen) -> None:
        """Draw it."""
        said, _leftward = _in_order(with_names(self.name, pen.widths))
        room = pen.width - 4 * PADDING
        size = min(20.0, pen.height * 0.7, room / max(_wide(said, pen.widths, 1), 0.1))
        baseline = _middle(pen, size)
        pen.paper.set_text_color(*INK)
        with pen.paper.skew(ax=14, ay=0, x=pen.left, y=baseline):
            pen.write(said, pen.left + 2 * PADDING, baseline, size)
        pen.paper.set_text_color(0)


def _middle(pen: Pen, size: float) -> float:
    """The baseline of a single line, so that its capitals and its descenders are in the middle of the box."""
    return pen.top + pen.height / 2 + size * 0.31


def _wrapped(said: str, widths: Widths, size: float, room: float) -> Iterator[str]:
    most = room * 1000 / size / (CONDENSED / 100)
    for paragraph in said.split("\n"):
        yield from fitting(paragraph, widths, most)


def _wide(line: str, widths: Widths, size: float) -> float:
    """In points."""
    return width_of(line, widths) * size / 1000 * CONDENSED / 100


def _in_order(line: str) -> tuple[str, bool]:
    """The signs from left to right as they are seen, and whether the line as a whole runs leftward."""
    if not any(unicodedata.bidirectional(sign) in ("R", "AL", "AN") for sign in line):
        return line, False
    paragraph = BidiParagraph(line)
    return paragraph.get_reordered_string(), paragraph.base_direction == TextDirection.RTL
