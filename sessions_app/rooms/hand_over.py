"""Continue on my phone: a link for another device of the customer, as text and as a QR code (product.md D8)."""

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from policies_app.kinds import Permission
from sessions_app import access, links
from sessions_app.kinds import LinkKind
from sessions_app.rooms.conversation import declined, wants_json
from sessions_app.rooms.seats import Seat


@require_POST
def hand_over(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new link that lets one more device in, once, for ten minutes. Those before it that were not used are gone."""
    if Permission.READ not in access.permitted(seat.session, seat.now):
        return declined(request, seat, _("This session is over, and so is your access to it."), 403)
    if not links.lead_in(seat.session):
        return declined(request, seat, _("Please sign in on the other device. You can continue there, too."), 403)
    seat.session.links.filter(kind=LinkKind.HANDOVER, used_at=None).delete()
    link = links.mint(seat.session, by=None, kind=LinkKind.HANDOVER, lasts=links.HANDOVER_LASTS, now=seat.now)
    context = {"link": link, "code": qr_code(link), "until": seat.now + links.HANDOVER_LASTS, "session": seat.session}
    if wants_json(request):
        return JsonResponse({"html": render_to_string("customer/hand_over_code.html", context, request)})
    return render(request, "customer/hand_over.html", context)


def qr_code(text: str) -> SafeString:
    """A text as a QR code that cameras read in dark mode, too: black on white, as an inline SVG without styles."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr-code", lineclass=None)
    return mark_safe(svg)  # noqa: S308 (drawn here: paths only, no text)
