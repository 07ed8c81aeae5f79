"""Colours that administrators choose: whether white text can be read on them. Pure."""

import re

READABLE = 4.5
"""The least contrast of text with what is behind it (WCAG 2.2, AA)."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether it is a colour as stored: "#206bc4"."""
    return bool(_COLOUR.fullmatch(text))


def contrast_with_white(colour: str) -> float:
    """From 1 (white itself) to 21 (black), as WCAG defines it."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
