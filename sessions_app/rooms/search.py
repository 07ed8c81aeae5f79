"""The search page: past and present sessions that the agent may read."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from policies_app.kinds import EndReason, SessionState
from policies_app.models import Workstream
from sessions_app.models import Agent, LiveSession, TimelineEntry
from sessions_app.rooms.seats import agent_of
from sessions_app.search import Found, Wanted, find
from sessions_app.search_terms import MOST_TYPED, Terms, marked, snippet, terms
from sessions_app.who_may import MONITOR

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
_DATE = {"invalid": _("Enter a date such as 2026-03-02.")}


class SearchForm(forms.Form):
    """What is looked for; all of it may be left out. Dates are days where the viewer is (`zone`)."""

    q = forms.CharField(label=_("Search"), required=False, max_length=MOST_TYPED)
    since = forms.DateField(label=_("Started from"), required=False, error_messages=_DATE)
    until = forms.DateField(label=_("Started until"), required=False, error_messages=_DATE)
    reason = forms.ChoiceField(label=_("How it ended"), required=False)
    workstream = forms.ModelChoiceField(
        Workstream.objects.none(), label=_("Workstream"), required=False, empty_label=_("Any")
    )
    agent = forms.ModelChoiceField(Agent.objects.none(), label=_("Agent"), required=False, empty_label=_("Any"))
    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = by.user.has_perm(MONITOR)
        workstreams = Workstream.objects.all() if everything else Workstream.objects.filter(agents=by)
        agents = Agent.objects.all() if everything else Agent.objects.filter(workstreams__in=workstreams).distinct()
        cast("forms.ModelChoiceField", self.fields["workstream"]).queryset = workstreams
        cast("forms.ModelChoiceField", self.fields["agent"]).queryset = agents.order_by("name")
        reasons = [("", _("Any")), *((reason, _(reason.label)) for reason in EndReason)]
        cast("forms.ChoiceField", self.fields["reason"]).choices = reasons
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["q"].widget.input_type = "search"
        for field in self.visible_fields():
            kind = "form-select" if isinstance(field.field, forms.ChoiceField) else "form-control"
            field.field.widget.attrs |= {"class": kind, "autocomplete": "off"}

    def clean_zone(self) -> tzinfo:
        """The viewer's time zone; UTC where it is not known."""
        try:
            return ZoneInfo(self.cleaned_data["zone"] or "UTC")
        except (KeyError, ValueError, OSError):
            return UTC

    def clean_since(self) -> date | None:
        return _bounded(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return _bounded(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return cleaned

    @property
    def narrows(self) -> bool:
        """Whether more than words was given: then those fields are in view."""
        return any(self.data.get(name) for name in ("since", "until", "reason", "workstream", "agent"))

    def wanted(self) -> Wanted:
        """What is looked for. Only of a valid form."""
        given = self.cleaned_data
        return Wanted(
            terms=terms(given["q"]),
            since=_begins(given["since"], given["zone"]),
            until=_begins(given["until"] and given["until"] + timedelta(days=1), given["zone"]),
            reason=EndReason(given["reason"]) if given["reason"] else None,
            workstream=given["workstream"],
            agent=given["agent"],
        )


@never_cache
@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find sessions. The whole question is in the address, so that it can be kept and passed on."""
    agent = agent_of(request)
    form = SearchForm(request.GET, by=agent)
    if not form.is_valid():
        return render(request, "agent/search.html", {"form": form, "results": None}, status=422)
    wanted = form.wanted()
    found = find(agent, wanted, _key(request.GET.get("before", "")))
    context = {
        "form": form,
        "results": [_result(one, found, wanted.terms) for one in found.sessions],
        "found": found,
        "asked": any(value for name, value in request.GET.items() if name not in ("before", "zone")),
        "older": _address(request, before=found.older) if found.older else "",
        "newest": _address(request) if "before" in request.GET else "",
    }
    return render(request, "agent/search.html", context)


def _result(session: LiveSession, found: Found, wanted: Terms) -> dict[str, Any]:
    row, customer = found.rows.get(session.pk), session.customer
    return {
        "session": session,
        "state": SessionState(session.state),
        "name": marked(customer.name, wanted.words),
        "reached": [marked(text, wanted.words) for text in (customer.email, customer.phone) if text],
        "row": row,
        "text": snippet(_text_of(row), wanted.words) if row else "",
    }


def _text_of(row: TimelineEntry) -> str:
    """What somebody wrote, or the name of the file that they added, or of the document that they sent."""
    return str(row.payload.get("text") or row.payload.get("name") or "")


def _address(request: HttpRequest, **more: object) -> str:
    """This page with the same question, from somewhere else in the list."""
    kept: Iterable[tuple[str, object]] = [
        (name, text) for name, text in request.GET.items() if name != "before" and text
    ]
    return f"?{urlencode([*kept, *more.items()])}"


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _begins(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


def _bounded(day: date | None) -> date | None:
    if day and not EARLIEST <= day <= LATEST:
        raise forms.ValidationError(_("Enter a date from 2000 to 2199."))
    return day
