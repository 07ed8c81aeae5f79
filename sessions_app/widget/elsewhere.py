"""What a browser is told in whose room somebody goes on elsewhere (rules.md 5)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions_app.addresses import for_everybody
from sessions_app.models import LiveSession
from sessions_app.rooms.conversation import wants_json
from sessions_app.widget.framed import framed_device


def elsewhere(request: HttpRequest, session: LiveSession) -> HttpResponse:
    """A page that says so, with *Take it back*; to a script the word alone. Nothing that was sent is taken.

    To a script that is no error (409, as to a form), since browsers show those to whoever looks: a page hears in time
    that it was taken over, or it hears it now.
    """
    if wants_json(request):
        problem = _("This conversation continues elsewhere.")
        return JsonResponse({"elsewhere": True, "rows": [], "problem": problem})
    device = framed_device(request)
    assert device and device.session.widget, "only a widget's room goes on elsewhere"
    with for_everybody():
        address = reverse("widget-take-back", args=[device.session.widget.key])
    status = 200 if request.method in ("GET", "HEAD") else 409
    return render(request, "widget/elsewhere.html", {"session": session, "address": address}, status=status)
