"""The sign-in page, the second step, and passkeys on their own."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app.signing_in import authenticator, flow, lockouts, passkeys, recovery
from sessions_app.signing_in.forms import CodeForm, PasskeyForm, SignInForm
from sessions_app.signing_in.history import note
from sessions_app.signing_in.kinds import Happening, Way
from sessions_app.signing_in.models import AuthenticatorApp, Passkey

PROBLEM = "parley.sign_in_problem"
"""What the sign-in page says once, of a way that was tried elsewhere."""


class SignIn(LoginView):
    """User name and password, or one of the other ways. The same page for agents and administrators."""

    http_method_names = ("get", "head", "post", "options")
    template_name = "agent/sign_in.html"
    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "problem": self.request.session.pop(PROBLEM, ""),
            "provider": settings.OIDC.button if settings.OIDC else "",
            "again": self.request.user.is_authenticated,
        }
        return super().get_context_data(**kwargs) | own

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.get_user()
        return flow.proceed(self.request, user, Way.PASSWORD, next_page=self.get_redirect_url(), now=timezone.now())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "credential")
def second_step(request: HttpRequest) -> HttpResponse:
    """A code of the app, a recovery code, or a passkey. Wrong ones count as wrong passwords do."""
    now = timezone.now()
    half_way = flow.half_way(request, now)
    if half_way is None:
        return redirect("sign-in")
    user = half_way.user
    until = lockouts.waits_until(request, user.get_username(), now)
    until = until or lockouts.second_step_waits_until(user.pk, now)
    if until:
        return lockouts.must_wait(request, until, now)
    problem = ""
    if request.method == "POST":
        way, is_right = _judge(request, user)
        if is_right:
            return flow.admit(request, user, way, next_page=half_way.next_page, strong=True, now=now)
        credentials = {"username": user.get_username(), "way": way}
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        problem = str(_WRONG[way])
    return render(request, "account/second_step.html", _has(user) | {"problem": problem})


def _judge(request: HttpRequest, user: User) -> tuple[Way, bool]:
    """What was tried, and whether it is right. A code that is no code of the app may be one for recovery."""
    now = timezone.now()
    if (passkey := PasskeyForm(request.POST)).is_valid():
        try:
            passkeys.found(request, passkey.cleaned_data["credential"], now, user)
        except passkeys.Refused:
            return Way.PASSKEY, False
        return Way.PASSKEY, True
    form = CodeForm(request.POST)
    code = form.cleaned_data["code"] if form.is_valid() else ""
    if authenticator.accepts(user, code, now):
        return Way.APP, True
    looks_like_recovery = any(letter.isalpha() for letter in code)
    return (Way.RECOVERY if looks_like_recovery else Way.APP), recovery.accepts(user, code, now)


_WRONG = {
    Way.APP: gettext_lazy(
        "This code is wrong, or was used already. Wait until the app shows another one, and enter that."
    ),
    Way.RECOVERY: gettext_lazy("This is none of your recovery codes, or it was used already."),
    Way.PASSKEY: gettext_lazy("This passkey was not accepted. Please try again, or use another way."),
}


def _has(user: User) -> dict[str, bool]:
    """What the page offers."""
    return {
        "has_app": AuthenticatorApp.objects.filter(user=user).exists(),
        "has_passkey": Passkey.objects.filter(user=user).exists(),
        "has_recovery": recovery.left(user) > 0,
    }


@never_cache
@require_POST
def ask_for_passkey(request: HttpRequest) -> JsonResponse:
    """What the script asks the browser for: a passkey of who is half way, or anybody's."""
    half_way = flow.half_way(request, timezone.now()) if "half_way" in request.POST else None
    return JsonResponse(passkeys.ask(request, half_way.user if half_way else None))


@never_cache
@require_POST
@sensitive_post_parameters("credential")
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey on its own. It cannot be guessed, so it lets in also who is locked out because somebody else tried."""
    now, next_page = timezone.now(), request.POST.get("next", "")
    try:
        key = passkeys.found(request, request.POST.get("credential", ""), now)
    except passkeys.Refused:
        key = None
    if key and not key.user.is_active:
        note(Happening.REFUSED, request, key.user, now, way=Way.PASSKEY)
    if key is None or not key.user.is_active:
        request.session[PROBLEM] = _("This passkey was not accepted. Please sign in in another way.")
        return redirect("sign-in")
    return flow.proceed(request, key.user, Way.PASSKEY, next_page=next_page, is_two=True, now=now)
