"""The files of a room: adding one, downloading one, and the small version of a picture. All go through the room."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from policies_app.kinds import Permission
from sessions_app.actions import Refused, attach
from sessions_app.models import Attachment
from sessions_app.rooms.conversation import answer, declined, first_error, room_page
from sessions_app.rooms.forms import FileForm
from sessions_app.rooms.seats import Seat
from sessions_app.rooms.state import room_state
from sessions_app.scanning import NotChecked
from sessions_app.stored_answers import stored_file
from sessions_app.uploads import UploadProblem


@require_POST
def file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Add a file. Whether this side may is asked before anything is stored (rules.md 4)."""
    return taken(request, seat, partial(attach, seat.session.pk, seat.author, now=seat.now))


def taken(request: HttpRequest, seat: Seat, add: Callable[..., object]) -> HttpResponse:
    """The answer to a file that was sent. `add` takes it, with its `key`, and raises what `actions.attach` does."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return declined(request, seat, first_error(form), 422)
    try:
        add(form.cleaned_data["file"], key=form.cleaned_data["key"])
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    except UploadProblem as problem:
        return declined(request, seat, str(problem), 422)
    except NotChecked as problem:
        return declined(request, seat, str(problem), 503)
    return answer(request, seat.moved())


@require_safe
def download(request: HttpRequest, seat: Seat, file_id: UUID) -> HttpResponseBase:
    """A file of the session, always as a download and never as a page (rules.md 7)."""
    if not _may_read(seat):
        return room_page(request, seat, status=403)
    found = _file(seat, file_id)
    return stored_file(str(found.file.name), found.content_type, download_as=found.name)


@require_safe
def thumbnail(request: HttpRequest, seat: Seat, file_id: UUID) -> HttpResponseBase:
    """The small version of a picture, which we made ourselves: shown in the timeline, and nothing but a picture."""
    if not _may_read(seat):
        return room_page(request, seat, status=403)
    found = _file(seat, file_id)
    if not found.thumbnail:
        raise Http404
    return stored_file(str(found.thumbnail.name), "image/webp")


def _may_read(seat: Seat) -> bool:
    """Agents who sit here keep the record."""
    return seat.author.agent is not None or Permission.READ in room_state(seat).permitted


def _file(seat: Seat, file_id: UUID) -> Attachment:
    return get_object_or_404(seat.session.attachments, public_id=file_id)
