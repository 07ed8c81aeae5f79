"""A document as agents look at it, as a page of its own that follows what the customer does. It changes nothing."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions_app.documents import actions, looking
from sessions_app.documents.agent_views import find
from sessions_app.documents.kinds import DocumentState
from sessions_app.documents.panel import Listed
from sessions_app.kinds import Audience
from sessions_app.live import room_topic
from sessions_app.models import Document
from sessions_app.rooms.seats import Seat
from sessions_app.rooms.workspace import listening, part_of
from sessions_app.stored_answers import stored_file


@require_safe
def document(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """What was entered or added so far, or at last; a page that is open asks for what is new in it (`?part=live`)."""
    found = find(seat, document_id)
    context = _context(seat, found)
    if part_of(request) == "live":
        body = render_to_string("agent/documents/body.html", context, request)
        return JsonResponse({"body": body, "line": context["line"]})
    return render(request, "agent/documents/document.html", context)


@require_safe
def picture(request: HttpRequest, seat: Seat, document_id: UUID, page: int) -> HttpResponseBase:
    """The picture of a page (counted from 0), without what was entered."""
    found = find(seat, document_id)
    if found.version is None or page >= len(found.version.pages):
        raise Http404
    return stored_file(found.version.picture(page), "image/webp")


@require_safe
def pdf(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponseBase:
    """The sealed PDF, the same bytes each time."""
    found = find(seat, document_id)
    if not found.is_form or found.state != DocumentState.READY:
        raise Http404(_("This document is not completed yet."))
    from sessions_app.documents.serving import serve_result  # here: it brings along all that seals PDFs

    return serve_result(found)


def _context(seat: Seat, found: Document) -> dict[str, Any]:
    """What the page is made of. Two queries."""
    fields = found.version.all_fields if found.version else ()
    values = actions.entered(found) if found.is_form else {}
    files = [] if found.is_form else [one.attachment for one in found.files.select_related("attachment").order_by("pk")]
    return {
        "seat": seat,
        "session": seat.session,
        "id": seat.session.public_id,
        "document": found,
        "listed": Listed(found, len(files)),
        "entries": looking.entries(fields, values),
        "pages": looking.pages(found.version.pages, fields, values) if found.version else [],
        "files": files,
        "line": listening((room_topic(seat.session.public_id, Audience.AGENT),), {}, seat.now),
    }
