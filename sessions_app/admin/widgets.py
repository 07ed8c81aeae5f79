"""System settings > Chat widgets: what a portal puts on its page, and what becomes of customers who drop out."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldBooleanSwitchWidget

from policies_app.admin.history import HistoryMixin, address_of
from policies_app.admin.keys import key_of
from policies_app.admin.widget_preview import preview_of_widget, preview_of_widget_form
from policies_app.durations import in_words
from policies_app.forms import shown_when
from policies_app.kinds import SignIn
from policies_app.models import ChatWidget
from policies_app.widget_forms import APPLIES_WHEN, BEFORE, GENERAL, LOOK, RECONNECT, SIGN_IN, ChatWidgetForm
from policies_app.widgets import save_widget
from sessions_app.admin.kept import KeptMixin, joined
from sessions_app.admin.widget_keys import WidgetKeyInline
from sessions_app.admin.widget_shown import csp_of_portal, hours_shown, origins_shown, snippet_of, to_copy
from sessions_app.models import LiveSession

DURATIONS = ("same_agent_for", "grace")


@admin.register(ChatWidget)
class ChatWidgetAdmin(KeptMixin, HistoryMixin, ModelAdmin):
    """One that customers came by is deactivated, not deleted: its sessions are kept."""

    form = ChatWidgetForm
    inlines = (WidgetKeyInline,)
    list_display = ("name", "workstream", "is_active", "reconnect", "signed_in")
    list_filter = ("workstream", "is_active")
    list_select_related = ("workstream",)
    search_fields = ("name", "key")
    readonly_fields = ("snippet", "portal_csp", "time_limit")
    warn_unsaved_form = True
    change_form_template = "sessions_app/widget.html"
    formfield_overrides = {models.BooleanField: {"widget": UnfoldBooleanSwitchWidget}}
    conditional_fields = {name: shown_when(name, APPLIES_WHEN) for name in APPLIES_WHEN}

    class Media:
        css = {"all": ["parley/admin_preview.css", "parley/admin_widget.css"]}
        js = [Script("parley/admin_preview.js", type="module"), Script("parley/admin_widget.js", type="module")]

    def get_fieldsets(self, request: HttpRequest, obj: ChatWidget | None = None) -> Any:
        general: tuple[str, ...] = (*GENERAL, "snippet", "portal_csp") if obj else GENERAL
        before: tuple[str, ...] = BEFORE
        reconnect = (RECONNECT[0], "time_limit", *RECONNECT[1:])
        if not self._may_type(request, obj):  # then there is no form, and its own fields stand for nothing
            general = tuple(name if name != "allowed_origins" else "origins" for name in general if name != "shorten")
            before = tuple(name if name != "hours" else "open_hours" for name in before if name != "by_hours")
        tabs = (
            (_("General"), general),
            (_("Look"), LOOK),
            (_("Before the chat"), before),
            (_("Reconnect"), reconnect),
            (_("Sign-in"), SIGN_IN),
        )
        return [(title, {"classes": ["tab"], "fields": fields}) for title, fields in tabs]

    def get_readonly_fields(self, request: HttpRequest, obj: ChatWidget | None = None) -> Any:
        return (*self.readonly_fields, "origins", "open_hours")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatWidget]:
        found: QuerySet[ChatWidget] = super().get_queryset(request)
        return found.select_related("workstream")

    def save_model(self, request: HttpRequest, obj: ChatWidget, form: ChatWidgetForm, change: bool) -> None:
        """What was typed is stored, and what an administrator should know of it is said."""
        save_widget(obj)
        if not obj.allowed_origins:
            text = _("%s has no allowed origins yet, so it is shown nowhere.") % obj
            self.message_user(request, text, messages.WARNING)

    def kept(self, obj: ChatWidget) -> str:
        sessions = LiveSession.objects.filter(widget=obj).count()
        return joined([(sessions, ngettext("%d session", "%d sessions", sessions))])

    # The form --------------------------------------------------------------------------------------------------------

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: ChatWidget | None = None,
    ) -> HttpResponse:
        may_type = self._may_type(request, obj)
        form = context["adminform"].form
        context |= {
            "may_type": may_type,
            "preview": preview_of_widget_form(form) if may_type or obj is None else preview_of_widget(obj),
            "preview_url": self._preview_address(obj) if may_type else "",
            "show_save_and_add_another": False,
        }
        answer: HttpResponse = super().render_change_form(request, context, add, change, form_url, obj)
        return answer

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("preview/", preview, name="policies_app_chatwidget_preview"), *urls]

    @method_decorator(require_POST)
    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What the settings that are being typed would do; nothing is saved."""
        widget = ChatWidget.objects.filter(pk=key_of(request.GET.get("widget", "")) or 0).first()
        if not self._may_type(request, widget):
            raise PermissionDenied
        form = ChatWidgetForm(request.POST, instance=widget)
        return render(request, "sessions_app/widget_preview.html", {"preview": preview_of_widget_form(form)})

    def _may_type(self, request: HttpRequest, obj: ChatWidget | None) -> bool:
        return bool(self.has_change_permission(request, obj) if obj else self.has_add_permission(request))

    def _preview_address(self, obj: ChatWidget | None) -> str:
        query = f"?widget={obj.pk}" if obj else ""
        return reverse("admin:policies_app_chatwidget_preview") + query

    # What is only shown ----------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Put this on your pages"))
    def snippet(self, widget: ChatWidget) -> str:
        return to_copy(snippet_of(widget.key, settings.BASE_URL))

    @admin.display(description=gettext_lazy("If your pages have a Content-Security-Policy, it needs"))
    def portal_csp(self, widget: ChatWidget) -> str:
        return to_copy(csp_of_portal(settings.BASE_URL))

    @admin.display(description=gettext_lazy("Reconnect time limit"))
    def time_limit(self, widget: ChatWidget) -> str:
        """Of the workstream; the page's script follows the one that is being chosen."""
        workstream = widget.workstream if widget.workstream_id else None
        limit = in_words(workstream.auto_close_after) if workstream else _("Select the workstream first.")
        page = address_of("policies_app_workstream_change", workstream.pk) if workstream else ""
        hidden = "" if page else "hidden"
        text = _("Auto-close after inactivity of the workstream")
        link = format_html('<a class="text-link {}" data-limit-page href="{}">{}</a>', hidden, page or "#", text)
        return format_html("<span data-limit>{}</span> · {}", limit, link)

    @admin.display(description=gettext_lazy("Allowed origins"))
    def origins(self, widget: ChatWidget) -> str:
        return origins_shown(widget)

    @admin.display(description=gettext_lazy("Business hours"))
    def open_hours(self, widget: ChatWidget) -> str:
        return hours_shown(widget)

    @admin.display(description=gettext_lazy("Reconnect"), boolean=True, ordering="reconnect_on")
    def reconnect(self, widget: ChatWidget) -> bool:
        return widget.reconnect_on

    @admin.display(description=gettext_lazy("Sign-in"), ordering="sign_in")
    def signed_in(self, widget: ChatWidget) -> str:
        return _(SignIn(widget.sign_in).label)
