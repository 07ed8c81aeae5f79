"""History in Django admin: every change of every setting in one list."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from policies_app.admin.history import PER_PAGE, address_of, row
from policies_app.admin.keys import key_of
from policies_app.history import MIRROR, what


class WhatFilter(admin.SimpleListFilter):
    """Only settings of one kind."""

    title = gettext_lazy("what")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = ContentType.objects.filter(pk__in=LogEntry.objects.order_by().values("content_type").distinct())
        return sorted(((str(kind.pk), capfirst(kind.name)) for kind in kinds), key=lambda kind: kind[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = key_of(self.value())
        return queryset if chosen is None else queryset.filter(content_type=chosen)


class WhoFilter(admin.SimpleListFilter):
    """Only changes made by one person."""

    title = gettext_lazy("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = User.objects.filter(pk__in=LogEntry.objects.order_by().values("actor").distinct())
        return [(str(pk), name) for pk, name in people.order_by("username").values_list("pk", "username")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = key_of(self.value())
        return queryset if chosen is None else queryset.filter(actor=chosen)


class WhenFilter(admin.DateFieldListFilter):
    """Only changes of today, or of the last days; the line above the list goes further back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("when")


admin.site.unregister(LogEntry)


@admin.register(LogEntry)
class HistoryAdmin(ModelAdmin):
    """Every change of every setting, newest first. Nobody changes it."""

    change_list_template = "policies_app/history/list.html"
    list_filter = (WhatFilter, WhoFilter, ("timestamp", WhenFilter))
    search_fields = ("object_repr", "actor__username", "actor_email", "changes", "remote_addr")
    search_help_text = gettext_lazy("Search by setting, person, value or address")
    date_hierarchy = "timestamp"
    ordering = ("-timestamp", "-pk")
    list_per_page = PER_PAGE
    list_select_related = ("content_type", "actor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """An entry that says what another says is only in the history of its object."""
        entries: QuerySet[LogEntry] = LogEntry.objects.exclude(additional_data__has_key=MIRROR)
        return entries

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, {"title": _("History")} | (extra_context or {}))
        if isinstance(answer, TemplateResponse) and "cl" in (context := answer.context_data or {}):
            listed = context["cl"].result_list
            context["rows"] = [row(entry, what=what(entry), page=_history_page(entry)) for entry in listed]
        return answer

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An entry has no page of its own: it stands in the history of its object."""
        entry = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect((_history_page(entry) if entry else "") or address_of("auditlog_logentry_changelist"))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False


def _history_page(entry: LogEntry) -> str:
    kind = entry.content_type
    return address_of(f"{kind.app_label}_{kind.model}_history", entry.object_pk)
