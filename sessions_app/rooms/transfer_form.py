"""To whom a session can be transferred, with what is free there."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from policies_app.kinds import SessionState
from policies_app.models import Workstream
from sessions_app import availability, seats
from sessions_app.assigning import transfer_to_agent, transfer_to_workstream
from sessions_app.models import Agent, LiveSession
from sessions_app.rooms.forms import TypedText

AGENT, WORKSTREAM = "agent", "workstream"

Choice = tuple[str, str]


class TransferForm(forms.Form):
    """To an agent who is available with a free seat, or to a workstream; with a note that only agents see."""

    to = forms.ChoiceField(
        label=gettext_lazy("To"),
        error_messages={
            "required": gettext_lazy("Choose to whom."),
            "invalid_choice": gettext_lazy("Nobody is free there any more. Choose somebody else."),
        },
    )
    note = TypedText(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("For whoever goes on; the customer does not see it."),
    )

    def __init__(self, data: Any, *, session: LiveSession, by: Agent, now: datetime) -> None:
        super().__init__(data, auto_id="asked_%s")  # other rooms and forms are in the same page
        self.session, self.by, self.now = session, by, now
        offered = [("", _("Choose…")), *_groups(colleagues(session, now), workstreams())]
        self.fields["to"].widget = forms.Select({"class": "form-select"}, offered)
        self.fields["to"].choices = offered  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["note"].widget.attrs["class"] = "form-control"

    def transfer(self) -> None:
        """Do it. Raises Refused if whoever was free is so no longer."""
        kind, _colon, key = self.cleaned_data["to"].partition(":")
        note = self.cleaned_data["note"]
        if kind == AGENT:
            transfer_to_agent(self.session.pk, self.by, Agent.objects.get(pk=int(key)), note, now=self.now)
        else:
            transfer_to_workstream(self.session.pk, self.by, Workstream.objects.get(pk=int(key)), note, now=self.now)


def colleagues(session: LiveSession, now: datetime) -> list[Choice]:
    """The available agents of the session's workstream who have a free seat, but for its own. Three queries."""
    found = list(availability.available(session.workstream_id, now).order_by("name"))
    used = seats.used_by([one.pk for one in found], now)
    free = [(one, one.capacity - used[one.pk]) for one in found if one.pk != session.agent_id]
    return [(f"{AGENT}:{one.pk}", _with_free(one, number)) for one, number in free if number > 0]


def workstreams() -> list[Choice]:
    """The workstreams that somebody works in, with how many wait there. One query."""
    staffed = Workstream.objects.filter(is_active=True, agents__user__is_active=True)
    waiting = Count("sessions", filter=Q(sessions__state=SessionState.QUEUED), distinct=True)
    found = staffed.annotate(waiting=waiting).order_by("name")
    return [(f"{WORKSTREAM}:{one.pk}", _with_waiting(one, one.waiting)) for one in found]


def _groups(agents: Iterable[Choice], queues: Iterable[Choice]) -> list[tuple[str, list[Choice]]]:
    groups = [(_("Available colleagues"), list(agents)), (_("Queue of a workstream"), list(queues))]
    return [(label, choices) for label, choices in groups if choices]


def _with_free(agent: Agent, free: int) -> str:
    words = {"name": agent.name, "free": free, "all": agent.capacity}
    return _("%(name)s (%(free)d of %(all)d seats free)") % words


def _with_waiting(workstream: Workstream, waiting: int) -> str:
    if not waiting:
        return _("%s (nobody waits)") % workstream.name
    said = ngettext("%(name)s (%(number)d waits)", "%(name)s (%(number)d wait)", waiting)
    return said % {"name": workstream.name, "number": waiting}
