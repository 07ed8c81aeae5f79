"""Keeps what is typed and not sent, for both sides of a room."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from sessions_app.activity import note_customer_busy
from sessions_app.half_typed import Typed, announce_typing, keep
from sessions_app.kinds import Audience
from sessions_app.rooms.conversation import first_error
from sessions_app.rooms.forms import HalfTypedForm
from sessions_app.rooms.seats import Seat, asks
from sessions_app.rooms.state import room_state, what_was_typed
from sessions_app.who_may import Act

BUSY_FOR = timedelta(seconds=10)
"""Somebody who types is noted as busy again after this long; they save far more often."""


@asks(Act.NOTE)
@require_POST
def half_typed(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keep what is typed, for as long as this side may read; answer with what is kept, which may be newer.

    It is no activity of an agent: their page reports that by itself. It is what keeps a customer busy (D6).
    """
    form = HalfTypedForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"problem": first_error(form)}, status=422)
    state = room_state(seat)
    if state.is_over:
        return JsonResponse({}, status=403)
    typed = Typed(**form.cleaned_data)
    if keep(seat.session.pk, seat.author.agent, typed, now=seat.now):
        announce_typing(seat.session, seat.author.agent, typed, to_others=state.may_chat)
        _note_busy(seat, typed)
    return JsonResponse(what_was_typed(seat))


def _note_busy(seat: Seat, typed: Typed) -> None:
    noted = seat.session.customer_busy_at
    if seat.audience is not Audience.CUSTOMER or not seat.session.is_open or not typed.text.strip():
        return
    if noted is None or seat.now - noted >= BUSY_FOR:
        note_customer_busy(seat.session.pk, now=seat.now)
