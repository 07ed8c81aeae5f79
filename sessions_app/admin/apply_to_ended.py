"""Apply to ended sessions, in three steps: choose which, see what would change, confirm (rules.md 6)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.models import PolicyVersion, Workstream
from policies_app.selectors import follows_system_wide
from policies_app.wording import customer_in_words
from sessions_app.effect_words import in_words
from sessions_app.ended_policies import effects, left_alone
from sessions_app.rollouts import apply_once

if TYPE_CHECKING:
    from sessions_app.admin.read_only import ReadOnlyAdmin

MAY_APPLY = "sessions_app.apply_to_ended"
USUAL_SPAN = timedelta(days=30)
PREVIEW_HOLDS = timedelta(hours=1)
SALT = "apply to ended sessions"


class ScopeForm(forms.Form):
    """Which ended sessions."""

    workstreams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Workstreams"),
        queryset=Workstream.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Workstreams: select at least one.")},
    )
    ended_since = forms.DateField(
        label=gettext_lazy("Ended since"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("From the beginning of that day, UTC. Empty: all that ever ended."),
    )


class Ordering:
    """One request of somebody who wants to apply a version to ended sessions.

    What is confirmed is exactly what was previewed: the form that confirms carries it, signed. Raises PermissionDenied
    for who may not, Http404 for a version without settings.
    """

    def __init__(self, admin: "ReadOnlyAdmin", request: HttpRequest, version: PolicyVersion, now: datetime) -> None:
        if not request.user.has_perm(MAY_APPLY):
            raise PermissionDenied
        if version.removes:
            raise Http404
        self.admin, self.request, self.version, self.now = admin, request, version, now

    def respond(self) -> HttpResponse:
        """Steps 1 and 2 only read; step 3 is a POST and answers with where its progress is shown."""
        if self.request.method == "POST":
            return self._confirmed()
        chosen = "preview" in self.request.GET
        form = ScopeForm(self.request.GET if chosen else None, initial=self._usual())
        preview = self._preview(form.cleaned_data) if chosen and form.is_valid() else None
        context = {
            "title": _("Apply to ended sessions"),
            "version": self.version,
            "form": form,
            "preview": preview,
            "customer_in_words": customer_in_words(self.version.policy()),
        }
        return self.admin.page(self.request, "sessions_app/apply.html", self.version, context)

    def _usual(self) -> dict[str, Any]:
        """The workstreams that the version concerns, and the last thirty days."""
        if self.version.workstream_id:
            workstreams = [self.version.workstream_id]
        else:
            workstreams = list(follows_system_wide().values_list("pk", flat=True))
        return {"workstreams": workstreams, "ended_since": (self.now - USUAL_SPAN).date()}

    def _preview(self, chosen: dict[str, Any]) -> dict[str, Any]:
        workstreams = sorted(chosen["workstreams"].values_list("pk", flat=True))
        since = _beginning(chosen["ended_since"])
        found = effects(self.version, workstreams, since, now=self.now)
        order = {
            "version": self.version.pk,
            "workstreams": workstreams,
            "since": since.isoformat() if since else None,
            "previewed_at": self.now.isoformat(),
        }
        return {
            "sentences": in_words(found),
            "total": number_format(found.total(), force_grouping=True),
            "is_empty": not found,
            "left_alone": left_alone(workstreams, since, until=self.now).count(),
            "order": signing.dumps(order, salt=SALT),
        }

    def _confirmed(self) -> HttpResponse:
        try:
            order = signing.loads(self.request.POST.get("order", ""), salt=SALT, max_age=PREVIEW_HOLDS)
        except signing.BadSignature:
            return self._again()
        if order["version"] != self.version.pk:
            return self._again()
        assert isinstance(self.request.user, User)
        rollout = apply_once(
            self.version,
            order["workstreams"],
            ended_since=_read(order["since"]),
            previewed_at=datetime.fromisoformat(order["previewed_at"]),
            by=self.request.user,
            now=self.now,
        )
        return redirect("admin:sessions_app_rollout_change", rollout.pk)

    def _again(self) -> HttpResponse:
        said = _("Nothing was changed: the preview is more than an hour old. Look at it once more, and then confirm.")
        messages.warning(self.request, said)
        return redirect("admin:policies_app_policyversion_apply", self.version.pk)


def _beginning(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _read(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
