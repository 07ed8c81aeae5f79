"""Django admin, with the one relaxation of the content security policy that its look needs."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from unfold.sites import UnfoldAdminSite

from sessions_app.roles import may_open_settings

# django-unfold runs Alpine, which evaluates the expressions in its attributes, and writes styles into its pages.
# Scripts are never inline there either, so what somebody managed to write into a page would still not run as one.
# Neither Alpine nor htmx nor Django's own scripts know trusted types.
RELAXED = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "require-trusted-types-for": None,
    "trusted-types": None,
}


class ParleyAdminSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        """A role that has to do with settings is enough."""
        return may_open_settings(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """There is one sign-in page for everybody; an agent who is not staff is told so instead of sent in circles."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(_("Only administrators may open this page."))
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """There is one page for the own password, too, which counts wrong ones and keeps this browser signed in."""
        return redirect("password")

    def admin_view(
        self, view: Callable[..., HttpResponseBase], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        """Whoever may not see a page is sent away by it; other methods than those of browsers are nobody's."""
        guarded: Any = require_http_methods(["GET", "HEAD", "POST"])(super().admin_view(view, cacheable))
        return csp_replace(RELAXED)(guarded)
