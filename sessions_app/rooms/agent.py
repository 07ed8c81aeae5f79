"""What only agents do: the welcome page, starting sessions, and the controls of their room."""

from collections.abc import Iterable
from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from policies_app.kinds import AccessLevel, EndReason, SessionState
from sessions_app import reconnecting, selectors
from sessions_app.actions import Refused, follow_up_done
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor
from sessions_app.models import Agent, LiveSession
from sessions_app.more_time import give_more_time
from sessions_app.returning import Told
from sessions_app.roles import may_open_settings
from sessions_app.rooms import workspace
from sessions_app.rooms.attendance import session_of
from sessions_app.rooms.conversation import answer, declined, first_error, wants_json
from sessions_app.rooms.forms import MoreTimeForm
from sessions_app.rooms.notices import notice_after_redirect
from sessions_app.rooms.seats import Seat, agent_of, languages_of
from sessions_app.rooms.start_form import StartForm
from sessions_app.rooms.state import room_state
from sessions_app.transitions import NotPossible
from sessions_app.transitions import end as end_session

LAST_WORKSTREAM = "workstream"
"""Under which name a browser's session keeps what the agent chose last."""


@never_cache
@login_required
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """The agent's start: a new session, what is open, who waits for an answer. Administrators go to the settings."""
    if may_open_settings(request.user) and not Agent.objects.filter(user=request.user.pk).exists():
        return redirect("admin:index")
    agent = agent_of(request)
    chosen_last = {"workstream": request.session.get(LAST_WORKSTREAM)}
    return welcome_page(request, agent, StartForm(agent=agent, initial=chosen_last))


@never_cache
@login_required
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """The lists at the side, for a page that is open, and the line for the rooms that it has open."""
    agent = agent_of(request)
    found = workspace.page(agent, timezone.now(), workspace.rooms_open_in(request, agent))
    # Without the request there are no tokens in the forms, which would make the same lists look different each time.
    return JsonResponse({"lists": render_to_string("agent/sessions.html", found)} | found["line"])


@require_POST
def end(request: HttpRequest, seat: Seat) -> HttpResponse:
    """End Session."""
    reason, agent = EndReason.ENDED_BY_AGENT, seat.author.agent
    with suppress(NotPossible):  # it is a colleague's by now, as the answer says
        end_session(seat.session.pk, reason, actor=Actor.AGENT, agent=agent, now=seat.now)
    seat = seat.moved()
    if not wants_json(request) and (leads_to := room_state(seat).redirect):
        return redirect(leads_to)
    return answer(request, seat)


@require_POST
def close(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Close, while the customer is away: the seat is free, and the session does not end."""
    assert seat.author.agent
    try:
        reconnecting.close(seat.session.pk, seat.author.agent, now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@require_POST
def keep_open(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keep open: the agent is here."""
    assert seat.author.agent
    note_activity(seat.author.agent, seat.session.pk, now=seat.now)
    return answer(request, seat.moved())


@require_POST
def more_time(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Give more time."""
    assert seat.author.agent
    form = MoreTimeForm(request.POST)
    if not form.is_valid():
        return declined(request, seat, first_error(form), 422)
    given = form.cleaned_data
    level = AccessLevel(given["level"])
    try:
        give_more_time(seat.session.pk, seat.author.agent, level, given["length"], given["reason"], now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@require_POST
def done(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The agent has seen to what the customer wrote after the end."""
    assert seat.author.agent
    follow_up_done(seat.session.pk, seat.author.agent, now=seat.now)
    return answer(request, seat.moved())


def welcome_page(
    request: HttpRequest, agent: Agent, form: StartForm, status: int = 200, known: Iterable[Told] = ()
) -> HttpResponse:
    """The welcome page, with this form to start a session; `known` are open sessions that the agent is asked about."""
    ended = _just_ended(agent, request.GET.get("ended", ""))
    context = {
        "form": form,
        "known": known,
        "ended": ended,
        "notice": notice_after_redirect(ended, languages_of(request)) if ended else "",
    }
    if workspace.part_of(request):
        return render(request, "agent/welcome.html", context, status=status)
    return render(request, "agent/workspace.html", context | workspace.page(agent, timezone.now()), status=status)


def _just_ended(agent: Agent, public_id: str) -> LiveSession | None:
    pk = session_of(agent, public_id)
    return selectors.rooms().filter(pk=pk, state=SessionState.ENDED).first() if pk else None
