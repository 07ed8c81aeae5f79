"""Workstreams in Django admin, with their agents, and what each of them has of its own."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin

from policies_app.admin.history import HistoryMixin, address_of
from policies_app.models import ChatWidget, EndSessionBehavior, PolicyVersion, Workstream
from policies_app.widgets import shorten_holds
from sessions_app.admin.kept import KeptMixin, joined
from sessions_app.admin.workstream_form import WorkstreamForm
from sessions_app.assigning import assign_waiting
from sessions_app.models import Integration, LiveSession, WebhookEndpoint

BEHAVIOR = "policies_app_endsessionbehavior"
WIDGET = "policies_app_chatwidget"


@admin.register(Workstream)
class WorkstreamAdmin(KeptMixin, HistoryMixin, ModelAdmin):
    """Kinds of work. One that was worked in is deactivated, not deleted: its sessions and its versions are kept."""

    form = WorkstreamForm
    list_display = ("name", "is_active", "number_of_agents", "end_session_behavior")
    list_filter = ("is_active",)
    list_select_related = ("override",)
    search_fields = ("name",)
    readonly_fields = ("agent_names", "end_session_behavior", "notices", "widgets")
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workstream]:
        found: QuerySet[Workstream] = super().get_queryset(request)
        pages = self.admin_site._registry
        return found.annotate(
            agent_count=Count("agents"),
            may_override=Value(pages[EndSessionBehavior].has_add_permission(request)),
            may_add_widget=Value(pages[ChatWidget].has_add_permission(request)),
        ).order_by("name")

    def get_fieldsets(self, request: HttpRequest, obj: Workstream | None = None) -> Any:
        """Whose workstreams these are is a setting of the agents too: who may not change agents sees their names."""
        agents = "agents" if self._may_choose_agents(request, obj) else "agent_names"
        groups = (
            (None, {"fields": ("name", "is_active", agents)}),
            (_("New sessions"), {"fields": ("assignment", "answer_within", "returning_customer")}),
            (_("Customers of chat widgets"), {"fields": ("auto_close_after", "shorten")}),
            (_("Customers' devices"), {"fields": ("device_access",)}),
            (_("Attachments"), {"fields": ("largest_file_mb", "most_files", "file_groups")}),
        )
        own = (_("What it has of its own"), {"fields": ("end_session_behavior", "notices", "widgets")})
        return (*groups, own) if obj else groups

    def get_readonly_fields(self, request: HttpRequest, obj: Workstream | None = None) -> Any:
        """What is not in the fieldsets would still be in the form, because the form declares it."""
        readonly = self.readonly_fields
        return readonly if self._may_choose_agents(request, obj) else (*readonly, "agents")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "agents" in form.cleaned_data:
            form.instance.agents.set(form.cleaned_data["agents"])
        shorten_holds(form.instance.pk)
        transaction.on_commit(partial(assign_waiting, form.instance.pk, timezone.now()))

    def kept(self, obj: Workstream) -> str:
        sessions = LiveSession.objects.filter(workstream=obj).count()
        widgets = obj.widgets.count()
        versions = PolicyVersion.objects.filter(workstream=obj).count()
        integrations = Integration.objects.filter(workstreams=obj).count()  # without any, they would reach all
        webhooks = WebhookEndpoint.objects.filter(workstreams=obj).count()  # likewise
        return joined(
            [
                (sessions, ngettext("%d session", "%d sessions", sessions)),
                (widgets, ngettext("%d chat widget", "%d chat widgets", widgets)),
                (versions, ngettext("%d version of its settings", "%d versions of its settings", versions)),
                (integrations, ngettext("%d integration", "%d integrations", integrations)),
                (webhooks, ngettext("%d webhook", "%d webhooks", webhooks)),
            ]
        )

    def _may_choose_agents(self, request: HttpRequest, obj: Workstream | None) -> bool:
        return request.user.has_perm("sessions_app.change_agent") and self.has_change_permission(request, obj)

    @admin.display(description=gettext_lazy("Agents"), ordering="agent_count")
    def number_of_agents(self, workstream: Workstream) -> int:
        return int(vars(workstream)["agent_count"])

    @admin.display(description=gettext_lazy("Agents"))
    def agent_names(self, workstream: Workstream) -> str:
        return ", ".join(agent.name for agent in workstream.agents.order_by("name")) if workstream.pk else ""

    @admin.display(description=gettext_lazy("End session behavior"))
    def end_session_behavior(self, workstream: Workstream) -> str:
        if override := getattr(workstream, "override", None):
            return _link(_("Its own"), address_of(f"{BEHAVIOR}_change", override.pk))
        if vars(workstream).get("may_override"):
            page = address_of(f"{BEHAVIOR}_add")
            return _link(_("System-wide; give it its own"), f"{page}?workstream={workstream.pk}")
        return _link(_("System-wide"), address_of(f"{BEHAVIOR}_changelist"))

    @admin.display(description=gettext_lazy("Notices"))
    def notices(self, workstream: Workstream) -> str:
        number = workstream.notices.count()
        text = ngettext("Its own, in %d language", "Its own, in %d languages", number) % number
        page = address_of("policies_app_notices_changelist")
        listed = f"{page}?workstream__id__exact={workstream.pk}" if page else ""
        return _link(text, listed) if number else _("Those of all workstreams")

    @admin.display(description=gettext_lazy("Chat widgets"))
    def widgets(self, workstream: Workstream) -> str:
        found = [(_link(str(one), address_of(f"{WIDGET}_change", one.pk)),) for one in workstream.widgets.all()]
        if found:
            return format_html_join(", ", "{}", found)
        page = address_of(f"{WIDGET}_add") if vars(workstream).get("may_add_widget") else ""
        return _link(_("None; add one"), f"{page}?workstream={workstream.pk}") if page else _("None")


def _link(text: str, address: str) -> str:
    return format_html('<a href="{}" class="text-link">{}</a>', address, text) if address else text
