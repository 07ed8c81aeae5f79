"""What agents do with documents in a room: send them, ask for files, recall them, have one prepared again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from policies_app.kinds import Permission
from sessions_app.actions import Refused
from sessions_app.documents import actions
from sessions_app.documents.agent_forms import FilesToAskFor, FormToSend
from sessions_app.documents.selectors import offered
from sessions_app.models import Agent, Document, TemplateVersion
from sessions_app.rooms.conversation import answer, declined, number_of, wants_json
from sessions_app.rooms.handing_over import Question, ask_or_do
from sessions_app.rooms.seats import Seat, asks
from sessions_app.rooms.state import catch_up, room_state
from sessions_app.rooms.workspace import part_of
from sessions_app.uploads import limits_of
from sessions_app.who_may import Act

SEARCH_FROM = 7
"""So many templates are worth a place to search in."""


@asks(Act.WRITE)
@ask_or_do
def send(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Send documents to complete: choose templates, see and fill in what is the agent's, send. Each is sent once."""
    versions = list(offered(seat.session.workstream))
    said = request.POST if request.method == "POST" else request.GET
    chosen = [one for one in versions if str(one.template_id) in _chosen(said)]
    page = _Page("agent/documents/send.html", {"may": _may_send(seat), "versions": versions})
    if request.method != "POST":
        if not chosen:
            problem = _("Choose a document first.") if "continue" in said else ""
            return page.choose(request, seat, problem)
        return page.show(request, seat, forms=[_form(seat, one) for one in chosen])
    if len(chosen) < len(_chosen(said)) or not chosen:
        return page.choose(request, seat, _("A document that you chose is no longer offered."), 422)
    forms = [_form(seat, one, request) for one in chosen]
    if wrong := [form for form in forms if not form.is_valid()]:
        problem = _first_mistake(wrong[0], wrong[0].title if len(forms) > 1 else "")
        return page.again(request, seat, problem, 422, forms=forms)
    return _send(request, seat, page, forms)


def _send(request: HttpRequest, seat: Seat, page: "_Page", forms: Sequence[FormToSend]) -> HttpResponse:
    """One after the other. What was sent before one was refused stays sent: trying again sends only the rest."""
    sent: list[str] = []
    for form in forms:
        given = {"note": form.cleaned_data["note"], "key": form.cleaned_data["key"], "now": seat.now}
        try:
            actions.send_form(seat.session.pk, _agent(seat), form.sent_version, form.entered, **given)
        except (Refused, actions.Incomplete) as refusal:
            problem = f"{form.title}: {refusal}" if len(forms) > 1 else str(refusal)
            if sent:
                problem = f"{problem} {_('These were sent:')} {', '.join(sent)}."
            return page.again(request, seat, problem, 403, forms=forms)
        sent.append(form.title)
    return answer(request, seat.moved())


@asks(Act.WRITE)
@ask_or_do
def ask_files(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Ask the customer for files, such as a photo of a card."""
    form = FilesToAskFor(request.POST or None, most=limits_of(seat.session.workstream).most_files)
    page = _Page("agent/documents/ask_for_files.html", {"may": _may_send(seat), "form": form})
    if request.method != "POST":
        return page.show(request, seat)
    if not form.is_valid():
        return page.again(request, seat, _first_mistake(form), 422)
    given = form.cleaned_data
    said = {"note": given["note"], "most": given["most"], "key": given["key"], "now": seat.now}
    try:
        actions.ask_for_files(seat.session.pk, _agent(seat), given["name"], **said)
    except Refused as refusal:
        return page.again(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@asks(Act.WRITE)
@ask_or_do
def recall(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """Take back what was asked for."""
    document = find(seat, document_id)
    question = Question(
        title=_("Recall “%s”?") % document.name,
        text=_("%s can no longer complete it. What was entered or added so far is kept, and you can still see it.")
        % seat.session.customer.name,
        button=_("Recall"),
        back=seat.url("document", document.public_id),
        is_serious=True,
    )
    page = _Page("agent/asked_form.html", {"question": question}, whole="agent/asked.html")
    if request.method != "POST":
        return page.show(request, seat)
    try:
        actions.recall(document.pk, _agent(seat), now=seat.now)
    except Refused as refusal:
        if wants_json(request):
            return declined(request, seat, str(refusal), 403)
        return page.again(request, seat, str(refusal), 403)
    return _back_to(request, seat, document)


@require_POST
def prepare(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """Have the sealed PDF of a completed document prepared once more."""
    from sessions_app.documents.results import try_again  # here: it brings along all that fills and seals PDFs

    document = find(seat, document_id)
    try_again(document.pk, now=seat.now)
    return _back_to(request, seat, document)


def find(seat: Seat, document_id: UUID) -> Document:
    """A document of this session, with its version. Raises Http404 for any other. One query."""
    return get_object_or_404(seat.session.documents.select_related("version", "sent_by"), public_id=document_id)


@dataclass(frozen=True, slots=True)
class _Page:
    """A step of a dialog in an agent's room, or a page of its own where there is no script."""

    template: str
    context: dict[str, Any]
    whole: str = "agent/documents/asked.html"

    def choose(self, request: HttpRequest, seat: Seat, problem: str, status: int = 200) -> HttpResponse:
        """The first step of sending: which documents."""
        step = _Page("agent/documents/choose.html", self.context | {"search_from": SEARCH_FROM})
        if request.method == "POST":
            return step.again(request, seat, problem, status)
        return step.show(request, seat, problem=problem)

    def show(self, request: HttpRequest, seat: Seat, *, status: int = 200, **more: Any) -> HttpResponse:
        """The step."""
        template = self.template if part_of(request) == "dialog" else self.whole
        return render(request, template, self._context(request, seat, more), status=status)

    def again(self, request: HttpRequest, seat: Seat, problem: str, status: int, **more: Any) -> HttpResponse:
        """Nothing, or not all of it, was done: the step as it was left, with what is wrong. The room is told, too."""
        more["problem"] = problem
        if not wants_json(request):
            return self.show(request, seat, status=status, **more)
        seat = seat.moved()
        if seat.is_lost:
            return JsonResponse({"gone": True})
        form = render_to_string(self.template, self._context(request, seat, more), request)
        body = catch_up(seat, number_of(request.POST.get("after"), 0)) | {"problem": problem, "form": form}
        return JsonResponse(body, status=status)

    def _context(self, request: HttpRequest, seat: Seat, more: dict[str, Any]) -> dict[str, Any]:
        here = {"seat": seat, "session": seat.session, "address": request.path, "step": self.template}
        return self.context | here | {"in_dialog": part_of(request) == "dialog" or wants_json(request)} | more


def _form(seat: Seat, version: TemplateVersion, request: HttpRequest | None = None) -> FormToSend:
    return FormToSend(request.POST if request else None, version=version, session=seat.session, now=seat.now)


def _chosen(said: Any) -> set[str]:
    """The templates that were chosen: boxes that were ticked, or what the step after that says of them."""
    return {*said.getlist("template"), *filter(None, said.get("templates", "").split(","))}


def _may_send(seat: Seat) -> bool:
    return Permission.COMPLETE in room_state(seat).permitted


def _first_mistake(form: Any, title: str = "") -> str:
    """The first mistake, with the name of its field and, if given, of its document. Names are in order of the page."""
    at = next(name for name in (*form.fields, "__all__") if name in form.errors)
    named = [title, form.fields[at].label if at in form.fields and form.fields[at].label else ""]
    return ": ".join([*(str(one) for one in named if one), str(form.errors[at][0])])


def _back_to(request: HttpRequest, seat: Seat, document: Document) -> HttpResponse:
    """The room's page learns what is new; a browser without script sees the document."""
    if wants_json(request):
        return answer(request, seat.moved())
    return redirect(seat.url("document", document.public_id))


def _agent(seat: Seat) -> Agent:
    assert seat.author.agent, "only agents come here"
    return seat.author.agent
