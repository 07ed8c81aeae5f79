"""Files that a customer was asked for, and files that they are given: pictures of pages, the completed document."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from policies_app.kinds import Permission
from sessions_app.actions import Refused
from sessions_app.documents import actions
from sessions_app.documents.customer_views import document_of, may
from sessions_app.documents.kinds import DocumentState
from sessions_app.rooms.conversation import answer, declined, room_page
from sessions_app.rooms.files import taken
from sessions_app.rooms.seats import Seat
from sessions_app.stored_answers import stored_file

PICTURES_LAST = 24 * 3600
"""Seconds that a browser may keep the picture of a page: what was sent never changes."""


@require_POST
def add_file(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """Add one of the files that were asked for. Whether that is possible is asked before anything is stored."""
    document = document_of(seat, document_id)
    actions.note_opened(document.pk, now=seat.now)
    return taken(request, seat, partial(actions.add_file, document.pk, now=seat.now))


@require_POST
def files_done(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """All files that were asked for are there. That is said once: the key is that of the document."""
    document = document_of(seat, document_id)
    try:
        actions.files_done(document.pk, key=uuid5(document.public_id, "files done"), now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@require_safe
def result(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponseBase:
    """The completed document, sealed. While it is being prepared, the page that says so."""
    if not may(seat, Permission.DOWNLOAD):
        return room_page(request, seat, status=403)
    document = document_of(seat, document_id)
    if not document.is_form or document.state != DocumentState.READY:
        return redirect(seat.url("document", document_id))
    from sessions_app.documents.serving import serve_result

    return serve_result(document)


@require_safe
def picture(request: HttpRequest, seat: Seat, document_id: UUID, number: int) -> HttpResponseBase:
    """The picture of a page of a form (counted from 0), as it was before anything was entered."""
    version = document_of(seat, document_id).version if may(seat, Permission.REVIEW) else None
    if version is None or number >= len(version.pages):
        raise Http404
    return stored_file(version.picture(number), "image/webp")


def privately_cached(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Lets the customer's own browser keep what was found, though pages of a room are never kept."""

    @wraps(view)
    def cached(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        if response.status_code == 200:
            response["Cache-Control"] = f"private, max-age={PICTURES_LAST}, immutable"
            del response["Expires"]
        return response

    return cached
