"""Where things are on a page: its own coordinates, and those of the page as it is shown (after /Rotate and CropBox).

Everything is in points. As shown, the lower left corner is the origin.
"""

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: the box of it that is shown, in its own coordinates, and how many quarters clockwise it is turned."""

    left: float
    bottom: float
    right: float
    top: float
    quarters: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        wide, high = self.right - self.left, self.top - self.bottom
        return (high, wide) if self.quarters % 2 else (wide, high)

    def shown(self, box: Box) -> Box:
        """A box of the page, as it is shown."""
        return _tidy(*self._turned(box[0], box[1]), *self._turned(box[2], box[3]))

    def own(self, box: Box) -> Box:
        """The inverse of `shown`."""
        return _tidy(*self._back(box[0], box[1]), *self._back(box[2], box[3]))

    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """What turns shown coordinates into the page's own, as PDF writes it (a b c d e f)."""
        e, f = self._back(0, 0)
        (x_u, y_u), (x_v, y_v) = self._back(1, 0), self._back(0, 1)
        return x_u - e, y_u - f, x_v - e, y_v - f, e, f

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        match self.quarters % 4:
            case 1:
                return y - self.bottom, self.right - x
            case 2:
                return self.right - x, self.top - y
            case 3:
                return self.top - y, x - self.left
        return x - self.left, y - self.bottom

    def _back(self, u: float, v: float) -> tuple[float, float]:
        match self.quarters % 4:
            case 1:
                return self.right - v, self.bottom + u
            case 2:
                return self.right - u, self.top - v
            case 3:
                return self.left + v, self.top - u
        return self.left + u, self.bottom + v


def _tidy(x: float, y: float, other_x: float, other_y: float) -> Box:
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)
