"""An agent starts a session: for a customer who is invited at once, later, or who is here already."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sessions_app import returning
from sessions_app.actions import Refused
from sessions_app.models import Agent, LiveSession
from sessions_app.returning import AlreadyOpen
from sessions_app.rooms import workspace
from sessions_app.rooms.agent import LAST_WORKSTREAM, welcome_page
from sessions_app.rooms.seats import agent_of
from sessions_app.rooms.start_form import StartForm
from sessions_app.starting import start as start_session


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Start an invitation session and invite the customer, or prepare it. What was typed stays if it cannot be done."""
    agent = agent_of(request)
    if request.method != "POST":  # somebody came back to the address of a form that was refused
        return redirect("welcome")
    form = StartForm(request.POST, agent=agent)
    if not form.is_valid():
        return welcome_page(request, agent, form, status=422)
    request.session[LAST_WORKSTREAM] = form.cleaned_data["workstream"].pk
    wanted, key = form.wanted(prepared="prepare" in request.POST), form.cleaned_data["key"]
    try:
        key = start_session(agent, wanted, key, now=timezone.now())
    except AlreadyOpen as again:
        if again.leads_to:
            return _to_room(request, again.leads_to.public_id)
        return _ask(request, agent, form, again.sessions)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return welcome_page(request, agent, form, status=422)
    return _to_room(request, key)


def _ask(request: HttpRequest, agent: Agent, form: StartForm, found: list[LiveSession]) -> HttpResponse:
    """The form again, above it the sessions that the customer has open: the agent continues one, or starts another."""
    told = form.cleaned_data["known"] | {one.pk for one in found}
    again = StartForm(request.POST.dict() | {"known": " ".join(map(str, sorted(told)))}, agent=agent)
    return welcome_page(request, agent, again, status=422, known=returning.as_told(found, agent))


def _to_room(request: HttpRequest, public_id: UUID) -> HttpResponse:
    part = "?part=room" if workspace.part_of(request) else ""
    return redirect(f"{reverse('agent:room', args=[public_id])}{part}")
