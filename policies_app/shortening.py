"""Asks an administrator who shortens a time limit whether widgets may hold a seat for less long (rules.md 5)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldBooleanWidget

from policies_app.durations import in_words
from policies_app.models import ChatWidget, Workstream


class AgreementWidget(UnfoldBooleanWidget):
    """A checkbox that nobody ticks but the administrator. What it posts names what they agree to."""

    def __init__(self, agreement: str) -> None:
        super().__init__({"value": agreement})
        self.check_test = lambda _value: False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        return context


class ShorteningForm(forms.ModelForm):
    """A form with a question that is only asked where there is something to agree to."""

    shorten = forms.BooleanField(
        label=gettext_lazy("Shorten how long the seat is held"), required=False, widget=forms.HiddenInput
    )

    def ask_to_shorten(
        self, field: str, widgets: Iterable[ChatWidget], workstream: Workstream, limit: timedelta
    ) -> None:
        """A problem with that field unless the administrator agreed to shorten just these widgets to just that limit.

        The limit is, or is about to be, that of the workstream.
        """
        widgets = list(widgets)
        agreement = f"{','.join(str(one.pk) for one in widgets)}@{limit.total_seconds():g}"
        if not widgets or self.data.get(self.add_prefix("shorten")) == agreement:
            return
        said = _(
            "The agent's seat is held for longer than %(limit)s, the Auto-close after inactivity of %(workstream)s, "
            "by %(widgets)s. Agree below that it is shortened, or change this back."
        )
        listed = ", ".join(f"{one} ({in_words(one.same_agent_for)})" for one in widgets if one.same_agent_for)
        self.add_error(field, said % {"limit": in_words(limit), "workstream": workstream, "widgets": listed})
        self.fields["shorten"].widget = AgreementWidget(agreement)
        question = self["shorten"]
        question.label = _("Shorten it to %s") % in_words(limit)
        names = ", ".join(map(str, widgets))
        question.help_text = _("Reconnect to previous agent for, of %s. Tick it and save again.") % names
