"""Held seats in Django admin: the hold ledger, and releasing a seat after a question (product.md D4)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from policies_app.models import Workstream
from sessions_app import ledger
from sessions_app.assigning import release
from sessions_app.explain.words import clock_time
from sessions_app.models import Agent
from sessions_app.who_may import RELEASE

if TYPE_CHECKING:
    from sessions_app.admin.sessions import LiveSessionAdmin


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger, with its moments as they are shown."""

    held: ledger.Held
    since_moment: str
    until_moment: str
    back_until_moment: str


LEDGER = "admin:sessions_app_livesession_seats"
PER_PAGE = 50


def ledger_page(admin: "LiveSessionAdmin", request: HttpRequest) -> HttpResponse:
    """Whose seats are held by which session, why, since and until when."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    now, agent, workstream = timezone.now(), _key(request, "agent"), _key(request, "workstream")
    page = Paginator(ledger.held(now, agent=agent, workstream=workstream), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Held seats"),
        "now": now,
        "page": page,
        "rows": [_row(one) for one in ledger.told(list(page), now)],
        "agents": Agent.objects.order_by("name"),
        "workstreams": Workstream.objects.order_by("name"),
        "agent": agent,
        "workstream": workstream,
        "may_release": request.user.has_perm(RELEASE),
    }
    return _rendered(admin, request, "sessions_app/seats.html", context)


def release_page(admin: "LiveSessionAdmin", request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask, and then free the seat. Raises PermissionDenied, or Http404 where there is no session."""
    if not (admin.has_view_permission(request) and request.user.has_perm(RELEASE)):
        raise PermissionDenied
    now = timezone.now()
    found = ledger.told(list(ledger.held(now).filter(pk=session_id)), now)
    if not found:
        if not admin.get_queryset(request).filter(pk=session_id).exists():
            raise Http404
        messages.info(request, _("This session takes no seat any more."))
        return redirect(LEDGER)
    held = found[0]
    if request.method == "POST":
        by = Agent.objects.filter(user=request.user.pk).first()
        release(session_id, by=by, named=request.user.get_username(), now=now)
        assert held.session.agent, "whatever takes a seat has an agent"
        messages.success(request, _("%s has a free seat again.") % held.session.agent)
        return redirect(LEDGER)
    context = {"title": _("Release a seat"), "held": held, "since_moment": clock_time(held.since)}
    return _rendered(admin, request, "sessions_app/release.html", context)


def _row(held: ledger.Held) -> LedgerRow:
    return LedgerRow(
        held, clock_time(held.since), *(clock_time(at) if at else "" for at in (held.until, held.back_until))
    )


def _rendered(admin: "LiveSessionAdmin", request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    around = {**admin.admin_site.each_context(request), "opts": admin.opts, "page_styles": admin.page_styles}
    return render(request, template, around | context)


def _key(request: HttpRequest, name: str) -> int | None:
    """What a filter asks for; nothing for anything that is no key."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
