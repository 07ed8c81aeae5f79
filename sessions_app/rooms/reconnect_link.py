"""The link by which the customer of a chat widget comes back, for an agent to write to them or to pass on."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from sessions_app.actions import Refused
from sessions_app.rooms.away import why_no_link
from sessions_app.rooms.conversation import declined, room_page, wants_json
from sessions_app.rooms.seats import Seat
from sessions_app.widget.links import reconnect_address


@require_POST
def insert(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Make the link now, and record who had it. Why there is none is said, and nothing is done."""
    if problem := why_no_link(seat.session):
        return declined(request, seat, problem, 422)
    try:
        address = reconnect_address(seat.session, by=seat.author.agent, now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    if wants_json(request):
        return JsonResponse({"link": address})
    return room_page(request, seat.moved(), shown_reconnect_link=address)
