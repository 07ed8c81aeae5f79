"""The links of a room, for its agent: invite, send again, show one to pass on, revoke."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sessions_app import invitations, links
from sessions_app.actions import Refused
from sessions_app.invitations import NoAddress
from sessions_app.kinds import Way
from sessions_app.rooms import workspace
from sessions_app.rooms.conversation import answer, declined, room_page, wants_json
from sessions_app.rooms.seats import Seat

MOST = 50
"""Of so many links of a session an agent sees what became of them, newest first."""


@require_safe
def links_of_room(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What became of the links: a page, or its list alone for a room that is open (`?part=links`)."""
    found = seat.session.links.select_related("created_by").order_by("-created_at", "-pk")[:MOST]
    template = "agent/links_list.html" if workspace.part_of(request) else "agent/links_page.html"
    context = {"links": found, "now": seat.now, "seat": seat, "session": seat.session}
    return render(request, template, context)


@require_POST
def invite(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Send the customer a new link by e-mail or SMS; a prepared session begins with it."""
    assert seat.author.agent
    way = request.POST.get("way")
    try:
        if way not in list(Way):
            raise NoAddress(_("There is no address that a link could be sent to in this way."))
        invitations.invite(seat.session, seat.author.agent, Way(way), now=seat.now)
    except NoAddress as problem:
        return declined(request, seat, str(problem), 422)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    return answer(request, seat.moved())


@require_POST
def show(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new link for the customer, for the agent to pass on."""
    assert seat.author.agent
    try:
        address = invitations.show_link(seat.session, seat.author.agent, now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    if wants_json(request):
        return JsonResponse({"link": address})
    return room_page(request, seat.moved(), shown_link=address)


@require_POST
def revoke(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Let nobody in by a link any more."""
    assert seat.author.agent
    link = request.POST.get("link", "")
    if not (link.isascii() and link.isdecimal() and len(link) < 19):
        return declined(request, seat, _("This link is not known here. Nothing was changed."), 422)
    links.revoke(seat.session.pk, int(link), seat.author.agent, now=seat.now)
    return answer(request, seat.moved())
