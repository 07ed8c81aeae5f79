"""Durations as administrators type and read them: a whole number and a unit."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

UNITS = {
    "seconds": (timedelta(seconds=1), _("seconds")),
    "minutes": (timedelta(minutes=1), _("minutes")),
    "hours": (timedelta(hours=1), _("hours")),
    "days": (timedelta(days=1), _("days")),
}


def split(duration: timedelta) -> tuple[int, str]:
    """The duration as a number and the largest unit that leaves it whole."""
    for unit, (length, _label) in reversed(UNITS.items()):
        if duration and not duration % length:
            return duration // length, unit
    return int(duration.total_seconds()), "seconds"


def join(number: int, unit: str) -> timedelta:
    """The inverse of `split`. Raises KeyError for an unknown unit and OverflowError for what no calendar holds."""
    return number * UNITS[unit][0]


def roughly(duration: timedelta) -> str:
    """The duration as people say it, to its two largest parts: "2 hours 30 minutes"."""
    return " ".join(_parts(duration)[:2])


def in_words(duration: timedelta) -> str:
    """The duration as people say it, exact to the second."""
    return " ".join(_parts(duration))


def _parts(duration: timedelta) -> list[str]:
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        (days, ngettext("%d day", "%d days", days)),
        (hours, ngettext("%d hour", "%d hours", hours)),
        (minutes, ngettext("%d minute", "%d minutes", minutes)),
        (seconds, ngettext("%d second", "%d seconds", seconds)),
    ]
    return [text % number for number, text in parts if number] or [parts[-1][1] % 0]
