"""What a customer's browser keeps: its seat in a room, and a token by which it is known when it comes again."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language

from sessions_app.devices import Browser, register
from sessions_app.links import lead_in
from sessions_app.models import LiveSession

SEAT = "parley_seat"
DEVICE = "parley_device"
SIGNED_IN = "parley_signed_in"
LASTS = 400 * 24 * 3600  # seconds, the longest that browsers keep a cookie; the rules decide, not the cookie


@dataclass(frozen=True, slots=True)
class CameIn:
    """By which link (its key) a browser came in. `token` is its own; empty where it came in before there were any."""

    link: int
    token: str


def browser_of(request: HttpRequest) -> Browser:
    """The browser that asks below `/join/`. One that was never here gets a token; `remember` has it keep that."""
    token = request.get_signed_cookie(DEVICE, default="", salt=DEVICE) or ""
    return _browser(request, token or secrets.token_urlsafe(32))


def remember(response: HttpResponseBase, browser: Browser) -> None:
    """Have the browser keep its token, which it shows where links lead and nowhere else."""
    _keep(response, DEVICE, browser.token, salt=DEVICE, path=reverse("join", args=["-"]).removesuffix("-/"))


def let_in(response: HttpResponseBase, session: LiveSession, link_id: int, browser: Browser) -> None:
    """Give a browser its seat, for the link by which it came: a signed cookie that goes to this one room only."""
    room = reverse("customer:room", args=[session.public_id])
    _keep(response, SEAT, f"{link_id}.{browser.token}", salt=str(session.public_id), path=room)
    remember(response, browser)


def came_in(request: HttpRequest, session: LiveSession) -> CameIn | None:
    """How this browser came into this session; None if it did not, by a link that was revoked, or if links let nobody
    in there any more. One query."""
    kept = request.get_signed_cookie(SEAT, default="", salt=str(session.public_id)) or ""
    link, _dot, token = kept.partition(".")
    if not link.isdecimal() or not lead_in(session) or not session.links.filter(pk=int(link), revoked_at=None).exists():
        return None
    return CameIn(int(link), token)


def seat_of(request: HttpRequest, session_id: UUID) -> str:
    """By which link (its key) this browser says that it came into the session; empty if it never did. Asks nobody, so
    the link may have been revoked since."""
    kept = request.get_signed_cookie(SEAT, default="", salt=str(session_id)) or ""
    return kept.partition(".")[0]


def remember_sign_in(response: HttpResponseBase, account: str) -> None:
    """Have the browser keep which account has signed in with it, and show that with whatever it asks for."""
    _keep(response, SIGNED_IN, account, salt=SIGNED_IN, path=reverse("welcome"))


def signed_in_here(request: HttpRequest) -> str:
    """The account (its key) that signed in with this browser last; empty if none did. It gives no right to anything."""
    return request.get_signed_cookie(SIGNED_IN, default="", salt=SIGNED_IN) or ""


def bring_up_to_date(
    request: HttpRequest, response: HttpResponseBase, session: LiveSession, came: CameIn, now: datetime
) -> None:
    """A browser that was let in before browsers had tokens gets one."""
    if not came.token:
        browser = _browser(request, secrets.token_urlsafe(32))
        register(session, browser, now=now)
        let_in(response, session, came.link, browser)


def _browser(request: HttpRequest, token: str) -> Browser:
    return Browser(token, name=request.headers.get("User-Agent", ""), language=get_language() or "")


def _keep(response: HttpResponseBase, name: str, value: str, *, salt: str, path: str) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=salt,
        max_age=LASTS,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
