"""How far both sides of a room have looked."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from policies_app.kinds import Permission
from sessions_app.rooms.conversation import number_of
from sessions_app.rooms.seats import Seat
from sessions_app.rooms.state import room_state
from sessions_app.seen import note_seen


@require_POST
def seen(request: HttpRequest, seat: Seat) -> HttpResponse:
    """This side has looked at everything up to the row `number`. Whoever only reads along cannot say so."""
    if Permission.READ in room_state(seat).permitted or seat.author.agent:
        note_seen(seat.session, seat.audience, number_of(request.POST.get("number"), 0))
    return HttpResponse(status=204)
