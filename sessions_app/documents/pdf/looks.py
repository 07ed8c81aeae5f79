"""How a field of the form itself wants its value shown, as far as its entries say; scripts are read, never run."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from sessions_app.documents.pdf.objects import dictionary, entries, numbers, text, whole
from sessions_app.documents.pdf.tree import Terminal, Widget

COMB = 1 << 24
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """As AFNumber_Format has it: digits after the point, style of separators, a currency, whether it comes first."""

    digits: int = 0
    style: int = 0
    currency: str = ""
    currency_first: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn around a value, and how the value is written."""

    align: int = 0
    cells: int = 0
    date: str = ""
    number: NumberFormat | None = None
    is_number: bool = False
    is_script: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The background and the border of a widget, where its own appearance is not kept. `cells` are those of a comb."""

    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 1.0
    round: bool = False
    cells: int = 0


_NUMBER = re.compile(
    r"AFNumber_(?:Format|Keystroke)\(\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*\d+\s*,\s*\d+\s*,\s*\"([^\"]*)\"\s*,\s*(true|false))?"
)
_DATE = re.compile(r"AFDate_(?:Format|Keystroke)Ex\(\s*[\"']([^\"']+)[\"']")
_OLD_DATE = re.compile(r"AFDate_(?:Format|Keystroke)\(\s*(\d+)\s*\)")
_OLD_DATES = (
    "m/d", "m/d/yy", "mm/dd/yy", "mm/yy", "d-mmm", "d-mmm-yy", "dd-mmm-yy", "yy-mm-dd", "mmm-yy", "mmmm-yy",
    "mmm d, yyyy", "mmmm d, yyyy",
)  # fmt: skip
"""What the numbers of AFDate_Format stand for."""

_KNOWN = re.compile(r"\bAF(?:Number|Date|Time|Percent|Special)_(?:Format|Keystroke)(?:Ex)?\([^()]*\)\s*;?")


def look_of(terminal: Terminal) -> Look:
    """The field's look."""
    scripts = _scripts(terminal)
    shown = " ".join(scripts)
    look = Look(align=whole(terminal.get("/Q")), is_script=bool(_KNOWN.sub("", shown).strip()))
    if terminal.flags & COMB and 1 < (cells := whole(terminal.get("/MaxLen"))) <= 100:
        look = replace(look, cells=cells)
    if found := _NUMBER.search(shown):
        digits, style, currency, first = found.groups()
        known = NumberFormat(min(int(digits), 10), int(style), _unescaped(currency or ""), first == "true")
        return replace(look, is_number=True, number=known)
    if "AFPercent_" in shown:
        return replace(look, is_number=True)
    return replace(look, date=_date_format(shown))


def frame_of(widget: Widget, cells: int = 0) -> Frame:
    """Background and border, as the widget's characteristics (/MK) and its border style say."""
    marks, style = entries(widget.node, "/MK"), entries(widget.node, "/BS")
    width = numbers([style["/W"]] if "/W" in style else None)
    return Frame(
        fill=_colour(numbers(marks.get("/BG"))),
        stroke=_colour(numbers(marks.get("/BC"))),
        width=min(max(width[0], 0.0), 10.0) if width else 1.0,
        round=text(marks.get("/CA")) == "l",
        cells=cells,
    )


def font_size(terminal: Terminal) -> float:
    """In points, as the field's default appearance (/DA) says; 0 if it follows the box."""
    found = re.search(r"(\d+(?:\.\d*)?|\.\d+)\s+Tf", text(terminal.get("/DA")))
    size = float(found[1]) if found else 0.0
    return size if 4 <= size <= 36 else 0.0


def written_number(value: str, look: Look) -> str:
    """A number as the form writes it. No digit that was entered is lost: the form's own rounding is not done."""
    known = look.number
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if known is None:
        return value
    digits = max(known.digits, -int(number.as_tuple().exponent))
    plain = f"{number.copy_abs():,.{digits}f}"
    group, point = {0: (",", "."), 1: ("", "."), 2: (".", ","), 3: ("", ","), 4: ("'", ".")}.get(known.style, ("", "."))
    plain = plain.translate({ord(","): group, ord("."): point})
    sign = "-" if number < 0 else ""
    return f"{sign}{known.currency}{plain}" if known.currency_first else f"{sign}{plain}{known.currency}"


def _scripts(terminal: Terminal) -> list[str]:
    """The texts of the scripts that the field or one of its widgets has."""
    found = []
    for node in [*terminal.lineage, *(widget.node for widget in terminal.widgets)]:
        actions = [*entries(node, "/AA").values(), node.get("/A")]
        found += [text(one.get("/JS")) for one in map(dictionary, actions)]
    return list(dict.fromkeys(one for one in found if one))


def _date_format(shown: str) -> str:
    if found := _DATE.search(shown):
        return found[1]
    if found := _OLD_DATE.search(shown):
        return _OLD_DATES[min(int(found[1]), len(_OLD_DATES) - 1)]
    return ""


def _unescaped(currency: str) -> str:
    """A currency as it is written in a script: Acrobat escapes the sign of the euro."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), currency)[:10]


def _colour(parts: list[float]) -> Colour | None:
    """Grey, RGB or CMYK as RGB; None for transparent."""
    if len(parts) == 1:
        parts = parts * 3
    if len(parts) == 4:
        parts = [(1 - part) * (1 - parts[3]) for part in parts[:3]]
    if len(parts) != 3:
        return None
    red, green, blue = (round(255 * min(max(part, 0.0), 1.0)) for part in parts)
    return red, green, blue
