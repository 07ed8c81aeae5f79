"""The views that both sides of a room share: the page, sending, catching up. Each is given a seat. See also `files`."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sessions_app import selectors
from sessions_app.actions import Refused, send_message
from sessions_app.rooms import workspace
from sessions_app.rooms.forms import MessageForm, new_key
from sessions_app.rooms.seats import Seat
from sessions_app.rooms.state import (
    asked_in,
    both_sides,
    catch_up,
    connection,
    identity,
    room_state,
    rows_json,
    timing,
    what_was_typed,
)
from sessions_app.uploads import limits_of

LARGEST_NUMBER = 2**31 - 1


@require_safe
def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The room."""
    return room_page(request, seat)


def room_page(
    request: HttpRequest, seat: Seat, *, problem: str = "", text: str = "", status: int = 200, **extra: Any
) -> HttpResponse:
    """The room with its newest rows, or those before `?before=`; if something went wrong, with what was typed."""
    state = room_state(seat)
    if state.is_over:
        return render(request, "customer/over.html", {"state": state, "problem": problem, "text": text}, status=status)
    before = number_of(request.GET.get("before"), LARGEST_NUMBER)
    rows = selectors.rows_before(seat.session, before)
    typed = what_was_typed(seat)
    context = {
        "state": state,
        "session": seat.session,
        "seat": seat,
        "rows": rows_json(seat, rows),
        "earlier": rows[0].number if rows and rows[0].number > 1 else None,
        "shows_newest": before == LARGEST_NUMBER,
        "page": timing(state)
        | connection(state)
        | both_sides(state)
        | identity(state)
        | {"newest": before == LARGEST_NUMBER, "half_typed": typed},
        "problem": problem,
        "text": text or typed["text"],
        "message_key": new_key(),
        "file_key": new_key(),
        "limits": limits_of(seat.session.workstream),
        "asked": asked_in(state),
    }
    return render(request, *_whole(request, seat, context | extra), status=status)


def _whole(request: HttpRequest, seat: Seat, context: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The room as a page of its own, or as the part of an agent's page that holds other rooms, too."""
    agent = seat.author.agent
    if agent is None or workspace.part_of(request):
        return f"{seat.audience}/room.html", context
    here = (seat.session.public_id,)
    rooms = workspace.OpenRooms(own=here) if seat.may_write else workspace.OpenRooms(watched=here)
    return "agent/workspace.html", context | workspace.page(agent, seat.now, rooms)


@require_POST
def message(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Send a message."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return declined(request, seat, first_error(form), 422)
    try:
        send_message(seat.session.pk, seat.author, **form.cleaned_data, now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@require_safe
def updates(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What a page has missed since the row `?after=`."""
    return JsonResponse(catch_up(seat, number_of(request.GET.get("after"), 0)))


@require_safe
def earlier(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The rows before the row `?before=`."""
    if room_state(seat).is_over:
        return JsonResponse({"rows": [], "more": False})
    rows = selectors.rows_before(seat.session, number_of(request.GET.get("before"), 0))
    return JsonResponse({"rows": rows_json(seat, rows), "more": bool(rows) and rows[0].number > 1})


def answer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """After something was done: the page learns what is new; a browser without script gets the room again."""
    if seat.is_lost:
        return left(request)
    if wants_json(request):
        return JsonResponse(catch_up(seat, number_of(request.POST.get("after"), 0)))
    return redirect(seat.url("room"))


def declined(request: HttpRequest, seat: Seat, problem: str, status: int) -> HttpResponse:
    """Nothing was done: say why, and give back what was typed."""
    seat = seat.moved()
    if seat.is_lost:
        return left(request)
    if wants_json(request):
        body = catch_up(seat, number_of(request.POST.get("after"), 0))
        return JsonResponse(body | {"problem": problem}, status=status)
    return room_page(request, seat, problem=problem, text=request.POST.get("text", ""), status=status)


def left(request: HttpRequest) -> HttpResponse:
    """The agent has no business in this room any more: its page closes it."""
    return JsonResponse({"gone": True}) if wants_json(request) else redirect("welcome")


def wants_json(request: HttpRequest) -> bool:
    """Whether a page's script asks, rather than a plain form."""
    return request.accepts("application/json") and not request.accepts("text/html")


def first_error(form: BaseForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def number_of(text: str | None, default: int) -> int:
    """A timeline number from a request; the default for anything that is none."""
    return (
        min(int(text), LARGEST_NUMBER) if text and text.isascii() and text.isdecimal() and len(text) < 12 else default
    )
