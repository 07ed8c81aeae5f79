"""The links of a room, for its agent: invite, send again, show one to pass on, revoke."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from policies_app.kinds import AccessLevel
from sessions_app import access, invitations, links
from sessions_app.actions import Refused
from sessions_app.assigning import open_prepared
from sessions_app.delivery import address_of
from sessions_app.kinds import Way
from sessions_app.rooms import workspace
from sessions_app.rooms.conversation import answer, declined, room_page, wants_json
from sessions_app.rooms.seats import Seat
from sessions_app.tasks import order_letter

SIGNS_IN = gettext_lazy("Customers of this chat sign in at their portal, so no link leads past that.")
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
    way, customer = request.POST.get("way"), seat.session.customer
    if not links.lead_in(seat.session):
        return declined(request, seat, str(SIGNS_IN), 403)
    if way not in list(Way) or not address_of(customer, Way(way)):
        return declined(request, seat, _("There is no address that a link could be sent to in this way."), 422)
    if access.level(seat.session, seat.now) is AccessLevel.NONE:
        return declined(request, seat, _("The customer has no access any more, so no link would let them in."), 403)
    try:
        open_prepared(seat.session.pk, seat.author.agent, now=seat.now)
    except Refused as refusal:
        return declined(request, seat, str(refusal), 403)
    order_letter(seat.session.pk, _letter(seat), [Way(way)])
    return answer(request, seat.moved())


def _letter(seat: Seat) -> str:
    """Who was here already gets a new link; who was not, the invitation again."""
    new = seat.session.is_open and seat.session.joined_at is None
    return invitations.INVITATION if new else invitations.SENT_AGAIN


@require_POST
def show(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new link for the customer, for the agent to pass on."""
    assert seat.author.agent
    if not links.lead_in(seat.session):
        return declined(request, seat, str(SIGNS_IN), 403)
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
