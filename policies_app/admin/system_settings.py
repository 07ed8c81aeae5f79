"""System settings > General settings: what holds everywhere."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from policies_app.admin.history import HistoryMixin
from policies_app.fields import DurationField
from policies_app.models import ChatWidget, EndSessionBehavior, SystemSettings
from policies_app.redirects import RedirectProblem, allowed_host, is_allowed
from policies_app.selectors import system_settings
from policies_app.snapshot import LONGEST_ACCESS

CHANGE = "admin:policies_app_systemsettings_change"


class SystemSettingsForm(forms.ModelForm):
    away_after = DurationField(
        label=_lazy("Agents are away after"),
        shortest=timedelta(minutes=1),
        longest=timedelta(days=1),
        help_text=_lazy(
            "So long without a key, a touch or a movement of the pointer in their pages. Who is away gets no new "
            "sessions."
        ),
    )
    link_lasts = DurationField(
        label=_lazy("Links of customers last"),
        shortest=timedelta(minutes=5),
        longest=LONGEST_ACCESS,
        help_text=_lazy(
            "For coming in; who is in already stays in, and can ask for a new link. Empty: as long as the customer has "
            "access."
        ),
    )

    class Meta:
        model = SystemSettings
        fields = ("allowed_redirect_hosts", "away_after", "link_lasts")
        widgets = {"allowed_redirect_hosts": UnfoldAdminTextareaWidget({"rows": 6, "spellcheck": "false"})}

    def clean_away_after(self) -> timedelta:
        chosen: timedelta | None = self.cleaned_data["away_after"]
        if chosen is None:
            raise ValidationError(_("Enter after how long agents are away."))
        return chosen

    def clean_allowed_redirect_hosts(self) -> str:
        """One host a line, as they are stored. Names every line that is none, and every redirect that would be lost."""
        hosts, problems = _read(self.cleaned_data["allowed_redirect_hosts"])
        problems = problems or (_forbidden(hosts) if hosts else [])
        if problems:
            raise ValidationError([ValidationError(problem) for problem in problems])
        return "\n".join(hosts)


def _read(text: str) -> tuple[list[str], list[str]]:
    """The hosts, each once, and what is wrong with the lines that are none."""
    hosts, problems = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            hosts.append(allowed_host(line))
        except RedirectProblem as problem:
            problems.append(str(problem))
    return list(dict.fromkeys(hosts)), problems


def _forbidden(hosts: list[str]) -> list[str]:
    """Where customers are sent to a host now that is not among these."""
    behaviors = EndSessionBehavior.objects.filter(redirect_customer_on=True).select_related("workstream")
    addresses = [
        *(
            (one.workstream or _("The system-wide behavior"), one.redirect_customer)
            for one in behaviors.order_by("workstream__name")
        ),
        *((one, one.redirect_url) for one in ChatWidget.objects.exclude(redirect_url="").order_by("name")),
    ]
    text = _("%(where)s sends customers to %(address)s, which is not on this list. Add its host, or change that first.")
    return [
        text % {"where": where, "address": address} for where, address in addresses if not is_allowed(address, hosts)
    ]


@admin.register(SystemSettings)
class SystemSettingsAdmin(HistoryMixin, ModelAdmin):
    """There is one row: its form is the page."""

    form = SystemSettingsForm
    warn_unsaved_form = True

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(CHANGE, system_settings().pk)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SystemSettings | None:
        """Nothing need have been saved yet."""
        return system_settings() if object_id == str(system_settings().pk) else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SystemSettings | None = None) -> bool:
        return False
