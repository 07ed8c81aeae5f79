"""Which characters of what somebody entered are kept: those that can be stored, and that show themselves. No Django."""

import re

_NOT_KEPT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters; no database takes the first of them
    "\ud800-\udfff"  # halves of characters, which no file and no database can hold
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of a text: a signed one has to read as it is stored
    "\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def kept(text: str) -> str:
    """The text without the characters that nobody sees and nothing can hold, with each line ended by a line feed."""
    return _NOT_KEPT.sub("", _LINE_ENDS.sub("\n", text))
