"""Who looks at a session: every view of a room begins by taking a seat."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from policies_app.kinds import SessionState
from policies_app.notice_texts import preferred_languages
from sessions_app import selectors
from sessions_app.actions import Author
from sessions_app.kinds import Audience
from sessions_app.models import Agent, Device, LiveSession
from sessions_app.rooms.browsers import bring_up_to_date, came_in
from sessions_app.settling import settled
from sessions_app.who_may import Act, acts
from sessions_app.widget.framed import Frame, begin_anew, framed_device, renewal

View = Callable[..., HttpResponseBase]
Seating = Callable[[View], View]

_LOOKS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Seat:
    """One side's place in a session, at the one moment `now` that this request is decided at.

    `languages` are those that the viewer reads, best first. `acts` is what an agent may do (`who_may`). In a frame
    `moves_to` is the address of the room with a new seat, once it is time for one (`widget.framed`).
    """

    session: LiveSession
    author: Author
    now: datetime
    languages: tuple[str, ...] = ()
    acts: frozenset[Act] = frozenset()
    moves_to: str = ""

    @property
    def audience(self) -> Audience:
        return self.author.audience

    @property
    def may_write(self) -> bool:
        """Whether this is the place of somebody who takes part: the customer, or the session's own agent. Other agents
        only read, and nobody notices that they do."""
        return self.author.agent is None or Act.WRITE in self.acts

    @property
    def is_lost(self) -> bool:
        """Whether this agent may no longer see anything here: the session went to somebody else."""
        return self.author.agent is not None and not self.acts

    def url(self, name: str, *args: object) -> str:
        """The address of a view of this room, as this side has it."""
        return reverse(f"{self.audience}:{name}", args=[self.session.public_id, *args])

    def moved(self) -> "Seat":
        """The seat in the session as it is after something was done in it."""
        session = selectors.rooms().get(pk=self.session.pk)
        agent = self.author.agent
        return replace(self, session=session, acts=acts(session, agent) if agent else self.acts)


def languages_of(request: HttpRequest) -> tuple[str, ...]:
    """The languages that the viewer reads, best first, as their browser says."""
    return preferred_languages(request.headers.get("Accept-Language", ""))


def agent_of(request: HttpRequest) -> Agent:
    """The agent who is signed in. Raises PermissionDenied for a user who is none."""
    agent = Agent.objects.filter(user=request.user.pk).first()
    if agent is None:
        raise PermissionDenied(_("Your account is not that of an agent. An administrator can make you one."))
    agent.user = cast("User", request.user)  # the same object, so that permissions are looked up once
    return agent


ASKS = "asks"


def asks(act: Act) -> Seating:
    """Says what a view of an agent's room asks of who uses it: otherwise it is READ to look, and WRITE to post."""

    def marked(view: View) -> View:
        setattr(view, ASKS, act)
        return view

    return marked


def agent_seat(view: View) -> View:
    """Seat the signed-in agent in a session that they may read; anybody else finds nothing here.

    Who may read and not do what the view asks for is told so, and nothing is done.
    """

    @never_cache
    @login_required
    @wraps(view)
    def seated(request: HttpRequest, session_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        from sessions_app.rooms.conversation import declined
        from sessions_app.rooms.handing_over import passed_on

        agent, now = agent_of(request), timezone.now()
        session = selectors.room(session_id)
        if session is None:
            raise Http404
        session = settled(session, now)
        seat = Seat(session, Author(Audience.AGENT, agent), now, languages_of(request), acts(session, agent))
        if seat.is_lost:
            return passed_on(request, session, agent)
        usual = Act.READ if request.method in _LOOKS else Act.WRITE
        if getattr(view, ASKS, usual) not in seat.acts:
            return declined(request, seat, _("You cannot do this here: it is not your session."), 403)
        return view(request, seat, *args, **kwargs)

    return seated


def customer_seat(view: View) -> View:
    """Seat the customer whose browser came in by a link that still stands, or was let into a widget's room."""

    @never_cache
    @wraps(view)
    def seated(request: HttpRequest, session_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        from sessions_app.rooms.coming_in import no_link

        now = timezone.now()
        session = selectors.room(session_id)
        if device := framed_device(request):
            return _seated_in_frame(request, view, session, device, now, *args, **kwargs)
        came = came_in(request, session) if session else None
        if session is None or came is None:
            return no_link(request, ask=reverse("customer:new_link", args=[session_id]), status=403)
        seat = Seat(settled(session, now), Author(Audience.CUSTOMER), now, languages_of(request))
        response = view(request, seat, *args, **kwargs)
        bring_up_to_date(request, response, session, came, now)
        return response

    return seated


def _seated_in_frame(
    request: HttpRequest,
    view: View,
    session: LiveSession | None,
    device: Device,
    now: datetime,
    *args: Any,
    **kwargs: Any,
) -> HttpResponseBase:
    """Only one browser at a time is in a widget's room; others are told that it goes on elsewhere. Who was away for too
    long where reconnect is off does not get back into it: a new chat is offered (rules.md 5)."""
    from sessions_app.widget.elsewhere import elsewhere

    if session is None or session.pk != device.session_id:
        raise Http404
    if session.current_device_id not in (None, device.pk):
        return elsewhere(request, session)
    session = settled(session, now)
    if session.widget and session.state == SessionState.DISCONNECTED and session.return_until is None:
        return begin_anew(request, Frame(session.widget))
    moves_to = renewal(request, session)
    seat = Seat(session, Author(Audience.CUSTOMER), now, languages_of(request), moves_to=moves_to)
    return view(request, seat, *args, **kwargs)
