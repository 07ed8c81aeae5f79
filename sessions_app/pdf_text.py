"""Text for a PDF in the embedded font: signs that it has, in lines that fit. No Django.

Latin, Greek, Cyrillic, Hebrew, Arabic and more are in the font; a sign that it does not have, such as most emoji, is
called by its name, so that nothing breaks and little is lost.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
FAMILY = "DejaVu"

Widths = dict[int, int]
"""How wide the font draws a sign, in thousandths of its size."""

UNSEEN = frozenset({0x200C, 0x200D, 0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)})
"""Parts of an emoji that only say how it is drawn."""


def fitting(paragraph: str, widths: Widths, most: float) -> Iterator[str]:
    """Lines of whole words, at most so wide; only a word that is longer than a line is broken.

    The library's own way takes seconds for long texts.
    """
    line, used, space = "", 0.0, widths[ord(" ")]
    for word in paragraph.split(" "):
        width = width_of(word, widths)
        if line and used + space + width > most:
            yield line
            line, used = "", 0.0
        if width > most:
            *full, word = _broken(word, widths, most)  # noqa: PLW2901 (the rest of it goes on)
            yield from full
            width = width_of(word, widths)
        line, used = (f"{line} {word}", used + space + width) if line else (word, width)
    yield line


def _broken(word: str, widths: Widths, most: float) -> Iterator[str]:
    part, used = "", 0.0
    for sign in word:
        width = width_of(sign, widths)
        if part and used + width > most:
            yield part
            part, used = "", 0.0
        part, used = part + sign, used + width
    yield part


def width_of(text: str, widths: Widths) -> float:
    """In thousandths of the font's size. The font has to have every sign."""
    return sum(widths[ord(sign)] for sign in text)


def with_names(text: str, widths: Widths) -> str:
    """The text with signs that the font has only."""
    strange = {sign for sign in text if sign != "\n" and (ord(sign) not in widths or ord(sign) in UNSEEN)}
    return text.translate({ord(sign): _name(sign) for sign in strange}) if strange else text


@cache
def _name(sign: str) -> str:
    if ord(sign) in UNSEEN:
        return ""
    if sign == "\t":
        return "    "
    is_picture = unicodedata.category(sign) in ("So", "Sk")
    name = unicodedata.name(sign, "").lower() if is_picture else ""
    return f"[{name}]" if name else "□"
