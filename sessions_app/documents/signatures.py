"""A signature as it is kept: the lines that a finger drew, or the name that was typed. No Django.

Points are from 0 to 1 across the width of the field that was drawn in, from its upper left corner; `height` is that of
the field in the same measure.
"""

import json
import math
from dataclasses import dataclass
from typing import Any

from sessions_app.documents.texts import kept

Point = tuple[float, float]

MOST_POINTS = 10_000
LONGEST_NAME = 100

LONGEST_SIGNATURE = 250_000
"""Characters. As many lines as there may be points, in the canonical spelling, are shorter."""

LOWEST, HIGHEST = 0.01, 2.0
"""How high a field for a signature is, measured by its width."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Either `lines` or `name` has something in it."""

    lines: tuple[tuple[Point, ...], ...] = ()
    height: float = 0.4
    name: str = ""

    def to_json(self) -> str:
        """In one canonical spelling."""
        if self.name:
            return json.dumps({"name": self.name}, ensure_ascii=False)
        lines = [[[round(x, 4), round(y, 4)] for x, y in line] for line in self.lines]
        return json.dumps({"height": round(self.height, 4), "lines": lines}, separators=(",", ":"))


def read_signature(value: str) -> Signature:
    """The inverse of `to_json`. Raises ValueError for anything else, and for a signature with nothing in it."""
    try:
        said = json.loads(value)
        if name := _name(said.get("name")):
            return Signature(name=name)
        lines = tuple(tuple(_point(at) for at in line) for line in said["lines"] if line)
        height = round(float(said["height"]), 4)
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise ValueError("not a signature") from error
    if not lines or not LOWEST <= height <= HIGHEST or sum(map(len, lines)) > MOST_POINTS:
        raise ValueError("a signature without lines, or of an impossible size")
    return Signature(lines=lines, height=height)


def _name(said: Any) -> str:
    """In one line; empty where there is nothing to be seen."""
    name = " ".join(kept(said).split())[:LONGEST_NAME].strip() if isinstance(said, str) else ""
    return name if any(sign.isprintable() for sign in name.replace(" ", "")) else ""


def _point(at: Any) -> Point:
    x, y = (float(one) for one in at)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("a point that is nowhere")
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), HIGHEST)
