"""Who looks at a session: every view of a room begins by taking a seat."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions_app import selectors
from sessions_app.actions import Author
from sessions_app.kinds import Audience
from sessions_app.models import AccessLink, Agent, LiveSession
from sessions_app.settling import settled

COOKIE = "parley_seat"
COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie; the rules decide, not the cookie

View = Callable[..., HttpResponseBase]
Seating = Callable[[View], View]


@dataclass(frozen=True, slots=True)
class Seat:
    """One side's place in a session, at the one moment `now` that this request is decided at."""

    session: LiveSession
    author: Author
    now: datetime

    @property
    def audience(self) -> Audience:
        return self.author.audience

    def url(self, name: str, *args: object) -> str:
        """The address of a view of this room, as this side has it."""
        return reverse(f"{self.audience}:{name}", args=[self.session.public_id, *args])

    def moved(self) -> "Seat":
        """The seat in the session as it is after something was done in it."""
        return Seat(selectors.rooms().get(pk=self.session.pk), self.author, self.now)


def agent_of(request: HttpRequest) -> Agent:
    """The agent who is signed in. Raises PermissionDenied for a user who is none."""
    agent = Agent.objects.filter(user=request.user.pk).first()
    if agent is None:
        raise PermissionDenied(_("Your account is not that of an agent. An administrator can make you one."))
    return agent


def agent_seat(view: View) -> View:
    """Seat the signed-in agent in their own session; anybody else finds nothing here."""

    @never_cache
    @login_required
    @wraps(view)
    def seated(request: HttpRequest, session_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        agent, now = agent_of(request), timezone.now()
        session = selectors.room(session_id)
        if session is None or session.agent_id != agent.pk:
            raise Http404
        return view(request, Seat(settled(session, now), Author(Audience.AGENT, agent), now), *args, **kwargs)

    return seated


def customer_seat(view: View) -> View:
    """Seat the customer whose browser came in by a link that still stands."""

    @never_cache
    @wraps(view)
    def seated(request: HttpRequest, session_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = timezone.now()
        session = selectors.room(session_id)
        if session is None or not _came_by_link(request, session):
            return render(request, "customer/no_link.html", status=403)
        return view(request, Seat(settled(session, now), Author(Audience.CUSTOMER), now), *args, **kwargs)

    return seated


def let_in(response: HttpResponse, link: AccessLink) -> None:
    """Give the browser that used this link its seat: a signed cookie that goes to this one room only."""
    response.set_signed_cookie(
        COOKIE,
        str(link.pk),
        salt=str(link.session.public_id),
        max_age=COOKIE_SECONDS,
        path=reverse("customer:room", args=[link.session.public_id]),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _came_by_link(request: HttpRequest, session: LiveSession) -> bool:
    link = request.get_signed_cookie(COOKIE, default="", salt=str(session.public_id)) or ""
    return link.isdecimal() and session.links.filter(pk=int(link), revoked_at=None).exists()
