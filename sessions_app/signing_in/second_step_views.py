"""Setting up a second step, and doing without it again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app.encrypted import Unreadable, decrypted, encrypted
from sessions_app.rooms.hand_over import qr_code
from sessions_app.signing_in import authenticator, flow, passkeys, recovery
from sessions_app.signing_in.account_views import recently_signed_in, who_is_in
from sessions_app.signing_in.browser_names import browser_name
from sessions_app.signing_in.ending import end_sign_ins
from sessions_app.signing_in.forms import CodeForm, PasskeyForm
from sessions_app.signing_in.models import AuthenticatorApp, Passkey
from sessions_app.signing_in.requirement import has_one, is_required_of

SECRET = "parley.new_app"  # noqa: S105 (under which name it is kept, encrypted)


@recently_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def two_factor(request: HttpRequest) -> HttpResponse:
    """Choose a second step: an app, whose code is shown, or a passkey."""
    return _page(request, who_is_in(request))


@recently_signed_in
@require_POST
@sensitive_post_parameters("code")
def set_up_app(request: HttpRequest) -> HttpResponse:
    """The app shows codes: take the one that proves it."""
    user, form, now = who_is_in(request), CodeForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, user, app_problem=str(form.errors["code"][0]))
    was_first = not has_one(user)
    if not authenticator.set_up(user, _secret(request), form.cleaned_data["code"], now):
        problem = _("This code does not fit. Scan the picture again, or check that the clock of the device is right.")
        return _page(request, user, app_problem=problem)
    request.session.pop(SECRET, None)
    return _done(request, user, was_first)


@recently_signed_in
@require_POST
def ask_for_new_passkey(request: HttpRequest) -> JsonResponse:
    """What the script asks the browser for."""
    return JsonResponse(passkeys.ask_for_new(request, who_is_in(request)))


@recently_signed_in
@require_POST
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the browser made."""
    user, form, now = who_is_in(request), PasskeyForm(request.POST), timezone.now()
    was_first = not has_one(user)
    named = browser_name(request.headers.get("User-Agent", ""))
    try:
        if not form.is_valid():
            raise passkeys.Refused
        passkeys.add(request, user, form.cleaned_data["name"] or named, form.cleaned_data["credential"], now)
    except passkeys.Refused:
        return _page(request, user, passkey_problem=_("The passkey was not added. Please try again."))
    return _done(request, user, was_first)


@recently_signed_in
@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """Do without the app."""
    user = who_is_in(request)
    if _may_remove(request, user, Passkey.objects.filter(user=user).exists()):
        AuthenticatorApp.objects.filter(user=user).delete()
        messages.success(request, _("The authenticator app is removed."))
    return redirect("account")


@recently_signed_in
@require_POST
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Do without one of the passkeys."""
    user = who_is_in(request)
    key = get_object_or_404(Passkey, pk=pk, user=user)
    others = Passkey.objects.filter(user=user).exclude(pk=pk)
    if _may_remove(request, user, others.exists() or AuthenticatorApp.objects.filter(user=user).exists()):
        key.delete()
        messages.success(request, _("The passkey “%s” is removed.") % key.name)
    return redirect("account")


@recently_signed_in
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, in place of those before; none without a second step that they could stand in for."""
    user = who_is_in(request)
    return _shown_once(request, recovery.renew(user)) if has_one(user) else redirect("account")


def _may_remove(request: HttpRequest, user: User, another: bool) -> bool:
    """Whether a second step may go: of whom one is required, another has to stay."""
    if not another and is_required_of(user):
        told = _("You need a second step to sign in. Set up another one first; then you can remove this one.")
        messages.error(request, told)
        return False
    return True


def _done(request: HttpRequest, user: User, was_first: bool) -> HttpResponse:
    """They have proven it, so this sign-in has a second step, too; it is as old as it was. With the first one come the
    recovery codes, and browsers that were let in without it are signed out."""
    now, known = timezone.now(), flow.SignedIn.read(request)
    flow.SignedIn(known.at if known else now, now, strong=True).keep(request)
    if was_first:
        end_sign_ins(user.pk, now, keep=request.session.session_key or "")
        return _shown_once(request, recovery.renew(user))
    messages.success(request, _("From now on you can also use this to sign in."))
    return redirect("account")


def _shown_once(request: HttpRequest, codes: list[str]) -> HttpResponse:
    next_page = flow.safe_page(request, request.POST.get("next", ""))
    return render(request, "account/recovery_codes.html", {"codes": codes, "next_page": next_page})


def _page(request: HttpRequest, user: User, **problems: str) -> HttpResponse:
    secret = _secret(request)
    context: dict[str, Any] = {
        "code": qr_code(authenticator.address_of(secret, user)),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "has_app": AuthenticatorApp.objects.filter(user=user).exists(),
        "owed": is_required_of(user) and not has_one(user),
        "next_page": request.POST.get("next", request.GET.get("next", "")),
    }
    return render(request, "account/two_factor.html", context | problems, status=422 if problems else 200)


def _secret(request: HttpRequest) -> str:
    """The secret that the picture on the page holds: the same until an app has proven to know it."""
    try:
        return decrypted(request.session[SECRET])
    except (KeyError, Unreadable):
        secret = authenticator.new_secret()
        request.session[SECRET] = encrypted(secret)
        return secret
