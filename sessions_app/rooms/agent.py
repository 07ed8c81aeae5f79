"""What only agents do: the welcome page, starting sessions, and the controls of their room."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from uuid_utils.compat import uuid7

from policies_app.kinds import EndReason
from sessions_app import invitations, selectors
from sessions_app.actions import follow_up_done
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor, Audience
from sessions_app.live import room_topic
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.presence import present
from sessions_app.rooms.conversation import answer, room_page, wants_json
from sessions_app.rooms.forms import StartForm
from sessions_app.rooms.seats import Seat, agent_of
from sessions_app.rooms.state import room_state, welcome_stream
from sessions_app.settling import settle_one
from sessions_app.tasks import order_invitation
from sessions_app.transitions import end as end_session
from sessions_app.transitions import start_invitation


@never_cache
@login_required
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """The agent's start: a new session, what is open, who waits for an answer. Administrators go to the settings."""
    if request.user.is_staff and not Agent.objects.filter(user=request.user.pk).exists():
        return redirect("admin:index")
    agent = agent_of(request)
    return _welcome_page(request, agent, StartForm())


@never_cache
@login_required
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """The lists of the welcome page, for a page that is open."""
    return render(request, "agent/sessions.html", _lists(agent_of(request), timezone.now()))


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start an invitation session and invite the customer by e-mail."""
    agent, form = agent_of(request), StartForm(request.POST)
    if not form.is_valid():
        return _welcome_page(request, agent, form, status=422)
    key = form.cleaned_data["key"]
    try:
        _start(agent, form.save(commit=False), key)
    except IntegrityError:
        started = selectors.room(key)
        if started is None or started.agent_id != agent.pk or not _same_person(started.customer, form.instance):
            key = uuid7()  # the form was used before, for somebody else: the browser went back to it
            _start(agent, form.instance, key)
    return redirect("agent:room", key)


@require_POST
def end(request: HttpRequest, seat: Seat) -> HttpResponse:
    """End Session."""
    reason, agent = EndReason.ENDED_BY_AGENT, seat.author.agent
    end_session(seat.session.pk, reason, actor=Actor.AGENT, agent=agent, now=seat.now)
    seat = seat.moved()
    if not wants_json(request) and (leads_to := room_state(seat).redirect):
        return redirect(leads_to)
    return answer(request, seat)


@require_POST
def keep_open(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keep open: the agent is here."""
    assert seat.author.agent
    note_activity(seat.author.agent, seat.session.pk, now=seat.now)
    return answer(request, seat.moved())


@require_POST
def done(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The agent has seen to what the customer wrote after the end."""
    assert seat.author.agent
    follow_up_done(seat.session.pk, seat.author.agent, now=seat.now)
    return answer(request, seat.moved())


@require_POST
def link(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new link for the customer, for the agent to pass on."""
    assert seat.author.agent
    address = invitations.show_link(seat.session, seat.author.agent, now=seat.now)
    if wants_json(request):
        return JsonResponse({"link": address})
    return room_page(request, seat.moved(), shown_link=address)


@login_required
@require_POST
def activity(request: HttpRequest) -> HttpResponse:
    """The agent really did something in a page of theirs (rules.md 3)."""
    agent, now = agent_of(request), timezone.now()
    note_activity(agent, _session_of(agent, request.POST.get("session", "")), now=now)
    return HttpResponse(status=204)


@transaction.atomic
def _start(agent: Agent, customer: Customer, public_id: UUID) -> None:
    customer.pk = None
    customer.save()
    session = start_invitation(agent, customer, public_id=public_id, now=timezone.now())
    if customer.email:
        transaction.on_commit(partial(order_invitation, session.pk))


def _same_person(one: Customer, other: Customer) -> bool:
    return (one.name, one.email, one.phone) == (other.name, other.email, other.phone)


def _session_of(agent: Agent, public_id: str) -> int | None:
    try:
        found = LiveSession.objects.filter(agent=agent, public_id=UUID(public_id))
    except ValueError:
        return None
    return found.values_list("pk", flat=True).first()


def _welcome_page(request: HttpRequest, agent: Agent, form: StartForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "ended": _just_ended(agent, request.GET.get("ended", "")),
    }
    return render(request, "agent/welcome.html", context | _lists(agent, timezone.now()), status=status)


def _lists(agent: Agent, now: datetime) -> dict[str, object]:
    """The agent's open sessions, each with whether its customer is there, and those that wait for an answer."""
    for pk in selectors.due_sessions(agent, now):
        settle_one(pk, now)
    sessions = selectors.open_sessions(agent)
    names = {one.pk: room_topic(one.public_id, Audience.CUSTOMER) for one in sessions}
    here = present(list(names.values()))
    return {
        "sessions": [{"session": one, "present": here[names[one.pk]]} for one in sessions],
        "follow_ups": selectors.follow_ups(agent),
        **welcome_stream(agent.pk, now),
    }


def _just_ended(agent: Agent, public_id: str) -> LiveSession | None:
    pk = _session_of(agent, public_id)
    return selectors.rooms().get(pk=pk) if pk else None
