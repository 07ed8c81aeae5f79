"""The form behind System settings > End session behavior."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from policies_app.durations import in_words
from policies_app.fields import ChoiceRadios, DurationField
from policies_app.kinds import AccessSetting
from policies_app.models import EndSessionBehavior, Workstream
from policies_app.redirects import RedirectProblem, check_redirect
from policies_app.selectors import system_settings
from policies_app.snapshot import LONGEST_ACCESS, LONGEST_INACTIVITY, LONGEST_WAIT, SHORTEST

APPLIES_WHEN: dict[str, tuple[str, frozenset[Any]]] = {
    "inactive_after": ("end_when_inactive", frozenset({True})),
    "activity_counts": ("end_when_inactive", frozenset({True})),
    "warn_before": ("end_when_inactive", frozenset({True})),
    "wait_for_customer": ("end_when_inactive", frozenset({True})),
    "wait_at_most": ("wait_for_customer", frozenset({True})),
    "access": ("access_on", frozenset({True})),
    "access_for": ("access", frozenset({AccessSetting.FULL_RESTRICTED, AccessSetting.LIMITED})),
    "attachments": ("access", frozenset({AccessSetting.FULL_UNLIMITED, AccessSetting.FULL_RESTRICTED})),
    "chat": ("access", frozenset({AccessSetting.FULL_UNLIMITED, AccessSetting.FULL_RESTRICTED})),
    "then_limited": ("access", frozenset({AccessSetting.FULL_RESTRICTED})),
    "then_limited_for": ("then_limited", frozenset({True})),
    "redirect_customer": ("redirect_customer_on", frozenset({True})),
}
"""Fields that do not always apply: the field each depends on, and with which of its values. In the form's order."""

AGENT_FIELDS = (
    "redirect_agent",
    "end_when_inactive",
    "inactive_after",
    "activity_counts",
    "warn_before",
    "wait_for_customer",
    "wait_at_most",
)
CUSTOMER_FIELDS = (
    "access_on",
    "access",
    "access_for",
    "attachments",
    "chat",
    "then_limited",
    "then_limited_for",
    "redirect_customer_on",
    "redirect_customer",
)
"""What stands on which tab."""

USUAL_WARNING = timedelta(minutes=1)

REQUIRED = {
    "inactive_after": _("Enter after how long a session ends."),
    "wait_at_most": _("Enter how long the end waits at most."),
    "access": _("Select an access level."),
    "access_for": _("Enter how long customers keep this access."),
    "then_limited_for": _("Enter how long limited access lasts."),
    "redirect_customer": _("Enter the URL that customers are sent to."),
}
"""What is said of a field that applies and was left empty."""


def shown_when(name: str, applies_when: Mapping[str, tuple[str, frozenset[Any]]] = APPLIES_WHEN) -> str:
    """The condition under which a field is on the screen, as the expression that django-unfold evaluates."""
    parent, values = applies_when[name]
    condition = f"{parent} == true" if values == {True} else f"{sorted(map(str, values))}.includes({parent})"
    return f"{shown_when(parent, applies_when)} && {condition}" if parent in applies_when else condition


class EndSessionBehaviorForm(forms.ModelForm):
    """Clears what does not apply, however the form was posted, and names each problem at its field (rules.md 4, 7).

    What is posted for a locked field is ignored: it keeps what is stored. `new_override_of` is the workstream that is
    about to get its own behavior.
    """

    locked: ClassVar[frozenset[str]] = frozenset()
    new_override_of: ClassVar[Workstream | None] = None

    inactive_after = DurationField(
        label=_("Duration"),
        shortest=SHORTEST,
        longest=LONGEST_INACTIVITY,
        help_text=_("After how long without any activity of the agent a session ends by itself."),
    )
    warn_before = DurationField(
        label=_("Warn before"),
        shortest=timedelta(0),
        longest=LONGEST_INACTIVITY,
        help_text=_(
            "How long before the end the agent and the customer see a countdown. 0 means no warning; empty, one minute."
        ),
    )
    wait_at_most = DurationField(
        label=_("Wait at most"),
        shortest=SHORTEST,
        longest=LONGEST_WAIT,
        help_text=_("How much later than otherwise a session ends at the latest."),
    )
    access = forms.ChoiceField(
        label=_("Access level"),
        choices=[(level, _(level.label)) for level in AccessSetting],
        required=False,
        widget=ChoiceRadios,
        help_text=_(
            "Full access: customers can do everything in the session, including completing documents. "
            "Limited access: they can review incomplete documents and download completed ones, but complete nothing."
        ),
    )
    access_for = DurationField(
        label=_("Duration"),
        shortest=SHORTEST,
        longest=LONGEST_ACCESS,
        help_text=_("How long customers keep this access after the end."),
    )
    then_limited_for = DurationField(
        label=_("Duration"),
        shortest=SHORTEST,
        longest=LONGEST_ACCESS,
        help_text=_("How long limited access lasts after full access is over."),
    )

    class Meta:
        model = EndSessionBehavior
        fields = (*AGENT_FIELDS, *CUSTOMER_FIELDS)
        widgets = {"redirect_agent": ChoiceRadios, "activity_counts": ChoiceRadios}
        help_texts = {
            "redirect_agent": _("Which interface the agent sees once a session has ended."),
            "end_when_inactive": _("Sessions end by themselves when their agent is inactive for the duration."),
            "wait_for_customer": _(
                "A session does not end by itself while its customer is writing, adding a file "
                "or filling in a document."
            ),
            "activity_counts": _("Which activity of the agent keeps a session open."),
            "access_on": _("What customers can still do in a session after it has ended. Off: nothing."),
            "attachments": _("Customers can add attachments after the end."),
            "chat": _("Customers can use the chat to send a message to the agent after the end."),
            "then_limited": _("Give limited access for a while after full access is over."),
            "redirect_customer_on": _("Send customers to a page of yours at the end of a session."),
            "redirect_customer": _("For example https://example.com/thanks?session={session_id}&reason={reason}"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("warn_before") is None:
            no_warning = self.initial.get("end_when_inactive")
            self.initial["warn_before"] = timedelta(0) if no_warning else USUAL_WARNING
        for name in self.locked & self.fields.keys():
            self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, (parent, values) in APPLIES_WHEN.items():
            if cleaned.get(parent) not in values:
                self._clear(name)
            elif name in REQUIRED and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, REQUIRED[name])
        self._check_warning()
        self._check_redirect()
        self._check_nobody_was_faster()
        self._check_not_overtaken(cleaned)
        return cleaned

    def _clear(self, name: str) -> None:
        """Forget what was posted for a field that does not apply, and any problem with it."""
        self.errors.pop(name, None)
        empty = getattr(EndSessionBehavior(), name)
        self.cleaned_data[name] = empty
        setattr(self.instance, name, empty)  # a field left out of the post would keep what was stored before

    def _check_warning(self) -> None:
        if self.cleaned_data["end_when_inactive"] and self.cleaned_data.get("warn_before", "") is None:
            self.cleaned_data["warn_before"] = USUAL_WARNING
        after, warn = self.cleaned_data.get("inactive_after"), self.cleaned_data.get("warn_before")
        if after and warn and warn >= after:
            message = _("The warning must be shorter than the duration, %(after)s.")
            self.add_error("warn_before", ValidationError(message, params={"after": in_words(after)}))

    def _check_not_overtaken(self, cleaned: dict[str, Any]) -> None:
        """Two tabs, or two people: whoever saves second is told once what would be lost. A double click is no conflict.

        `based_on` is the version that the page was made from; the page that says so is made from the one of now.
        """
        based_on = self.data.get("based_on")
        if self.errors or not based_on or based_on == str(self.instance.version_id):
            return
        if self.instance.pk is None:
            said = _("This override was removed after you opened the page. What you typed is still here: save it anew.")
            self.add_error(None, said)
            return
        stored = EndSessionBehavior.objects.get(pk=self.instance.pk)
        if any(cleaned.get(name) != getattr(stored, name) for name in (*AGENT_FIELDS, *CUSTOMER_FIELDS)):
            self.add_error(
                None,
                _(
                    "Somebody saved other settings after you opened this page. What you typed is still here: "
                    "look at the history for what they changed, and save again if yours should hold."
                ),
            )

    def _check_redirect(self) -> None:
        address = self.cleaned_data.get("redirect_customer")
        if not address or "redirect_customer" in self.locked:
            return
        try:
            check_redirect(address, own_origin=settings.BASE_URL, allowed_hosts=system_settings().redirect_hosts)
        except RedirectProblem as problem:
            self.add_error("redirect_customer", str(problem))

    def _check_nobody_was_faster(self) -> None:
        workstream = self.new_override_of
        if workstream and EndSessionBehavior.objects.filter(workstream=workstream).exists():
            message = _(
                "Somebody has given %(workstream)s its own behavior in the meantime. What you entered is still here, "
                "but cannot be saved as a second one. Open the other one in a new tab to compare."
            )
            self.add_error(None, ValidationError(message, params={"workstream": workstream}))
