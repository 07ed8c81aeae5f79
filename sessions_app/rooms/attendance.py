"""What an agent's pages tell of the agent: that they are here, whether they do something, and what they chose to be."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from policies_app.kinds import AgentStatus
from sessions_app import availability
from sessions_app.activity import note_activity
from sessions_app.models import Agent, LiveSession
from sessions_app.rooms.conversation import wants_json
from sessions_app.rooms.lists import CHOICES
from sessions_app.rooms.seats import agent_of


@login_required
@require_POST
def activity(request: HttpRequest) -> HttpResponse:
    """The agent really did something in a page of theirs (rules.md 3)."""
    agent, now = agent_of(request), timezone.now()
    note_activity(agent, session_of(agent, request.POST.get("session", "")), now=now)
    availability.note_seen(agent, now, active=True)
    return HttpResponse(status=204)


@login_required
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """With a `status`, the agent chose to be available, away or offline; without one, a page of theirs is open."""
    agent, now = agent_of(request), timezone.now()
    chosen = request.POST.get("status", "")
    if chosen and chosen not in CHOICES:
        return HttpResponseBadRequest(_("The status is available, away or offline."))
    if chosen:
        availability.choose(agent, AgentStatus(chosen), now)
    else:
        availability.note_seen(agent, now, active=False)
    return HttpResponse(status=204) if wants_json(request) else redirect("welcome")


def session_of(agent: Agent, public_id: str) -> int | None:
    """The key of the agent's session with this public id, however the text looks; None if there is none."""
    try:
        found = LiveSession.objects.filter(agent=agent, public_id=UUID(public_id))
    except ValueError:
        return None
    return found.values_list("pk", flat=True).first()
