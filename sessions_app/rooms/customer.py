"""What only customers do: come in by a link, and end the session themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from policies_app.kinds import EndReason
from sessions_app import links
from sessions_app.actions import join as note_join
from sessions_app.kinds import Actor
from sessions_app.models import AccessLink
from sessions_app.rooms.conversation import answer
from sessions_app.rooms.seats import Seat, let_in
from sessions_app.transitions import end as end_session


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Come in by a link. Opening it changes nothing: mail scanners do that too. The page, or its button, posts."""
    found = links.find(token)
    if found is None:
        return render(request, "customer/no_link.html", status=404)
    if request.method != "POST":
        return render(request, "customer/join.html")
    return _come_in(found)


def _come_in(link: AccessLink) -> HttpResponse:
    now = timezone.now()
    note_join(link.session_id, now=now)
    AccessLink.objects.filter(pk=link.pk).update(used_at=now)
    response = redirect("customer:room", link.session.public_id)
    let_in(response, link)
    return response


@require_POST
def end(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The customer ends the session."""
    end_session(seat.session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=seat.now)
    return answer(request, seat.moved())
