"""Beside an agent's room: who the customer is, their earlier sessions, and notes between colleagues."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.actions import add_note
from sessions_app.customers import DETAILS, change_details, earlier_sessions, is_certain
from sessions_app.models import Customer
from sessions_app.rooms.conversation import answer, declined, first_error, wants_json
from sessions_app.rooms.forms import CustomerForm, MessageForm
from sessions_app.rooms.handing_over import Question
from sessions_app.rooms.seats import Seat, asks
from sessions_app.rooms.workspace import part_of
from sessions_app.who_may import Act


@require_safe
def earlier_list(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The customer's other sessions, as a part for the card beside the room."""
    assert seat.author.agent
    found = [(one, is_certain(seat.session, one)) for one in earlier_sessions(seat.session, seat.author.agent)]
    return render(request, "agent/earlier_sessions.html", {"earlier_sessions": found})


@asks(Act.NOTE)
@require_POST
def note(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A note that only agents see."""
    assert seat.author.agent
    form = MessageForm(request.POST)
    if not form.is_valid():
        return declined(request, seat, first_error(form), 422)
    add_note(seat.session.pk, seat.author.agent, form.cleaned_data["text"], key=form.cleaned_data["key"], now=seat.now)
    return answer(request, seat.moved())


@asks(Act.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Correct the customer's name and addresses. What was typed stays when something is wrong with it."""
    assert seat.author.agent
    known = {name: getattr(seat.session.customer, name) for name in DETAILS}
    form = CustomerForm(request.POST or None, instance=Customer(), initial=known, auto_id="details_%s")
    if request.method != "POST":
        return _ask(request, seat, form)
    if not form.is_valid():
        return _refuse(request, seat, form)
    given = {name: form.cleaned_data[name] for name in DETAILS}
    change_details(seat.session.pk, seat.author.agent, given, now=seat.now)
    return answer(request, seat.moved())


def _refuse(request: HttpRequest, seat: Seat, form: CustomerForm) -> HttpResponse:
    if wants_json(request):
        return declined(request, seat, first_error(form), 422)
    return _ask(request, seat, form, problem=first_error(form), status=422)


def _ask(request: HttpRequest, seat: Seat, form: CustomerForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    for field in form.visible_fields():
        field.field.widget.attrs |= {"class": "form-control", "autocomplete": "off"}
    question = Question(
        title=_("Change the customer's details"),
        text=_("The session goes on as it is. What stood there before is kept in the timeline."),
        button=_("Save"),
        back=seat.url("room"),
    )
    template = "agent/asked_form.html" if part_of(request) == "dialog" else "agent/asked.html"
    context = {"question": question, "form": form, "problem": problem, "address": request.path}
    return render(request, template, context, status=status)
