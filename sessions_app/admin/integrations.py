"""Integrations in Django admin: what a system of somebody else's may do through the REST API, and its tokens.

A token is shown once, on the page that answers the POST that makes it. Only its hash is stored.
"""

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from policies_app.admin.history import HistoryMixin
from policies_app.admin.keys import key_of
from sessions_app.admin.token_forms import NewTokenForm, RotateForm
from sessions_app.api import tokens
from sessions_app.api.models import ApiToken, Integration
from sessions_app.api.scopes import Scope
from sessions_app.explain.words import clock_time

MAY_MANAGE = "sessions_app.manage_apitoken"
CHANGE = "admin:sessions_app_integration_change"


class IntegrationForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        choices=[(scope.value, gettext_lazy(scope.label)) for scope in Scope],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
        help_text=gettext_lazy("Nothing but this, with whichever of its tokens. Choose no more than it needs."),
    )

    class Meta:
        model = Integration
        fields = ("name", "is_active", "scopes", "workstreams", "requests_per_minute")
        widgets = {"workstreams": UnfoldAdminCheckboxSelectMultipleWidget}

    def clean_scopes(self) -> list[str]:
        """In the order of the table, so that the history tells only of what changed."""
        chosen = set(self.cleaned_data["scopes"])
        return [scope.value for scope in Scope if scope in chosen]


@admin.register(Integration)
class IntegrationAdmin(HistoryMixin, ModelAdmin):
    """Who may change an integration, and who may make and revoke its tokens, are two rights."""

    form = IntegrationForm
    warn_unsaved_form = True
    actions = None
    change_form_outer_after_template = "sessions_app/tokens.html"
    list_display = ("name", "is_active", "may", "within", "requests_per_minute", "last_used")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)

    class Media:
        css = {"all": ["parley/admin_explain.css", "parley/admin_seats.css", "parley/admin_tokens.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("workstreams").annotate(used=Max("tokens__last_used_at"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_save_and_add_another"] = False  # each needs its token first
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def save_model(self, request: HttpRequest, obj: Integration, form: IntegrationForm, change: bool) -> None:
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Integration, post_url_continue: Any = None) -> HttpResponse:
        """Straight to where it gets its first token."""
        self.message_user(request, _("%s is saved. It needs a token to call the API.") % obj, messages.SUCCESS)
        return redirect(CHANGE, obj.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        now = timezone.now()
        made = ApiToken.objects.filter(integration=key_of(object_id) or 0)
        context = {
            "tokens": [_told(one, now) for one in made.select_related("created_by").order_by("-pk")],
            "may_manage": request.user.has_perm(MAY_MANAGE),
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    @admin.display(description=gettext_lazy("May"))
    def may(self, integration: Integration) -> str:
        return ", ".join(integration.scopes) or _("nothing yet")

    @admin.display(description=gettext_lazy("Workstreams"))
    def within(self, integration: Integration) -> str:
        return ", ".join(one.name for one in integration.workstreams.all()) or _("All")

    @admin.display(description=gettext_lazy("Last used at"))
    def last_used(self, integration: Any) -> str:
        return clock_time(integration.used) if integration.used else _("not used yet")

    # Tokens ------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("<int:pk>/token/", guarded(self.new_token_view), name="sessions_app_integration_new_token"),
            path("token/<int:pk>/rotate/", guarded(self.rotate_view), name="sessions_app_integration_rotate"),
            path("token/<int:pk>/revoke/", guarded(self.revoke_view), name="sessions_app_integration_revoke"),
            *super().get_urls(),
        ]

    def new_token_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask until when it is to hold, and then show the new token, once."""
        integration = self._integration(request, pk)
        now = timezone.now()
        form = NewTokenForm(_posted(request), now=now)
        if request.method == "POST" and form.is_valid():
            expires_at = form.cleaned_data["expires_at"]
            made, text = tokens.mint(integration, by=_user(request), expires_at=expires_at, now=now)
            return self._shown_once(request, made, text)
        asked = {"title": _("Make a token"), "form": form, "integration": integration, "button": _("Make a token")}
        return self._page(request, "sessions_app/token_ask.html", asked)

    def rotate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for how long the old one holds beside the next one, and then show that, once."""
        token, now = self._token(request, pk), timezone.now()
        if not tokens.holds(token, now):
            messages.info(request, _("This token lets in nobody any more. Make a new one instead."))
            return redirect(CHANGE, token.integration_id)
        form = RotateForm(_posted(request))
        if request.method == "POST" and form.is_valid():
            overlap: timedelta = form.cleaned_data["overlap"]
            made, text = tokens.rotate(token, by=_user(request), overlap=overlap, now=now)
            return self._shown_once(request, made, text)
        asked = {"title": _("Rotate a token"), "form": form, "integration": token.integration, "token": token}
        return self._page(request, "sessions_app/token_ask.html", asked | {"button": _("Make the next token")})

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, and then let nobody in by the token any more."""
        token = self._token(request, pk)
        if token.revoked_at:
            messages.info(request, _("This token is revoked already."))
            return redirect(CHANGE, token.integration_id)
        if request.method == "POST":
            tokens.revoke(token, now=timezone.now())
            messages.success(request, _("The token is revoked: it lets nobody in any more."))
            return redirect(CHANGE, token.integration_id)
        asked = {"title": _("Revoke a token"), "integration": token.integration, "token": token}
        return self._page(request, "sessions_app/token_revoke.html", asked)

    def _integration(self, request: HttpRequest, pk: int) -> Integration:
        """Raises PermissionDenied for who may not manage tokens, Http404 where there is no integration."""
        if not (request.user.has_perm(MAY_MANAGE) and self.has_view_permission(request)):
            raise PermissionDenied
        found = Integration.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _token(self, request: HttpRequest, pk: int) -> ApiToken:
        found = ApiToken.objects.select_related("integration").filter(pk=pk).first()
        self._integration(request, found.integration_id if found else 0)
        assert found, "otherwise there is no integration either"
        return found

    def _shown_once(self, request: HttpRequest, token: ApiToken, text: str) -> HttpResponse:
        """The only page that has the token: an answer that nobody keeps, and no message, which would be stored."""
        shown = {"title": _("A new token"), "integration": token.integration, "token": token, "text": text}
        answer = self._page(request, "sessions_app/token_made.html", shown)
        add_never_cache_headers(answer)
        return answer

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        around = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, template, around | context)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _told(token: ApiToken, now: datetime) -> dict[str, Any]:
    """A token as a row of the list: how it stands, and who made it when."""
    holds, until = tokens.holds(token, now), token.revoked_at or token.expires_at
    if token.revoked_at:
        state, colour = _("Revoked"), "warning"
    else:
        state, colour = (_("Holds"), "success") if holds else (_("Expired"), "default")
    return {
        "token": token,
        "holds": holds,
        "state": state,
        "colour": colour,
        "made": clock_time(token.created_at),
        "by": str(token.created_by or ""),
        "until": clock_time(until) if until else "",
        "used": clock_time(token.last_used_at) if token.last_used_at else _("not used yet"),
    }
