"""To the provider of OpenID Connect, and back."""

import logging
from dataclasses import asdict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sessions_app.signing_in import flow, oidc
from sessions_app.signing_in.kinds import Way
from sessions_app.signing_in.provider_accounts import NoAccount, account_of
from sessions_app.signing_in.views import PROBLEM

ASKED = "parley.provider"

log = logging.getLogger(__name__)


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Remember what is asked, and go to the provider. It is a page that goes on by itself: browsers do not let a form
    lead to another site (`form-action` of the content security policy)."""
    if settings.OIDC is None:
        raise Http404
    question = oidc.Question.new(again=request.user.is_authenticated)
    try:
        address = oidc.begin(question, timezone.now())
    except oidc.Problem as problem:
        return _back_to_sign_in(request, problem, _("The single sign-on does not answer. Please try again in a while."))
    next_page = flow.safe_page(request, request.POST.get("next", ""))
    request.session[ASKED] = asdict(question) | {"next": next_page}
    return render(request, "account/to_provider.html", {"address": address, "provider": settings.OIDC.button})


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Somebody comes back from the provider: of use once, in the browser that was sent there."""
    if settings.OIDC is None:
        raise Http404
    kept, now = request.session.pop(ASKED, None), timezone.now()
    if kept is None:
        return redirect("sign-in")
    next_page = kept.pop("next")
    try:
        user = account_of(settings.OIDC, oidc.finish(oidc.Question(**kept), request.GET.dict(), now), now)
    except oidc.Problem as problem:
        return _back_to_sign_in(request, problem, _("The single sign-on did not work. Please try again."))
    except NoAccount as problem:
        told = _("You have no account in Parley, or no role. An administrator can give you one.")
        return _back_to_sign_in(request, problem, told)
    return flow.proceed(request, user, Way.OIDC, next_page=next_page, is_two=settings.OIDC.is_second_factor, now=now)


def _back_to_sign_in(request: HttpRequest, problem: Exception, told: str) -> HttpResponse:
    log.warning("Single sign-on: %s", str(problem) or type(problem).__name__)
    request.session[PROBLEM] = told
    return redirect("sign-in")
