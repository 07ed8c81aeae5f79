"""Marks and drawn signatures, as lines: they need no font and no appearance of the form's own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sessions_app.documents.signatures import Point

if TYPE_CHECKING:
    from sessions_app.documents.pdf.writing import Pen

INK = (20, 32, 110)
"""Of signatures."""

_TICK = ((0.16, 0.52), (0.40, 0.78), (0.84, 0.22))
"""From 0 to 1 across a square, from its upper left corner."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A box that is ticked."""

    def on(self, pen: "Pen") -> None:
        """Draw it in a square in the middle of the box."""
        side, left, top = _square(pen)
        _through(pen, [(left + side * x, top + side * y) for x, y in _TICK], max(side * 0.13, 0.8), (0, 0, 0))


@dataclass(frozen=True, slots=True)
class Disc:
    """One of several boxes, the one that was chosen."""

    def on(self, pen: "Pen") -> None:
        """Draw it in the middle of the box."""
        side, left, top = _square(pen)
        pen.paper.set_fill_color(0)
        pen.paper.ellipse(left + side * 0.25, top + side * 0.25, side * 0.5, side * 0.5, style="F")


@dataclass(frozen=True, slots=True)
class Lines:
    """A signature that was drawn. Points as in `documents.signatures`."""

    lines: tuple[tuple[Point, ...], ...]
    height: float

    def on(self, pen: "Pen") -> None:
        """Draw it as large as the box allows, undistorted, in its middle."""
        scale = min(pen.width, pen.height / self.height)
        left, top = pen.left + (pen.width - scale) / 2, pen.top + (pen.height - scale * self.height) / 2
        thick = min(max(scale * 0.007, 0.8), 2.0)
        for line in self.lines:
            points = [(left + x * scale, top + min(y, self.height) * scale) for x, y in line]
            _through(pen, points, thick, INK)


def _square(pen: "Pen") -> tuple[float, float, float]:
    """The largest square in the middle of the box: its side, and its upper left corner."""
    side = min(pen.width, pen.height)
    return side, pen.left + (pen.width - side) / 2, pen.top + (pen.height - side) / 2


def _through(pen: "Pen", points: list[tuple[float, float]], thick: float, ink: tuple[int, int, int]) -> None:
    """A line through points, with round ends; a single point is a dot."""
    if len(set(points)) == 1:
        x, y = points[0]
        pen.paper.set_fill_color(*ink)
        pen.paper.ellipse(x - thick, y - thick, 2 * thick, 2 * thick, style="F")
        return
    with pen.paper.local_context(stroke_cap_style="ROUND", stroke_join_style="ROUND"):
        pen.paper.set_line_width(thick)
        pen.paper.set_draw_color(*ink)
        pen.paper.polyline(points)
