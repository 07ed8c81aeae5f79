"""Every request to a page is counted before anything is done for it: before its body is read, or the database asked.

How often is in `limits_table`; who is told to wait learns for how long, and keeps what they sent.
"""

import math
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from sessions_app import floods
from sessions_app.client_addresses import client_address
from sessions_app.limits_table import Key, rows_for
from sessions_app.links import hash_of
from sessions_app.rooms.browsers import remember_sign_in, seat_of, signed_in_here
from sessions_app.rooms.conversation import wants_json
from sessions_app.widget import offers
from sessions_app.widget.framed import framed_device

NOT_COUNTED = ("/api/", "/health/")
"""The API counts by its tokens; whoever watches over an installation must hear from it at any time."""

SIGN_IN = "/sign-in/"
OFFERS = ("widget-enter", "widget-continue", "widget-begin", "widget-take-back")
SECRET = re.compile(r".*password.*|digits|code")
"""Names of fields that are not written into a page; a form that lacks one cannot be sent again."""

SHOWN_AGAIN_BYTES = 200_000
"""Of a form that is longer, or that carries a file, the browser keeps what was typed: Back shows it."""

_LOOKS = ("GET", "HEAD", "OPTIONS")


class FloodGate:
    """Stands behind the sessions of browsers, and before what reads a request's body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(SIGN_IN) and (account := _account(request)):
            remember_sign_in(response, account)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """None to go on; otherwise the answer that says when to try again."""
        match = request.resolver_match
        if match is None or request.path_info.startswith(NOT_COUNTED):
            return None
        for row in rows_for(match.view_name, posts=request.method not in _LOOKS):
            wait = floods.allow(row.limit, KEYS[row.key](request, kwargs))
            if wait is not None:
                return too_many(request, wait, view)
        return None


def who_asks(request: HttpRequest, kwargs: dict[str, Any]) -> str:
    """Whom a request is counted of (`Key.WHO`). The account is not asked for its rights: that is for the views."""
    if account := _account(request):
        return f"account {account}"
    if device := framed_device(request):
        return f"device {device.pk}"
    session_id = kwargs.get("session_id")
    if isinstance(session_id, UUID) and (seat := seat_of(request, session_id)):
        return f"seat {session_id} {seat}"
    if known := signed_in_here(request):
        return f"known {known}"
    return f"address {floods.one_home(client_address(request))}"


KEYS: dict[Key, Callable[[HttpRequest, dict[str, Any]], str]] = {
    Key.WHO: who_asks,
    Key.LINK: lambda _request, kwargs: hash_of(kwargs["token"]),
    Key.WIDGET: lambda _request, kwargs: kwargs["key"],
}


def too_many(request: HttpRequest, wait: float, view: Callable[..., HttpResponse]) -> HttpResponse:
    """Nothing was done; it may be tried again in so many seconds, which scripts do by themselves."""
    seconds = max(2, math.ceil(wait))
    words = _("That was a lot in a short time. Please try again in %(seconds)d seconds.") % {"seconds": seconds}
    if request.resolver_match and request.resolver_match.view_name in OFFERS:
        response: HttpResponse = offers.not_now(request, words, seconds)
    elif wants_json(request):
        response = JsonResponse({"problem": words}, status=429)
    else:
        response = render(request, "429.html", {"words": words, "typed": _typed(request, view)}, status=429)
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


def _typed(request: HttpRequest, view: Callable[..., HttpResponse]) -> list[tuple[str, str]]:
    """What was sent by a plain form of ours, so that it can be sent again: nothing of it is lost (rules.md 7)."""
    length = request.headers.get("Content-Length", "0")
    plain = request.content_type == "application/x-www-form-urlencoded"
    if request.method != "POST" or not plain or not length.isdecimal() or int(length) > SHOWN_AGAIN_BYTES:
        return []
    if any(SECRET.fullmatch(name) for name in request.POST) or _is_forged(request, view):
        return []
    return [(name, text) for name, texts in request.POST.lists() if name != "csrfmiddlewaretoken" for text in texts]


def _is_forged(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    """Whether another site may have made this form: with our button, and our token, it would go through."""
    judge = CsrfViewMiddleware(lambda _request: HttpResponse())
    return judge.process_view(request, view, (), {}) is not None


def _account(request: HttpRequest) -> str:
    """Whose session this browser shows, if any. Sessions of others, of no account or of none are not looked up."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not request.session.modified:
        return ""
    return str(request.session.get(SESSION_KEY, ""))
