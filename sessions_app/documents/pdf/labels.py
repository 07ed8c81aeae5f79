"""What a field is called: its tooltip, else its name in words, else the words beside its box."""

import re
from collections.abc import Sequence

from pypdfium2 import PdfDocument, PdfiumError, PdfTextPage

from sessions_app.documents.pdf.geometry import Box, Sheet
from sessions_app.documents.pdf.limits import LONGEST_LABEL

_MEANINGLESS = {
    "text", "textfield", "textbox", "txt", "field", "fields", "fld", "fill", "input", "box", "check",
    "checkbox", "chk", "cb", "button", "btn", "radio", "radiobutton", "rb", "group", "opt", "option",
    "options", "choice", "dropdown", "combo", "combobox", "list", "listbox", "untitled", "undefined", "form",
    "subform", "page", "topmostsubform", "control", "element", "item", "row", "cell",
    "value", "f", "p", "c", "t", "x", "y", "n", "a", "b", "of", "undefiniert", "feld", "kontrollkästchen",
    "textfeld",
}  # fmt: skip
"""Words that programs make up where nobody gave a name."""

_FAR = 260.0
"""Points. Words that are farther to the left or right belong to something else."""


def clean(said: str) -> str:
    """In one line, without what is not to be seen."""
    seen = "".join(sign if sign.isprintable() else " " for sign in said)
    return " ".join(seen.split())[:LONGEST_LABEL]


def in_words(name: str) -> str:
    """The last part of a field's full name, as words; empty if there is no meaning in it."""
    return _words(name.rpartition(".")[2])


def in_words_with_parents(name: str) -> str:
    """The whole path as words, for names that end alike."""
    parts = [_words(part) for part in name.split(".")]
    return clean(", ".join(part for part in parts if part))


class Surroundings:
    """The words that stand on the pages, and the boxes between them. Close it after use."""

    def __init__(self, drawn: PdfDocument, sheets: Sequence[Sheet], boxes: Sequence[tuple[int, Box]]) -> None:
        self._drawn, self._sheets, self._boxes = drawn, sheets, boxes
        self._texts: dict[int, PdfTextPage | None] = {}

    def before(self, page: int, box: Box) -> str:
        """The words to the left of a box, else those right above it."""
        left, bottom, right, top = box
        middle, half = (top + bottom) / 2, min((top - bottom) / 2, 7)
        edge = max((other[2] for other in self._beside(page, box) if other[2] <= left + 1), default=left - _FAR)
        beside = self._words(page, (max(edge, left - _FAR), middle - half, left, middle + half))
        return beside or self._words(page, (left - 2, top, right, top + 14))

    def printed(self, page: int, box: Box, name: str) -> str:
        """The name as it is printed beside the box, if it is: IBAN rather than Iban."""
        words = self.before(page, box)
        return words if words.casefold() == name.casefold() else name

    def after(self, page: int, box: Box) -> str:
        """The words to the right of a box, up to the next one."""
        _left, bottom, right, top = box
        edge = min((other[0] for other in self._beside(page, box) if other[0] >= right - 1), default=right + _FAR)
        return self._words(page, (right, bottom, min(edge, right + _FAR), top))

    def _beside(self, page: int, box: Box) -> list[Box]:
        """Other boxes in the same row."""
        middle = (box[1] + box[3]) / 2
        return [other for where, other in self._boxes if where == page and other[1] < middle < other[3]]

    def _words(self, page: int, box: Box) -> str:
        if page not in self._texts:
            self._texts[page] = self._read(page)
        words = self._texts[page]
        if words is None or box[2] - box[0] < 1:
            return ""
        found = words.get_text_bounded(*self._sheets[page].own(box))
        return clean(re.sub(r"[_.…\s]{3,}", " ", found)).strip(" :*_")

    def _read(self, page: int) -> PdfTextPage | None:
        try:
            return self._drawn[page].get_textpage()
        except PdfiumError:
            return None


def _words(part: str) -> str:
    part = re.sub(r"\[\d+\]", "", part)
    part = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])", " ", part)
    words = re.sub(r"[_\-./#:\\]+", " ", clean(part)).split()
    meant = [word for word in words if word.strip("0123456789").lower() not in _MEANINGLESS]
    if not any(len(word) > 1 and any(sign.isalpha() for sign in word) for word in meant):
        return ""
    said = " ".join(words)
    return said[:1].upper() + said[1:]
