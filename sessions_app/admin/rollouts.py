"""How far changes of policy have come, in Django admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.models import Workstream
from sessions_app.admin.read_only import ReadOnlyAdmin, linked
from sessions_app.explain.words import clock_time
from sessions_app.kinds import RolloutKind
from sessions_app.models import Rollout


@admin.register(Rollout)
class RolloutAdmin(ReadOnlyAdmin):
    list_display = ("what", "version_link", "started", "started_by", "progress", "finished")
    list_filter = ("kind",)
    list_select_related = ("version", "started_by")
    page_template = "sessions_app/rollout.html"

    def get_urls(self) -> list[URLPattern]:
        progress = self.admin_site.admin_view(self.progress_view)
        return [path("<int:rollout_id>/progress/", progress, name="sessions_app_rollout_progress"), *super().get_urls()]

    def progress_view(self, request: HttpRequest, rollout_id: int) -> HttpResponse:
        """What the page asks for every few seconds."""
        rollout = self.found(request, str(rollout_id))
        return JsonResponse(_progress(rollout) | {"finished": rollout.finished_at is not None})

    def page_context(self, request: HttpRequest, row: Rollout) -> dict[str, Any]:
        names = Workstream.objects.filter(pk__in=row.workstreams).order_by("name").values_list("name", flat=True)
        return {
            "title": _(RolloutKind(row.kind).label),
            "rollout": row,
            "progress": _progress(row),
            "workstreams": ", ".join(names),
            "is_apply": row.kind == RolloutKind.APPLY,
            "started": clock_time(row.started_at),
            "finished": clock_time(row.finished_at) if row.finished_at else "",
            "since": clock_time(row.ended_since) if row.ended_since else "",
        }

    @admin.display(description=gettext_lazy("What"))
    def what(self, rollout: Rollout) -> str:
        return _(RolloutKind(rollout.kind).label)

    @admin.display(description=gettext_lazy("Policy version"))
    def version_link(self, rollout: Rollout) -> str:
        return linked(str(rollout.version), "policies_app_policyversion_change", rollout.version_id)

    @admin.display(description=gettext_lazy("Started at"))
    def started(self, rollout: Rollout) -> str:
        return clock_time(rollout.started_at)

    @admin.display(description=gettext_lazy("Finished at"))
    def finished(self, rollout: Rollout) -> str:
        return clock_time(rollout.finished_at) if rollout.finished_at else _("Under way")

    @admin.display(description=gettext_lazy("Progress"))
    def progress(self, rollout: Rollout) -> str:
        return str(_progress(rollout)["text"])


def _progress(rollout: Rollout) -> dict[str, Any]:
    """How many sessions are done, in words, and as a share of all."""
    words = {
        "done": number_format(rollout.done, force_grouping=True),
        "total": number_format(rollout.total, force_grouping=True),
    }
    text = _("%(done)s of %(total)s sessions") % words
    if failed := rollout.place.get("failed"):
        text += _("; %d could not be changed, and the log says why") % failed
    return {
        "done": rollout.done if rollout.total else 1,
        "total": rollout.total or 1,
        "text": text,
    }
