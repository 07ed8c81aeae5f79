"""The form behind System settings > End session behavior."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from policies_app.durations import in_words
from policies_app.fields import ChoiceRadios, DurationField
from policies_app.kinds import AccessSetting
from policies_app.models import EndSessionBehavior
from policies_app.redirects import RedirectProblem, check_redirect
from policies_app.snapshot import LONGEST_ACCESS, LONGEST_INACTIVITY, SHORTEST, EndPolicy

APPLIES_WHEN: dict[str, tuple[str, frozenset[Any]]] = {
    "inactive_after": ("end_when_inactive", frozenset({True})),
    "activity_counts": ("end_when_inactive", frozenset({True})),
    "warn_before": ("end_when_inactive", frozenset({True})),
    "access": ("access_on", frozenset({True})),
    "access_for": ("access", frozenset({AccessSetting.FULL_RESTRICTED, AccessSetting.LIMITED})),
    "attachments": ("access", frozenset({AccessSetting.FULL_UNLIMITED, AccessSetting.FULL_RESTRICTED})),
    "chat": ("access", frozenset({AccessSetting.FULL_UNLIMITED, AccessSetting.FULL_RESTRICTED})),
    "then_limited": ("access", frozenset({AccessSetting.FULL_RESTRICTED})),
    "then_limited_for": ("then_limited", frozenset({True})),
    "redirect_customer": ("redirect_customer_on", frozenset({True})),
}
"""Each field that does not always apply: the field it depends on, and the values with which it applies. In form order."""

REQUIRED = {
    "inactive_after": _("Enter after how long a session ends."),
    "access": _("Select an access level."),
    "access_for": _("Enter how long customers keep this access."),
    "then_limited_for": _("Enter how long limited access lasts."),
    "redirect_customer": _("Enter the URL that customers are sent to."),
}
"""What is said of a field that applies and was left empty."""


def shown_when(name: str) -> str:
    """The condition under which a field is on the screen, as the expression that django-unfold evaluates."""
    parent, values = APPLIES_WHEN[name]
    if values == {True}:
        condition = f"{parent} == true"
    else:
        condition = f"{sorted(map(str, values))}.includes({parent})"
    return f"{shown_when(parent)} && {condition}" if parent in APPLIES_WHEN else condition


class EndSessionBehaviorForm(forms.ModelForm):
    """Clears what does not apply, however the form was posted, and names each problem at its field (rules.md 4, 7)."""

    inactive_after = DurationField(label=_("Duration"), shortest=SHORTEST, longest=LONGEST_INACTIVITY)
    warn_before = DurationField(
        label=_("Warn before"),
        shortest=timedelta(0),
        longest=LONGEST_INACTIVITY,
        initial=timedelta(minutes=1),
        help_text=_("How long before the end the agent and the customer see a countdown. 0 means no warning."),
    )
    access_for = DurationField(label=_("Duration"), shortest=SHORTEST, longest=LONGEST_ACCESS)
    then_limited_for = DurationField(label=_("Duration"), shortest=SHORTEST, longest=LONGEST_ACCESS)

    class Meta:
        model = EndSessionBehavior
        exclude = ("version",)
        widgets = {"redirect_agent": ChoiceRadios, "activity_counts": ChoiceRadios, "access": ChoiceRadios}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, (parent, values) in APPLIES_WHEN.items():
            if cleaned.get(parent) not in values:
                self._clear(name)
            elif name in REQUIRED and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, REQUIRED[name])
        self._check_warning()
        self._check_redirect()
        return cleaned

    def _clear(self, name: str) -> None:
        """Forget what was posted for a field that does not apply, and any problem with it."""
        self.errors.pop(name, None)
        field = self.Meta.model._meta.get_field(name)
        self.cleaned_data[name] = field.get_default()

    def _check_warning(self) -> None:
        after, warn = self.cleaned_data.get("inactive_after"), self.cleaned_data.get("warn_before")
        if after and warn and warn >= after:
            message = _("The warning must be shorter than the duration, %(after)s.")
            self.add_error("warn_before", ValidationError(message, params={"after": in_words(after)}))

    def _check_redirect(self) -> None:
        if address := self.cleaned_data.get("redirect_customer"):
            try:
                check_redirect(address, own_origin=settings.BASE_URL)
            except RedirectProblem as problem:
                self.add_error("redirect_customer", str(problem))
