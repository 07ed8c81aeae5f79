"""The form by which an agent starts a session."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from policies_app.models import Workstream
from sessions_app import selectors
from sessions_app.delivery import has_sms
from sessions_app.kinds import Way
from sessions_app.models import Agent
from sessions_app.rooms.forms import CustomerForm
from sessions_app.starting import Wanted

EITHER, BOTH, NO_LETTER = "either", "both", "none"
WAYS: dict[str, tuple[Way, ...] | None] = {
    EITHER: None,
    Way.EMAIL: (Way.EMAIL,),
    Way.SMS: (Way.SMS,),
    BOTH: (Way.EMAIL, Way.SMS),
    NO_LETTER: (),
}
"""What each choice means for `tasks.order_letter`."""

_CHOICES = [
    (EITHER, _("E-mail, or SMS where there is no address")),
    (BOTH, _("E-mail and SMS")),
    (Way.SMS, _("SMS")),
    (NO_LETTER, _("Nothing: I pass a link on")),
]
_CHOICES_WITHOUT_SMS = [(EITHER, _("E-mail")), (NO_LETTER, _("Nothing: I pass a link on"))]


class StartForm(CustomerForm):
    """A new session for a customer. `key` becomes the session's public id, so that a double click starts one only.

    `known` are the open sessions of the same customer that the agent was told of already.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    known = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    workstream = forms.ModelChoiceField(
        Workstream.objects.none(), label=_("Workstream"), error_messages={"required": _("Choose a workstream.")}
    )
    invite = forms.ChoiceField(label=_("Invite by"), choices=_CHOICES, initial=EITHER, required=False)

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer(list(selectors.workstreams_of(agent)))
        if not has_sms():
            cast("forms.ChoiceField", self.fields["invite"]).choices = _CHOICES_WITHOUT_SMS
        self.fields["phone"].widget.input_type = "tel"
        for field in self.visible_fields():
            kind = "form-select" if isinstance(field.field, forms.ChoiceField) else "form-control"
            field.field.widget.attrs |= {"class": kind, "autocomplete": "off"}

    def _offer(self, workstreams: list[Workstream]) -> None:
        """The agent's workstreams; one alone is no question."""
        field = cast("forms.ModelChoiceField", self.fields["workstream"])
        field.queryset = Workstream.objects.filter(pk__in=[one.pk for one in workstreams])
        if len(workstreams) == 1:
            field.initial, field.required, field.widget = workstreams[0], False, forms.HiddenInput()
        self.without_workstream = not workstreams

    def clean_workstream(self) -> Workstream:
        chosen = self.cleaned_data["workstream"] or self.fields["workstream"].initial
        if chosen is None:
            raise forms.ValidationError(_("Choose a workstream."))
        return cast("Workstream", chosen)

    def clean_key(self) -> UUID:
        return self.cleaned_data["key"] or uuid7()

    def clean_known(self) -> frozenset[int]:
        return frozenset(int(one) for one in self.cleaned_data["known"].split() if one.isascii() and one.isdecimal())

    def clean_invite(self) -> tuple[Way, ...] | None:
        """As `tasks.order_letter` takes it."""
        return WAYS[self.cleaned_data["invite"] or EITHER]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_addresses(cleaned)
        return cleaned

    def wanted(self, *, prepared: bool) -> Wanted:
        """What a valid form asks for."""
        given = self.cleaned_data
        return Wanted(self.instance, given["workstream"], given["invite"], prepared, given["known"])

    def _check_addresses(self, cleaned: dict[str, Any]) -> None:
        """Each way that was chosen needs an address."""
        for way in cleaned.get("invite") or ():
            field = {Way.EMAIL: "email", Way.SMS: "phone"}[way]
            if not self.errors.get(field) and not cleaned.get(field):
                self.add_error(field, _NEEDED[way])


_NEEDED = {
    Way.EMAIL: _("Enter an e-mail address to invite by e-mail."),
    Way.SMS: _("Enter a phone number to invite by SMS."),
}
