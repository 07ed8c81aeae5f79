"""Versions of the end session behavior in Django admin: what each said, changed, and holds for."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from policies_app.labelled import changed, settings_of
from policies_app.models import PolicyVersion
from policies_app.wording import agent_in_words, customer_in_words
from sessions_app.admin.apply_to_ended import MAY_APPLY, Ordering
from sessions_app.admin.read_only import ReadOnlyAdmin, counted, linked
from sessions_app.explain.words import clock_time
from sessions_app.models import LiveSession


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    list_display = ("version", "scope", "saved", "saver", "what", "apply_link")
    list_filter = ("workstream",)
    list_select_related = ("workstream", "saved_by")
    page_template = "sessions_app/version.html"

    def get_list_display(self, request: HttpRequest) -> Any:
        """The link to apply a version is for those who may."""
        return self.list_display if request.user.has_perm(MAY_APPLY) else self.list_display[:-1]

    def get_urls(self) -> list[URLPattern]:
        apply = self.admin_site.admin_view(self.apply_view)
        return [path("<int:version_id>/apply/", apply, name="policies_app_policyversion_apply"), *super().get_urls()]

    def apply_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Apply to ended sessions: choose, see what would change, confirm."""
        return Ordering(self, request, self.found(request, str(version_id)), timezone.now()).respond()

    def page_context(self, request: HttpRequest, row: PolicyVersion) -> dict[str, Any]:
        """The settings, what was different before, since when and until when, and for whom it is frozen."""
        before, after = _neighbours(row)
        was = before.policy() if before and not before.removes else None
        context: dict[str, Any] = {
            "version": row,
            "scope": self.scope(row),
            "before": before,
            "after": after,
            "from_moment": clock_time(row.saved_at),
            "until_moment": clock_time(after.saved_at) if after else "",
            "frozen": _frozen(row),
            "may_apply": request.user.has_perm(MAY_APPLY) and not row.removes,
        }
        if not row.removes:
            policy = row.policy()
            context |= {
                "agent_in_words": agent_in_words(policy),
                "customer_in_words": customer_in_words(policy),
                "settings": settings_of(policy),
                "changes": changed(was, policy) if was else None,
            }
        return context

    @admin.display(description=gettext_lazy("Saved by"))
    def saver(self, version: PolicyVersion) -> str:
        return version.saver

    @admin.display(description=gettext_lazy("Version"))
    def version(self, version: PolicyVersion) -> str:
        return str(version)

    @admin.display(description=gettext_lazy("Holds in"))
    def scope(self, version: PolicyVersion) -> str:
        return version.workstream.name if version.workstream else _("System-wide")

    @admin.display(description=gettext_lazy("Saved at"))
    def saved(self, version: PolicyVersion) -> str:
        return clock_time(version.saved_at)

    @admin.display(description=gettext_lazy("What"))
    def what(self, version: PolicyVersion) -> str:
        return _("Override removed") if version.removes else _("Settings saved")

    @admin.display(description="")
    def apply_link(self, version: PolicyVersion) -> str:
        if version.removes:
            return ""
        return linked(_("Apply to ended sessions"), "policies_app_policyversion_apply", version.pk)


def _neighbours(version: PolicyVersion) -> tuple[PolicyVersion | None, PolicyVersion | None]:
    """The versions before and after it in the same scope. Two queries."""
    same = PolicyVersion.objects.filter(workstream=version.workstream_id)
    return (
        same.filter(pk__lt=version.pk).order_by("-pk").first(),
        same.filter(pk__gt=version.pk).order_by("pk").first(),
    )


def _frozen(version: PolicyVersion) -> dict[str, Any]:
    """How many ended sessions have it, in words, and where they are listed."""
    number, more = counted(LiveSession.objects.filter(end_policy=version))
    if more:
        text = _("more than %s ended sessions") % number_format(number, force_grouping=True)
    else:
        text = ngettext("%d ended session", "%d ended sessions", number) % number
    listed = reverse("admin:sessions_app_livesession_changelist")
    return {"text": text, "number": number, "address": f"{listed}?end_policy__id__exact={version.pk}"}
