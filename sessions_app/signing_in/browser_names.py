"""What people call the browser that calls itself so much else."""

from django.utils.translation import gettext as _

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""By what they are known, the one that says most first: nearly all browsers say that they are Safari, too."""


def browser_name(user_agent: str) -> str:
    """Such as "Firefox, Windows"; what it calls itself where nobody knows it."""
    known = [name for table in (_BROWSERS, _SYSTEMS) if (name := _first(table, user_agent))]
    return ", ".join(known) or user_agent[:60] or _("unknown")


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in table if mark in user_agent), "")
