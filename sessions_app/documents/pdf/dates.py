"""Dates as a form writes them, in the notation of Acrobat's formats: d, dd, m, mm, mmm, mmmm, yy, yyyy."""

import re
from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""In English, as Acrobat writes them whatever the language of the form."""

_PARTS = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dd|d|HH|H|hh|h|MM|ss|s|tt")


def written(value: str, form: str) -> str:
    """An ISO date in that format. Without a format, or one that does not say day, month and year, as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    if not is_whole(form):
        return value
    return _PARTS.sub(lambda found: _part(found[0], day), form)


def read(text: str, form: str) -> str:
    """The inverse of `written`, as ISO date; empty if it is not a date in that format."""
    text = text.strip()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    found = re.fullmatch(_pattern(form), text, re.IGNORECASE) if is_whole(form) else None
    if not found:
        return ""
    try:
        return date(_year(found["y"]), _month(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return ""


def is_whole(form: str) -> bool:
    """Whether a day, a month and a year are each in it once, and nothing of a time."""
    kinds = sorted(part[0] for part in _PARTS.findall(form))
    return kinds == ["d", "m", "y"]


def _part(part: str, day: date) -> str:
    name = _MONTHS[day.month - 1]
    return {
        "d": f"{day.day}",
        "dd": f"{day.day:02}",
        "m": f"{day.month}",
        "mm": f"{day.month:02}",
        "mmm": name[:3],
        "mmmm": name,
        "yy": f"{day.year % 100:02}",
        "yyyy": f"{day.year:04}",
    }[part]


def _pattern(form: str) -> str:
    taken = {"d": r"(?P<d>\d{1,2})", "m": r"(?P<m>\d{1,2}|[a-z]{3,9})", "y": r"(?P<y>\d{4}|\d{2})"}
    pieces, at = [], 0
    for found in _PARTS.finditer(form):
        pieces += [re.escape(form[at : found.start()]), taken[found[0][0]]]
        at = found.end()
    return "".join(pieces) + re.escape(form[at:])


def _month(said: str) -> int:
    if said.isdigit():
        return int(said)
    starts = [name[:3].lower() for name in _MONTHS]
    return starts.index(said[:3].lower()) + 1


def _year(said: str) -> int:
    """Two digits are of the hundred years that end 50 years from 2000, as Acrobat has it."""
    year = int(said)
    return year if len(said) > 2 else year + (2000 if year < 50 else 1900)
