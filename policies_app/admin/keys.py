"""Keys of rows as addresses and forms name them, which anybody can write by hand."""

MOST_DIGITS = 18
"""What is longer is no key of a row, and may be too long to be read as a number at all."""


def key_of(text: object) -> int | None:
    """The key that is named; None for anything that is none."""
    said = str(text)
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else None
