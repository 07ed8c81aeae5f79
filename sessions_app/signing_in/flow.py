"""The steps of a sign-in, whichever way it begins.

1. Somebody proves who they are: by password, by passkey, or to a provider (`proceed`).
2. Who has a second step takes it, unless the first was two in one. Meanwhile they are signed in nowhere: the browser's
   session, which has a new key by then, holds who is half way, for ten minutes, and no longer than their password stays
   the same.
3. They are let in (`admit`) with a new session key, and it is remembered how.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme

from sessions_app.signing_in import history
from sessions_app.signing_in.kinds import Happening, Way
from sessions_app.signing_in.requirement import has_one

HALF_WAY = "parley.half_way"
SIGNED_IN = "parley.signed_in"
HALF_WAY_LASTS = timedelta(minutes=10)
RECENT = timedelta(minutes=15)
"""Who changes how they sign in has to have signed in within this time: an open screen is not enough."""

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody who took the first step and not the second."""

    user: User
    next_page: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a browser's session remembers of the sign-in: when it was, when somebody last did something (both UTC), and
    whether there was a second step."""

    at: datetime
    seen: datetime
    strong: bool

    @classmethod
    def read(cls, request: HttpRequest) -> Self | None:
        kept = request.session.get(SIGNED_IN)
        if not isinstance(kept, dict):
            return None
        at, seen = parse_datetime(kept["at"]), parse_datetime(kept["seen"])
        return cls(at, seen, bool(kept["strong"])) if at and seen else None

    def keep(self, request: HttpRequest) -> None:
        kept: dict[str, Any] = asdict(self)
        request.session[SIGNED_IN] = kept | {"at": self.at.isoformat(), "seen": self.seen.isoformat()}

    def is_recent(self, now: datetime) -> bool:
        return now < self.at + RECENT


def connect() -> None:
    """However somebody is signed in, when it was is remembered in the browser's session."""
    user_logged_in.connect(_logged_in, dispatch_uid="sign-in remembered")


def _logged_in(request: HttpRequest, **_signal: Any) -> None:
    now = timezone.now()
    SignedIn(now, now, strong=False).keep(request)


def proceed(
    request: HttpRequest, user: User, way: Way, *, next_page: str, now: datetime, is_two: bool = False
) -> HttpResponse:
    """After the first step: let them in, or ask for the second one. `is_two`: the first was two in one.

    The history tells of the first one by itself, too: who comes no further may be somebody else with the password. It
    tells of it once while a first step lasts, so that nobody fills it.
    """
    if is_two or not has_one(user):
        return admit(request, user, way, next_page=next_page, strong=is_two, now=now)
    if not history.tells(Happening.HALF_WAY, request, user, since=now - HALF_WAY_LASTS):
        history.note(Happening.HALF_WAY, request, user, now, way=way)
    return ask_for_second(request, user, next_page=next_page, now=now)


def ask_for_second(request: HttpRequest, user: User, *, next_page: str, now: datetime) -> HttpResponse:
    """Remember who is half way, and go to the page of the second step."""
    if SESSION_KEY not in request.session:
        request.session.cycle_key()  # who knows the key of before is not half way with them
    kept = {"user": user.pk, "hash": user.get_session_auth_hash(), "next": next_page}
    request.session[HALF_WAY] = kept | {"at": now.isoformat()}
    return redirect("second-step")


def half_way(request: HttpRequest, now: datetime) -> HalfWay | None:
    """Who is half way in this browser; None if it takes too long, or they could not sign in any more."""
    kept = request.session.get(HALF_WAY) or {}
    began = parse_datetime(kept.get("at", ""))
    if began is None or now >= began + HALF_WAY_LASTS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return HalfWay(user, kept["next"])


def admit(request: HttpRequest, user: User, way: Way, *, next_page: str, strong: bool, now: datetime) -> HttpResponse:
    """Sign somebody in who took all steps, and go where they wanted to."""
    request.session.pop(HALF_WAY, None)
    login(request, user, backend=_BACKEND)
    SignedIn(now, now, strong).keep(request)
    history.note(Happening.SIGNED_IN, request, user, now, way=way)
    return HttpResponseRedirect(safe_page(request, next_page))


def safe_page(request: HttpRequest, page: str) -> str:
    """The page if it is one of ours, said as a path, else the one that everybody begins with."""
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if page.startswith("/") and is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
