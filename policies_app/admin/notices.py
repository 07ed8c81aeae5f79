"""System settings > Notices: the texts of agents and customers, by workstream and language."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from policies_app.admin.history import HistoryMixin
from policies_app.admin.keys import key_of
from policies_app.models import Notices
from policies_app.notice_forms import NoticesForm
from policies_app.notice_previews import previews
from policies_app.notice_texts import direction, language_name
from policies_app.notices import NOTICES

AGENT_NOTICES = tuple(name for name, notice in NOTICES.items() if notice.audience == "agent")
CUSTOMER_NOTICES = tuple(name for name, notice in NOTICES.items() if notice.audience == "customer")


@admin.register(Notices)
class NoticesAdmin(HistoryMixin, ModelAdmin):
    form = NoticesForm
    warn_unsaved_form = True
    list_before_template = "policies_app/notices_about.html"
    change_form_before_template = "policies_app/notices_form.html"
    fieldsets = (
        (None, {"fields": ("workstream", "language")}),
        (_("Agent"), {"classes": ["tab"], "fields": AGENT_NOTICES}),
        (_("Customer"), {"classes": ["tab"], "fields": CUSTOMER_NOTICES}),
    )
    list_display = ("for_workstream", "in_language", "own_texts")
    list_select_related = ("workstream",)

    class Media:
        css = {"all": ["parley/notices.css"]}
        js = [Script("parley/notices.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notices]:
        found: QuerySet[Notices] = super().get_queryset(request)
        return found.order_by(F("workstream__name").asc(nulls_first=True), "language")

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview)
        urls: list[URLPattern] = super().get_urls()
        return [path("preview/", preview, name="policies_app_notices_preview"), *urls]

    @method_decorator(require_POST)
    def preview(self, request: HttpRequest) -> JsonResponse:
        """What the texts that are being written come to, and what is wrong with them. Changes nothing."""
        if not self.has_add_permission(request) and not self.has_change_permission(request):
            raise PermissionDenied
        row = _typed(request)
        return JsonResponse({"language": row.language, "direction": direction(row.language), "notices": previews(row)})

    @admin.display(description=_("Workstream"), ordering="workstream__name")
    def for_workstream(self, row: Notices) -> str:
        return row.workstream.name if row.workstream else gettext("All workstreams")

    @admin.display(description=_("Language"), ordering="language")
    def in_language(self, row: Notices) -> str:
        return language_name(row.language)

    @admin.display(description=_("Own texts"))
    def own_texts(self, row: Notices) -> str:
        own = sum(bool(getattr(row, name)) for name in NOTICES)
        return gettext("%(own)d of %(all)d") % {"own": own, "all": len(NOTICES)}


def _typed(request: HttpRequest) -> Notices:
    """The row as it stands in a form that may not be complete or right yet."""
    form = NoticesForm(request.POST)
    form.full_clean()
    row: Notices = form.instance
    row.pk = key_of(request.POST.get("row", ""))
    for name in NOTICES:
        setattr(row, name, request.POST.get(name, "").strip().replace("\r\n", "\n"))
    return row
