"""My account: how somebody signs in, their password, and what happened to their sign-ins."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.signing_in import flow, lockouts, recovery
from sessions_app.signing_in.browser_names import browser_name
from sessions_app.signing_in.ending import KEEPS, end_sign_ins
from sessions_app.signing_in.forms import OwnPasswordForm
from sessions_app.signing_in.kinds import Happening, Way
from sessions_app.signing_in.models import AuthenticatorApp, Passkey, SignInEvent
from sessions_app.signing_in.requirement import has_one, is_required_of

MOST_EVENTS = 50
COLOURS = {"success": "green", "warning": "yellow", "danger": "red", "default": "secondary"}
"""Tabler's names for those of Django-unfold."""

View = Callable[..., HttpResponse]


def who_is_in(request: HttpRequest) -> User:
    """Who is signed in, for views that ask for that."""
    return cast("User", request.user)


def recently_signed_in(view: View) -> View:
    """For views that change how somebody signs in: whoever signed in a while ago does so again first, and who has a
    second step has to have taken it."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known, now = flow.SignedIn.read(request), timezone.now()
        here = request.get_full_path() if request.method == "GET" else reverse("account")
        if known is None or not known.is_recent(now):
            return redirect_to_login(here)
        if not known.strong and has_one(who_is_in(request)):
            return flow.ask_for_second(request, User.objects.get(pk=who_is_in(request).pk), next_page=here, now=now)
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """How the person signs in, and the newest events of their sign-ins."""
    user = User.objects.get(pk=who_is_in(request).pk)
    events = SignInEvent.objects.filter(user=user).order_by("-at", "-pk")[:MOST_EVENTS]
    context = {
        "app": AuthenticatorApp.objects.filter(user=user).first(),
        "passkeys": Passkey.objects.filter(user=user).order_by("pk"),
        "codes_left": recovery.left(user),
        "required": is_required_of(user),
        "events": [_told(event) for event in events],
    }
    return render(request, "account/account.html", context)


def _told(event: SignInEvent) -> dict[str, Any]:
    happening = Happening(event.happening)
    return {
        "at": event.at,
        "what": _(happening.label),
        "colour": COLOURS[happening.colour],
        "how": _(Way(event.way).label) if event.way else "",
        "address": event.address or _("unknown"),
        "browser": browser_name(event.browser),
    }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Set another password. Whoever is signed in with the one before, in another browser, is signed out. A wrong one
    counts as at the sign-in: who finds an open screen must not guess on."""
    user, now = User.objects.get(pk=who_is_in(request).pk), timezone.now()
    until = lockouts.pair_waits_until(user.get_username(), lockouts.home_of(request), now)
    if until and request.method == "POST":
        return lockouts.must_wait(request, until, now)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        setattr(user, KEEPS, request.session.session_key)
        form.save()
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is another one now. Other browsers are signed out."))
        return redirect("account")
    if form.has_error("old_password", "password_incorrect"):
        credentials = {"username": user.get_username()}
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    context = {"form": form, "rules": password_validators_help_texts()}
    return render(request, "account/password.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out of all other browsers."""
    count = end_sign_ins(who_is_in(request).pk, timezone.now(), keep=request.session.session_key or "")
    told = ngettext("%d other browser is signed out.", "%d other browsers are signed out.", count) % count
    messages.success(request, told if count else _("You were signed in nowhere else."))
    return redirect("account")
