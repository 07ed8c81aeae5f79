"""What administrators type about webhooks."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelect2MultipleWidget

from policies_app.models import Workstream
from sessions_app.kinds import EntryKind
from sessions_app.models import LiveSession
from sessions_app.webhooks import actions
from sessions_app.webhooks.kinds import Overlap
from sessions_app.webhooks.models import WebhookEndpoint


class WebhookForm(forms.ModelForm):
    """The settings of an endpoint. Its address is looked up when it is new. `secret`: what was made with it."""

    secret = ""

    workstreams = forms.ModelMultipleChoiceField(
        label=_("Workstreams"),
        queryset=Workstream.objects.order_by("name"),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text=_("None: all of them."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of rows"),
        choices=[(kind.value, kind.label) for kind in EntryKind],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None: all of them."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("name", "url", "workstreams", "with_notes", "kinds")
        help_texts = {
            "url": _("It begins with https:// and is on the public internet. Rows are sent there by POST, as JSON."),
        }

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if url != self.initial.get("url"):
            try:
                actions.check_url(url)
            except ValidationError as problem:
                raise ValidationError(problem.message_dict["url"]) from problem
        return url


class ResumeForm(forms.Form):
    """Whether to send what happened meanwhile."""

    leave_out = forms.BooleanField(
        label=_("Leave out what happened meanwhile, and what waited before, for good"), required=False
    )


class RotateForm(forms.Form):
    """For how long the old secret holds."""

    overlap = forms.ChoiceField(
        label=_("The old secret still signs too for"),
        choices=[(one.value, one.label) for one in Overlap],
        initial=Overlap.DAY,
    )


class SessionForm(forms.Form):
    """Which session, by the id that webhooks tell."""

    session = forms.UUIDField(
        label=_("Session"), help_text=_("The id of the session, as in the webhooks and on its page.")
    )

    def clean_session(self) -> LiveSession:
        found = LiveSession.objects.filter(public_id=self.cleaned_data["session"]).first()
        if found is None:
            raise ValidationError(_("There is no such session."))
        return found


class ReplaySessionForm(SessionForm):
    """Which rows of a session."""

    from_number = forms.IntegerField(
        label=_("From row"), min_value=1, max_value=2_147_483_647, initial=1, help_text=_("1: all of them.")
    )


class ReplaySinceForm(forms.Form):
    """From which moment on."""

    since = forms.DateTimeField(
        label=_("Recorded since (UTC)"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
