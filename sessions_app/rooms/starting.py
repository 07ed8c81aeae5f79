"""An agent starts a session: for a customer who is invited at once, later, or who is here already."""

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from uuid_utils.compat import uuid7

from sessions_app import returning, seats, selectors
from sessions_app.actions import Refused
from sessions_app.invitations import INVITATION
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.returning import AlreadyOpen
from sessions_app.rooms import workspace
from sessions_app.rooms.agent import LAST_WORKSTREAM, welcome_page
from sessions_app.rooms.seats import agent_of
from sessions_app.rooms.start_form import StartForm
from sessions_app.tasks import order_letter
from sessions_app.transitions import start_invitation


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
    try:
        key = _started(agent, form, prepared="prepare" in request.POST)
    except AlreadyOpen as again:
        if again.leads_to:
            return _to_room(request, again.leads_to.public_id)
        return _ask(request, agent, form, again.sessions)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return welcome_page(request, agent, form, status=422)
    return _to_room(request, key)


def _started(agent: Agent, form: StartForm, *, prepared: bool) -> UUID:
    """The public id of the session that this form starts, or has started: a double click starts one only.

    Raises Refused without a free seat, AlreadyOpen as `returning.check` does.
    """
    customer, key = form.instance, form.cleaned_data["key"]
    if _is_started(agent, customer, key):
        return UUID(str(key))
    if selectors.room(key):
        key = uuid7()  # the form was used before, for somebody else: the browser went back to it
    try:
        _start(agent, form, key, prepared=prepared)
    except (IntegrityError, Refused, AlreadyOpen):
        if not _is_started(agent, customer, key):  # else the other click was first
            raise
    return UUID(str(key))


def _is_started(agent: Agent, customer: Customer, key: UUID) -> bool:
    """Whether this is the key of a session that this agent has with this person."""
    session = selectors.room(key)
    return session is not None and session.agent_id == agent.pk and _same_person(session.customer, customer)


def _same_person(one: Customer, other: Customer) -> bool:
    return (one.name, one.email, one.phone) == (other.name, other.email, other.phone)


@transaction.atomic
def _start(agent: Agent, form: StartForm, public_id: UUID, *, prepared: bool) -> None:
    """Whoever starts one waits first for the same person, then for the agent's seats (`seats.take`)."""
    given, customer, now = form.cleaned_data, form.instance, timezone.now()
    returning.check(agent, customer, given["workstream"], given["known"])
    if not prepared:
        seats.take(agent, now)
    customer.pk = None
    customer.save()
    workstream = given["workstream"].pk
    session = start_invitation(agent, customer, workstream, prepared=prepared, public_id=public_id, now=now)
    if not prepared:
        transaction.on_commit(partial(order_letter, session.pk, INVITATION, given["invite"]))


def _ask(request: HttpRequest, agent: Agent, form: StartForm, found: list[LiveSession]) -> HttpResponse:
    """The form again, above it the sessions that the customer has open: the agent continues one, or starts another."""
    told = form.cleaned_data["known"] | {one.pk for one in found}
    again = StartForm(request.POST.dict() | {"known": " ".join(map(str, sorted(told)))}, agent=agent)
    return welcome_page(request, agent, again, status=422, known=returning.as_told(found, agent))


def _to_room(request: HttpRequest, public_id: UUID) -> HttpResponse:
    part = "?part=room" if workspace.part_of(request) else ""
    return redirect(f"{reverse('agent:room', args=[public_id])}{part}")
