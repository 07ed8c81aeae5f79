"""The form behind System settings > Workstreams."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
)

from policies_app.fields import ChoiceRadios, DurationField
from policies_app.kinds import FileGroup
from policies_app.models import Workstream
from policies_app.models.workstream import LONGEST_AUTO_CLOSE, SHORTEST_AUTO_CLOSE
from policies_app.shortening import ShorteningForm
from policies_app.widgets import holding_longer
from sessions_app.models import Agent

MEGABYTE = 1024 * 1024


class WorkstreamForm(ShorteningForm):
    """A workstream with its agents. Limits for files go no further than those of the installation."""

    agents = forms.ModelMultipleChoiceField(
        label=_("Agents"),
        queryset=Agent.objects.order_by("name"),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text=_("Who can start sessions in it, and gets sessions from its queue."),
    )
    answer_within = DurationField(
        label=_("Agents answer within"),
        shortest=timedelta(seconds=10),
        longest=timedelta(days=1),
        help_text=_(
            "An agent who was given a session and does not open it for so long becomes away, and the session goes back "
            "to the queue. Empty: it stays with the agent."
        ),
    )
    auto_close_after = DurationField(
        label=_("Auto-close after inactivity"),
        shortest=SHORTEST_AUTO_CLOSE,
        longest=LONGEST_AUTO_CLOSE,
        help_text=_(
            "A chat whose customer dropped out and does not come back for so long ends. It is also the reconnect time "
            "limit of the workstream's chat widgets."
        ),
    )
    largest_file_mb = forms.IntegerField(
        label=_("Largest file (MB)"), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    most_files = forms.IntegerField(
        label=_("Most files in a session"), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    file_groups = forms.MultipleChoiceField(
        label=_("Allowed files"),
        choices=[(group.value, _(group.label)) for group in FileGroup],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": _("Select at least one kind of files.")},
    )

    class Meta:
        model = Workstream
        fields = (
            "name",
            "is_active",
            "assignment",
            "answer_within",
            "auto_close_after",
            "returning_customer",
            "device_access",
            "largest_file_mb",
            "most_files",
            "file_groups",
        )
        widgets = {"assignment": ChoiceRadios, "returning_customer": ChoiceRadios, "device_access": ChoiceRadios}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("answer_within", "auto_close_after"):
            self.initial.setdefault(name, getattr(self.instance, name))
        if self.instance.pk:
            self.initial.setdefault("agents", self.instance.agents.all())
        if not self.initial.get("file_groups"):  # all, unless some were chosen
            self.initial["file_groups"] = [str(group) for group in FileGroup]
        self._limit("largest_file_mb", settings.UPLOAD_MAX_BYTES // MEGABYTE)
        self._limit("most_files", settings.UPLOAD_MAX_FILES)

    def clean_auto_close_after(self) -> timedelta:
        chosen: timedelta | None = self.cleaned_data["auto_close_after"]
        if chosen is None:
            raise forms.ValidationError(_("Enter after how long such a chat ends."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and (limit := cleaned.get("auto_close_after")):
            concerned = holding_longer(self.instance.pk, limit)
            self.ask_to_shorten("auto_close_after", concerned, self.instance, limit)
        return cleaned

    def clean_file_groups(self) -> list[str]:
        """All of them is stored as no choice, so that kinds that come later are allowed, too."""
        chosen = self.cleaned_data["file_groups"]
        return [] if set(chosen) == set(FileGroup) else [str(group) for group in FileGroup if group in chosen]

    def _limit(self, name: str, most: int) -> None:
        if name in self.fields:
            field = self.fields[name]
            field.validators.append(_at_most(most))
            field.help_text = _("At most %d, which this installation allows. Empty: that many.") % most


def _at_most(most: int) -> Any:
    def check(value: int) -> None:
        if value > most:
            raise forms.ValidationError(_("Give at most %d, which this installation allows.") % most)

    return check
