"""The conversation to keep: as text at once, as a sealed PDF when a worker has made it."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from policies_app.kinds import Permission
from sessions_app.documents.kept_transcripts import NotNow, Order, order, ordered
from sessions_app.rooms.conversation import room_page, wants_json
from sessions_app.rooms.seats import Seat, asks
from sessions_app.rooms.state import room_state
from sessions_app.stored_answers import stored_file
from sessions_app.transcript import Transcript, as_text
from sessions_app.who_may import Act

LOOKS_AGAIN = 2
"""Seconds after which a page without script looks again by itself."""


@asks(Act.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def transcript(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """With `?as=text` the session as plain text; a POST orders it as a sealed PDF. The times are those of `zone`, else
    in UTC. For customers as long as they may read."""
    if not _may_keep(seat):
        return room_page(request, seat, status=403)
    if request.method == "POST":
        return _ordered(request, seat)
    if request.GET.get("as") != "text":
        return redirect(seat.url("transcript_pdf"))
    zone = _zone(request.GET.get("zone", ""))
    document = Transcript(seat.session, seat.audience, zone, str(zone))
    response = HttpResponse(as_text(document).encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(seat)}.txt"'
    return response


@require_safe
def transcript_pdf(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """The PDF that this side has ordered, or how far it is; for the page's script always the latter."""
    if not _may_keep(seat):
        return room_page(request, seat, status=403)
    try:
        wanted = ordered(seat.session, seat.audience, _agent(seat))
    except NotNow as problem:
        return _said(request, seat, None, str(problem))
    if wanted and wanted.is_ready and not wants_json(request):
        return stored_file(wanted.stored, "application/pdf", download_as=f"{_name(seat)}.pdf")
    return _said(request, seat, wanted)


def _ordered(request: HttpRequest, seat: Seat) -> HttpResponse:
    zone, language = str(_zone(request.POST.get("zone", ""))), get_language() or ""
    try:
        wanted = order(seat.session, seat.audience, _agent(seat), zone=zone, language=language, now=seat.now)
    except NotNow as problem:
        return _said(request, seat, None, str(problem))
    return _said(request, seat, wanted) if wants_json(request) else redirect(seat.url("transcript_pdf"))


def _said(request: HttpRequest, seat: Seat, wanted: Order | None, problem: str = "") -> HttpResponse:
    """How far it is, to the page's script or as a page that looks again by itself."""
    failed = wanted is not None and wanted.is_given_up(seat.now)
    if failed:
        problem = _("The PDF could not be made. Please try again; the text is there at once.")
    waits = wanted is not None and not failed and not wanted.is_ready
    status = 503 if problem and wanted is None else 200
    if wants_json(request):
        said = {"waits": waits, "ready": bool(wanted and wanted.is_ready), "problem": problem}
        return JsonResponse(said, status=200)
    context = {"seat": seat, "session": seat.session, "waits": waits, "problem": problem, "side": str(seat.audience)}
    response = render(request, "rooms/transcript.html", context, status=status)
    if waits:
        response["Refresh"] = str(LOOKS_AGAIN)
    return response


def _may_keep(seat: Seat) -> bool:
    """Agents who sit here keep the record."""
    return seat.author.agent is not None or Permission.READ in room_state(seat).permitted


def _agent(seat: Seat) -> int | None:
    return seat.author.agent.pk if seat.author.agent else None


def _name(seat: Seat) -> str:
    return f"conversation-{seat.session.started_at:%Y-%m-%d}"


def _zone(name: str) -> tzinfo:
    """The zone that a browser names; UTC for anything that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
