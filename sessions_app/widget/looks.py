"""How a chat widget meets the page that it is on: who may frame and ask it, and what its loader is told."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from policies_app.colours import ink_on
from policies_app.hours import is_open
from policies_app.models import ChatWidget

PORTAL_CSP = "script-src {parley}; frame-src {parley}; connect-src {parley}"
"""What the strictest Content-Security-Policy of a portal has to allow beside its own, `{parley}` being our origin."""

PROTOCOL = 1
"""Which messages the loader and the framed pages exchange. A loader that does not know the number stays away."""

CONFIG_LASTS = 60
"""Seconds for which a browser may keep what the loader is told."""

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")


def own_origin() -> str:
    """Parley's origin, as browsers name it."""
    parts = urlsplit(settings.BASE_URL)
    return f"{parts.scheme}://{parts.netloc}"


def portal_csp() -> str:
    """The line for the Content-Security-Policy of a portal of this installation."""
    return PORTAL_CSP.format(parley=own_origin())


def origins_of(widget: ChatWidget) -> list[str]:
    """Where the widget may be shown; what is no origin of the web counts for nothing."""
    named = (str(one).strip().rstrip("/").lower() for one in widget.allowed_origins)
    return [one for one in named if _ORIGIN.fullmatch(one)]


def framed_by(response: HttpResponseBase, origins: list[str]) -> None:
    """Let pages of these origins, and no others, show the response in a frame. Its address goes to nobody.

    X-Frame-Options knows no list, so it is left out here; browsers that know frame-ancestors pass over it anyway.
    """
    response._csp_replace = {"frame-ancestors": origins or ["'none'"]}  # type: ignore[attr-defined]
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    del response.headers["X-Frame-Options"]
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def config(widget: ChatWidget, now: datetime) -> dict[str, Any]:
    """What the loader must know to show the launcher. Public; in the language in force."""
    return {
        "version": PROTOCOL,
        "title": widget.title,
        "launcher": widget.launcher,
        "colour": widget.colour,
        "ink": ink_on(widget.colour),
        "corner": widget.corner,
        "sounds": widget.sounds,
        "open": is_open(widget.hours, widget.time_zone, now),
        "words": {
            "minimise": pgettext("the chat", "Minimise"),
            "loading": _("Connecting…"),
            "unreachable": _("The chat cannot be reached right now."),
            "retry": _("Try again"),
            "unread": _("New messages: {number}"),
        },
    }
