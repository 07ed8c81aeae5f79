"""Addresses that leave the request: of links in letters, and of rows that are rendered for somebody else's page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import get_script_prefix, set_script_prefix

_FRAMED = re.compile(r"f/[^/]+/$")
"""What the addresses of a room in a frame begin with: its seat, which nobody else may see (`widget.framed`)."""


@contextmanager
def for_everybody() -> Iterator[None]:
    """Within it `reverse()` gives addresses that hold outside of a frame, too, whoever's request this is."""
    before = get_script_prefix()
    set_script_prefix(_FRAMED.sub("", before))
    try:
        yield
    finally:
        set_script_prefix(before)
