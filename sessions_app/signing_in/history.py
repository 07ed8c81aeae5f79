"""The history of sign-ins: each success, failure, sign-out and lock-out, and each first step that a second one has to
follow, with when, from where, how and by what.

Of tries during a lock-out only the one that brought it about is told: whoever goes on trying does not fill the table.
"""

from datetime import datetime
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from sessions_app.client_addresses import client_address
from sessions_app.signing_in.kinds import Happening, Way
from sessions_app.signing_in.models import SignInEvent

LONGEST_BROWSER = 300
AT_ONCE = 1000


def note(
    happening: Happening, request: HttpRequest, user: User | None, now: datetime, *, way: Way | None = None
) -> None:
    """Write down what happened to a sign-in of `user`, None for the name of nobody."""
    SignInEvent.objects.create(
        user=user,
        at=now,
        happening=happening,
        way=way or "",
        address=client_address(request),
        browser=request.headers.get("User-Agent", "")[:LONGEST_BROWSER],
    )


def tells(happening: Happening, request: HttpRequest, user: User, *, since: datetime) -> bool:
    """Whether it has happened to `user` since then, from the address that asks. One query."""
    found = SignInEvent.objects.filter(user=user, happening=happening, at__gt=since, address=client_address(request))
    return found.exists()


def remove_old(now: datetime) -> int:
    """Forget what is older than `PARLEY_SIGN_IN_HISTORY_DAYS`, in batches. Returns how many rows went."""
    removed, count = 0, AT_ONCE
    while count == AT_ONCE:
        old = SignInEvent.objects.filter(at__lt=now - settings.SIGN_IN_HISTORY_LASTS).order_by("at")
        count, _by_model = SignInEvent.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()
        removed += count
    return removed


def connect() -> None:
    """Hear of what Django and django-axes say. What is decided in `flow` is noted there."""
    user_login_failed.connect(_refused, dispatch_uid="sign-in refused")
    user_locked_out.connect(_locked_out, dispatch_uid="sign-in locked out")
    user_logged_out.connect(_signed_out, dispatch_uid="signed out")


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    if request is not None and not getattr(request, "axes_locked_out", False):
        way = Way(credentials.get("way", Way.PASSWORD))
        note(Happening.REFUSED, request, _named(credentials.get("username")), timezone.now(), way=way)


def _locked_out(request: HttpRequest, username: str | None, **_signal: Any) -> None:
    brought_about = getattr(request, "axes_failures_since_start", None) is not None
    if brought_about:
        note(Happening.LOCKED_OUT, request, _named(username), timezone.now())


def _signed_out(request: HttpRequest, user: User | None, **_signal: Any) -> None:
    if user is not None:
        ended = getattr(request, "sign_in_is_over", False)
        note(Happening.ENDED if ended else Happening.SIGNED_OUT, request, user, timezone.now())


def _named(username: str | None) -> User | None:
    return User.objects.filter(username=username or "").first()
