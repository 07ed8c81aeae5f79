"""Looks after who is signed in, before each page: whether it is time to sign in again, and whether they owe a second
step. Costs a browser in which nobody is signed in nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from sessions_app.signing_in import flow
from sessions_app.signing_in.requirement import NOBODY, has_one, is_required_of

NOTED_EVERY = timedelta(minutes=2)
"""That somebody did something is written down no more often."""

BY_ITSELF = {
    "presence", "session-list", "supervise-lists", "agent:updates", "admin:sessions_app_rollout_progress",
    "admin:sessions_app_documenttemplate_version_state",
}  # fmt: skip
"""What an open page asks for without anybody doing anything: it does not put off the end of a sign-in. So does what is
asked of other pages with `?part=live`."""

FREE = {
    "sign-in", "sign-out", "second-step", "ask-for-passkey", "sign-in-by-passkey", "sign-in-at-provider",
    "back-from-provider", "two-factor", "set-up-app", "ask-for-new-passkey", "add-passkey",
}  # fmt: skip
"""Open to who owes a second step: the way there, and out."""


class Guard:
    """Middleware, behind that of sign-ins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """The answer in place of the page; None to go on. The API asks nothing of a browser's sign-in."""
        if request.resolver_match and "api" in request.resolver_match.namespaces:
            return None
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
            return None
        now = timezone.now()
        known = flow.SignedIn.read(request)
        if known is None or is_over(known, now):
            request.sign_in_is_over = True  # type: ignore[attr-defined] # told to `history`
            logout(request)
            return None
        _note_seen(request, known, now)
        owes_none = known.strong or settings.TWO_FACTOR == NOBODY
        return None if owes_none else _second_step(request, now)


def is_over(known: flow.SignedIn, now: datetime) -> bool:
    """Whether nobody did anything for too long, or the sign-in was too long ago."""
    return now >= known.seen + settings.SIGN_IN_IDLE or now >= known.at + settings.SIGN_IN_MOST


def _note_seen(request: HttpRequest, known: flow.SignedIn, now: datetime) -> None:
    match = request.resolver_match
    by_itself = request.GET.get("part") == "live" or (match is not None and match.view_name in BY_ITSELF)
    if not by_itself and now >= known.seen + NOTED_EVERY:
        replace(known, seen=now).keep(request)


def _second_step(request: HttpRequest, now: datetime) -> HttpResponse | None:
    """Lead who owes a second step to it, or to where it is set up; None for everybody else."""
    match, user = request.resolver_match, request.user
    if (match and match.view_name in FREE) or not isinstance(user, User) or not is_required_of(user):
        return None
    if request.method not in ("GET", "HEAD") or not request.accepts("text/html"):
        return render(request, "account/two_factor_owed.html", status=403)
    if has_one(user):
        return flow.ask_for_second(request, user, next_page=request.get_full_path(), now=now)
    return redirect(f"{reverse('two-factor')}?{urlencode({'next': request.get_full_path()})}")
