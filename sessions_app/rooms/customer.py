"""What only customers do in their room: end the session themselves, ask for more time, come back to it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from policies_app.kinds import EndReason
from sessions_app.actions import Refused
from sessions_app.activity import note_customer_busy
from sessions_app.kinds import Actor
from sessions_app.more_time import ask_for_more_time
from sessions_app.reconnecting import come_back
from sessions_app.rooms.conversation import answer, declined
from sessions_app.rooms.seats import Seat
from sessions_app.transitions import end as end_session
from sessions_app.widget.watching import note_presence


@require_POST
def more_time(request: HttpRequest, seat: Seat) -> HttpResponse:
    """I need more time."""
    try:
        ask_for_more_time(seat.session.pk, now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@require_POST
def busy(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The customer is in the middle of writing, or of adding a file."""
    note_customer_busy(seat.session.pk, now=seat.now)
    return HttpResponse(status=204)


@require_POST
def back(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A page that stayed open has its connection again (rules.md 5). Where nothing can be come back to, it stays so."""
    note_presence(seat.session, seat.now)
    come_back(seat.session.pk, now=seat.now)
    return answer(request, seat.moved())


@require_POST
def end(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The customer ends the session, or leaves the queue."""
    end_session(seat.session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=seat.now)
    return answer(request, seat.moved())
