"""Colours that administrators choose, and in what text is written on them so that it can be read. Pure."""

import re

READABLE = 4.5
"""The least contrast of text with what is behind it (WCAG 2.2, AA)."""

BLACK, WHITE = "#000000", "#ffffff"

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether it is a colour as stored: "#206bc4"."""
    return bool(_COLOUR.fullmatch(text))


def ink_on(colour: str) -> str:
    """BLACK or WHITE, whichever is easier to read on it. There is no colour on which neither is READABLE."""
    return max(WHITE, BLACK, key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white), as WCAG defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """From 0 to 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
