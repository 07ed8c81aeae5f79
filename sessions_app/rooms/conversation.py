"""The views that both sides of a room share: the page, sending, catching up, files. Each is given a seat."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from policies_app.kinds import Permission
from sessions_app import selectors
from sessions_app.actions import Refused, attach, send_message
from sessions_app.rooms.forms import FileForm, MessageForm, new_key
from sessions_app.rooms.seats import Seat
from sessions_app.rooms.state import catch_up, connection, identity, room_state, rows_json, timing
from sessions_app.uploads import UploadProblem

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
    before = _number(request.GET.get("before"), LARGEST_NUMBER)
    rows = selectors.rows_before(seat.session, before)
    context = {
        "state": state,
        "session": seat.session,
        "seat": seat,
        "rows": rows_json(seat, rows),
        "earlier": rows[0].number if rows and rows[0].number > 1 else None,
        "shows_newest": before == LARGEST_NUMBER,
        "page": timing(state) | connection(state) | identity(state) | {"newest": before == LARGEST_NUMBER},
        "problem": problem,
        "text": text,
        "message_key": new_key(),
        "file_key": new_key(),
        "upload_most": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, f"{seat.audience}/room.html", context | extra, status=status)


@require_POST
def message(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Send a message."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _declined(request, seat, _first_error(form), 422)
    text, key = form.cleaned_data["text"], form.cleaned_data["key"]
    try:
        send_message(seat.session.pk, seat.author, text, key=key, now=seat.now)
    except Refused as refusal:
        return _declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@require_POST
def file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Add a file. Whether this side may is asked before anything is stored (rules.md 4)."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _declined(request, seat, _first_error(form), 422)
    try:
        attach(seat.session.pk, seat.author, form.cleaned_data["file"], key=form.cleaned_data["key"], now=seat.now)
    except Refused as refusal:
        return _declined(request, seat, str(refusal), 403)
    except UploadProblem as problem:
        return _declined(request, seat, str(problem), 422)
    return answer(request, seat.moved())


@require_safe
def updates(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What a page has missed since the row `?after=`."""
    return JsonResponse(catch_up(seat, _number(request.GET.get("after"), 0)))


@require_safe
def earlier(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The rows before the row `?before=`."""
    if room_state(seat).is_over:
        return JsonResponse({"rows": [], "more": False})
    rows = selectors.rows_before(seat.session, _number(request.GET.get("before"), 0))
    return JsonResponse({"rows": rows_json(seat, rows), "more": bool(rows) and rows[0].number > 1})


@require_safe
def download(request: HttpRequest, seat: Seat, file_id: UUID) -> HttpResponseBase:
    """A file of the session, always as a download and never as a page (rules.md 7)."""
    if Permission.READ not in room_state(seat).permitted and seat.author.agent is None:
        return room_page(request, seat, status=403)
    found = get_object_or_404(seat.session.attachments, public_id=file_id)
    try:
        stored = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("This file is no longer stored.")) from error
    response = FileResponse(stored, as_attachment=True, filename=found.name, content_type=found.content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def answer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """After something was done: the page learns what is new; a browser without script gets the room again."""
    if wants_json(request):
        return JsonResponse(catch_up(seat, _number(request.POST.get("after"), 0)))
    return redirect(seat.url("room"))


def _declined(request: HttpRequest, seat: Seat, problem: str, status: int) -> HttpResponse:
    """Nothing was done: say why, and give back what was typed."""
    seat = seat.moved()
    if wants_json(request):
        body = catch_up(seat, _number(request.POST.get("after"), 0))
        return JsonResponse(body | {"problem": problem}, status=status)
    return room_page(request, seat, problem=problem, text=request.POST.get("text", ""), status=status)


def wants_json(request: HttpRequest) -> bool:
    """Whether a page's script asks, rather than a plain form."""
    return request.accepts("application/json") and not request.accepts("text/html")


def _first_error(form: Form) -> str:
    return str(next(iter(form.errors.values()))[0])


def _number(text: str | None, default: int) -> int:
    """A timeline number from a request; the default for anything that is none."""
    return (
        min(int(text), LARGEST_NUMBER) if text and text.isascii() and text.isdecimal() and len(text) < 12 else default
    )
