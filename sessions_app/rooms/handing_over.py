"""Who has a session: agents pick it, decline it, transfer it; supervisors take it over or release its seat."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from policies_app.kinds import SessionState
from sessions_app import assigning
from sessions_app.actions import Refused
from sessions_app.models import Agent, LiveSession
from sessions_app.rooms.conversation import answer, declined, first_error, left, wants_json
from sessions_app.rooms.seats import Seat, asks
from sessions_app.rooms.transfer_form import TransferForm
from sessions_app.rooms.workspace import part_of
from sessions_app.who_may import Act

ask_or_do = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something is done: as a dialog of a page that is open, or as a page of its own."""

    title: str
    text: str
    button: str
    back: str
    is_serious: bool = False


def passed_on(request: HttpRequest, session: LiveSession, agent: Agent) -> HttpResponse:
    """There is nothing here for this agent. The page of a colleague is told who has the session now.

    Raises Http404 for everybody else.
    """
    if not wants_json(request) or not agent.workstreams.filter(pk=session.workstream_id).exists():
        raise Http404
    words = {"holder": session.agent, "customer": session.customer}
    said = _("%(holder)s has the session with %(customer)s now.") % words
    return JsonResponse({"gone": True, "problem": said}, status=404)


@asks(Act.PICK)
@require_POST
def pick(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take this session from the queue."""
    return _do(request, seat, partial(assigning.pick, seat.session.pk, _agent(seat), now=seat.now))


@require_POST
def decline(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Give back a session that was given to the agent and that they have not opened."""
    try:
        assigning.decline(seat.session.pk, _agent(seat), now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    return left(request)


@asks(Act.MOVE)
@ask_or_do
def transfer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Give the session to a colleague, or put it into the queue of a workstream."""
    name = seat.session.customer.name
    question = Question(
        title=_("Transfer the session with %s") % name,
        text=_("It leaves your list. %s stays in the room and sees who goes on.") % name,
        button=_("Transfer"),
        back=seat.url("room"),
    )
    form = TransferForm(request.POST or None, session=seat.session, by=_agent(seat), now=seat.now)
    if request.method != "POST":
        return _ask(request, question, form=form)
    if not form.is_valid():
        return _refuse(request, seat, question, first_error(form), 422, form)
    try:
        form.transfer()
    except Refused as refusal:
        return _refuse(request, seat, question, str(refusal), 403, form)
    return left(request)


@asks(Act.TAKE_OVER)
@ask_or_do
def take_over(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take the session from its agent, from the queue, or from an agent who is gone."""
    session = seat.session
    words = {"customer": session.customer.name, "agent": session.agent.name if session.agent else _("the queue")}
    question = Question(
        title=_("Take over the session with %(customer)s?") % words,
        text=_("You go on with it instead of %(agent)s.") % words if session.is_open else _("You answer from now on."),
        button=_("Take over"),
        back=seat.url("room"),
    )
    if request.method != "POST":
        return _ask(request, question)
    act = partial(assigning.take_over, session.pk, _agent(seat), now=seat.now)
    return _do(request, seat, act, question)


@asks(Act.RELEASE)
@ask_or_do
def release(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Free the seat that the session takes."""
    session = seat.session
    if not session.agent or session.is_prepared:
        return declined(request, seat, _("This session takes no seat."), 403)
    words = {"customer": session.customer.name, "agent": session.agent.name}
    question = Question(
        title=_("Release the seat of %(agent)s?") % words,
        text=_release_text(session) % words,
        button=_("Release"),
        back=reverse("supervise"),
        is_serious=True,
    )
    if request.method != "POST":
        return _ask(request, question)
    assigning.release(session.pk, by=_agent(seat), now=seat.now)
    return answer(request, seat.moved()) if wants_json(request) else redirect("supervise")


def _release_text(session: LiveSession) -> str:
    if session.state == SessionState.DISCONNECTED:
        return _("%(agent)s gets a free seat. %(customer)s can still come back, but perhaps to somebody else.")
    return _("%(agent)s no longer holds the session with %(customer)s: it goes back to the queue.")


def _agent(seat: Seat) -> Agent:
    assert seat.author.agent, "only agents come here"
    return seat.author.agent


def _do(request: HttpRequest, seat: Seat, act: Callable[[], None], question: Question | None = None) -> HttpResponse:
    """Do it, and show the room as it is then."""
    try:
        act()
    except Refused as refusal:
        if question:
            return _refuse(request, seat, question, str(refusal), 403)
        return declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


def _refuse(
    request: HttpRequest, seat: Seat, question: Question, problem: str, status: int, form: TransferForm | None = None
) -> HttpResponse:
    """Nothing was done: the room's script shows why beside what was typed; without script the question comes again."""
    if wants_json(request):
        return declined(request, seat, problem, status)
    return _ask(request, question, form=form, problem=problem, status=status)


def _ask(
    request: HttpRequest,
    question: Question,
    *,
    form: TransferForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    template = "agent/asked_form.html" if part_of(request) == "dialog" else "agent/asked.html"
    context = {"question": question, "form": form, "problem": problem, "address": request.path}
    return render(request, template, context, status=status)
