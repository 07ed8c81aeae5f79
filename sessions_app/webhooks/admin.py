"""System settings > Webhooks in Django admin: the settings, how each stands, its log, and what can be done with it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from policies_app.admin.history import HistoryMixin
from policies_app.history import LISTED
from sessions_app.admin.read_only import linked
from sessions_app.explain.words import clock_time
from sessions_app.kinds import EntryKind
from sessions_app.webhooks import actions
from sessions_app.webhooks.asking import ASKS
from sessions_app.webhooks.forms import WebhookForm
from sessions_app.webhooks.kinds import Standing
from sessions_app.webhooks.models import WebhookEndpoint
from sessions_app.webhooks.selectors import health
from sessions_app.webhooks.shown import COLOURS, number, page_of

PAGE = "admin:sessions_app_webhookendpoint_deliveries"
LISTED["kinds"] = EntryKind


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(HistoryMixin, ModelAdmin):
    form = WebhookForm
    list_display = ("name", "standing", "waiting", "parked", "last_delivered", "deliveries")
    search_fields = ("name", "url")
    readonly_fields = ("deliveries",)
    actions = None
    warn_unsaved_form = True

    class Media:
        css = {"all": ["parley/admin_webhooks.css"]}
        js = (Script("parley/admin_explain.js", type="module"),)

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        fields = ("name", "url", "workstreams", "with_notes", "kinds")
        return ("deliveries", *fields) if obj else fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        found: QuerySet[WebhookEndpoint] = super().get_queryset(request)
        return found.prefetch_related("workstreams")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_save_and_add_another"] = False  # the secret is shown after the first
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    # Saving ----------------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: WebhookForm, change: bool) -> None:
        if change:
            actions.save_settings(obj)
        else:
            form.secret = actions.start(obj, timezone.now())

    def save_related(self, request: HttpRequest, form: WebhookForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        vars(form.instance)["secret"] = form.secret

    def response_add(
        self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show_secret(request, obj, vars(obj)["secret"])

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What waits for it can be a million sessions: it is not listed."""
        names = [str(one) for one in objs]
        needed = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return names, {str(self.opts.verbose_name_plural): len(names)}, needed, []

    def delete_model(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        actions.delete(obj)

    # Pages -----------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "sessions_app_webhookendpoint"
        return [
            path("<int:endpoint_id>/deliveries/", view(self.deliveries_view), name=f"{name}_deliveries"),
            path("<int:endpoint_id>/ask/<slug:what>/", view(self.ask_view), name=f"{name}_ask"),
            *super().get_urls(),
        ]

    def deliveries_view(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        """How it stands, and what became of what was sent. Raises PermissionDenied, or Http404 if there is none."""
        endpoint = self._found(request, endpoint_id)
        return self._page(request, "sessions_app/webhooks/page.html", endpoint, page_of(endpoint, request.GET))

    def ask_view(self, request: HttpRequest, endpoint_id: int, what: str) -> HttpResponse:
        """Ask, and do it when that is answered. Raises PermissionDenied, or Http404 if there is no such thing to do."""
        endpoint, ask = self._found(request, endpoint_id), ASKS.get(what)
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        if ask is None:
            raise Http404
        form = ask.form(request.POST) if request.method == "POST" else ask.form(initial=request.GET.dict())
        if request.method != "POST" or not form.is_valid():
            context = {"title": ask.title, "ask": ask, "form": form}
            return self._page(request, "sessions_app/webhooks/ask.html", endpoint, context)
        done = ask.perform(endpoint, form.cleaned_data, timezone.now())
        if done.secret:
            return self._show_secret(request, endpoint, done.secret)
        messages.add_message(request, messages.SUCCESS if done.went_well else messages.ERROR, done.text)
        return redirect(PAGE, endpoint.pk)

    def _found(self, request: HttpRequest, endpoint_id: int) -> WebhookEndpoint:
        endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
        if not self.has_view_permission(request, endpoint):
            raise PermissionDenied
        if endpoint is None:
            raise Http404
        return endpoint

    def _show_secret(self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        """In the answer itself: it is kept nowhere on the way, and no page shows it again."""
        context = {"title": _("The secret of %s") % endpoint, "secret": secret}
        answer = self._page(request, "sessions_app/webhooks/secret.html", endpoint, context)
        add_never_cache_headers(answer)
        return answer

    def _page(
        self, request: HttpRequest, template: str, endpoint: WebhookEndpoint, context: dict[str, Any]
    ) -> HttpResponse:
        around = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "endpoint": endpoint,
            "may_change": self.has_change_permission(request, endpoint),
        }
        return render(request, template, around | context)

    # Columns ---------------------------------------------------------------------------------------------------------

    @display(description=gettext_lazy("State"), label=COLOURS)  # type: ignore[untyped-decorator] # unfold has no types
    def standing(self, endpoint: WebhookEndpoint) -> tuple[Standing, str]:
        standing = health(endpoint).standing
        return standing, _(standing.label)

    @admin.display(description=gettext_lazy("Sessions that wait"))
    def waiting(self, endpoint: WebhookEndpoint) -> str:
        return number(health(endpoint).waiting)

    @admin.display(description=gettext_lazy("Parked"))
    def parked(self, endpoint: WebhookEndpoint) -> str:
        return number(health(endpoint).parked)

    @admin.display(description=gettext_lazy("Last delivered"))
    def last_delivered(self, endpoint: WebhookEndpoint) -> str:
        return clock_time(endpoint.last_success_at) if endpoint.last_success_at else _("not yet")

    @admin.display(description=gettext_lazy("Deliveries"))
    def deliveries(self, endpoint: WebhookEndpoint) -> str:
        return linked(_("State, deliveries and tests"), "sessions_app_webhookendpoint_deliveries", endpoint.pk)
