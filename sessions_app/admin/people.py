"""Agents in Django admin."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from policies_app.admin.history import HistoryMixin
from policies_app.admin.keys import Autocompletion
from policies_app.kinds import AgentStatus
from policies_app.models import Workstream
from sessions_app.admin.seats import LEDGER
from sessions_app.assigning import fill_seats_of
from sessions_app.availability import presence
from sessions_app.models import Agent
from sessions_app.roles import AGENT, give_role
from sessions_app.seats import used_by

USUAL_CAPACITY, MOST_CAPACITY = 10, 1000

_COLOURS = {AgentStatus.AVAILABLE: "success", AgentStatus.AWAY: "warning", AgentStatus.OFFLINE: "default"}
"""Django-unfold's names."""


class AgentForm(forms.ModelForm):
    capacity = forms.IntegerField(
        label=_("Capacity"),
        initial=USUAL_CAPACITY,
        min_value=1,
        max_value=MOST_CAPACITY,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("How many sessions the agent holds at once. 1: a single active session."),
        error_messages={
            "required": _("Give a capacity from 1 to 1000."),
            "min_value": _("Give a capacity from 1 to 1000."),
            "max_value": _("Give a capacity from 1 to 1000."),
        },
    )

    class Meta:
        model = Agent
        fields = ("user", "name", "workstreams", "capacity")


@admin.register(Agent)
class AgentAdmin(HistoryMixin, Autocompletion, ModelAdmin):
    """Makes a user an agent, and sets the name that customers see, the workstreams, and how many sessions at once."""

    form = AgentForm
    readonly_fields = ("presence", "seats")
    list_display = ("name", "user", "in_workstreams", "capacity", "presence_label")
    list_filter = ("workstreams",)
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    autocomplete_fields = ("user", "workstreams")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        return super().get_queryset(request).prefetch_related("workstreams")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new agent begins in the workstream that was there first: General, unless it was renamed."""
        first = Workstream.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)[:1]
        return {"workstreams": list(first)} | super().get_changeform_initial_data(request)

    def get_fieldsets(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        settings = (None, {"fields": ("user", "name", "workstreams", "capacity")})
        return (settings, (_("Now"), {"fields": ("presence", "seats")})) if obj else (settings,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """More seats or workstreams may have somebody to serve."""
        super().save_related(request, form, formsets, change)
        transaction.on_commit(partial(fill_seats_of, form.instance.pk, timezone.now()))

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        give_role(obj.user, AGENT)

    def has_delete_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        return False

    @admin.display(description=_("Presence"))
    def presence(self, agent: Agent) -> str:
        return gettext(presence(agent, timezone.now()).label)

    @display(description=_("Presence"), label=_COLOURS)  # type: ignore[untyped-decorator] # unfold has no types
    def presence_label(self, agent: Agent) -> tuple[AgentStatus, str]:
        status = presence(agent, timezone.now())
        return status, gettext(status.label)

    @admin.display(description=_("Seats"))
    def seats(self, agent: Agent) -> str:
        used = used_by([agent.pk], timezone.now())[agent.pk]
        text = gettext("%(used)d of %(all)d used") % {"used": used, "all": agent.capacity}
        return format_html('<a class="text-link" href="{}?agent={}">{}</a>', reverse(LEDGER), agent.pk, text)

    @admin.display(description=_("Workstreams"))
    def in_workstreams(self, agent: Agent) -> str:
        return ", ".join(workstream.name for workstream in agent.workstreams.all())
