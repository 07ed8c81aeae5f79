"""What a room shows beside its rows, and what its page must know to follow along by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from policies_app.kinds import AccessLevel, AgentRedirect, EndReason, Permission
from policies_app.redirects import fill_redirect
from policies_app.rules import FOREVER
from policies_app.snapshot import EndPolicy
from sessions_app import access, selectors
from sessions_app.kinds import Audience
from sessions_app.live import agent_topic, room_topic
from sessions_app.models import Draft, LiveSession, TimelineEntry
from sessions_app.presence import present
from sessions_app.push.tickets import Ticket, issue
from sessions_app.rooms.seats import Seat
from sessions_app.rows import row_html

TICKET_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class RoomState:
    """The room of one side at one moment: everything that its templates and its page ask for."""

    seat: Seat
    level: AccessLevel
    permitted: frozenset[Permission]

    @property
    def session(self) -> LiveSession:
        return self.seat.session

    @property
    def reason(self) -> str:
        return EndReason(self.session.end_reason).label if self.session.end_reason else ""

    @property
    def may_chat(self) -> bool:
        return Permission.CHAT in self.permitted

    @property
    def may_attach(self) -> bool:
        return Permission.ATTACH in self.permitted

    @property
    def is_over(self) -> bool:
        """Whether this page has nothing to show any more. The agent keeps the record."""
        return self.seat.audience is Audience.CUSTOMER and self.level is AccessLevel.NONE

    @property
    def full_until(self) -> datetime | None:
        """Until when the customer has full access; None without limit."""
        return _unless_forever(self.session.full_until)

    @property
    def limited_until(self) -> datetime | None:
        return _unless_forever(self.session.limited_until)

    @property
    def closes_at(self) -> datetime | None:
        """When the session ends unless the agent keeps it open; only once that was announced."""
        return self.session.next_due_at if self.session.is_open and self.session.warned_at else None

    @property
    def refused(self) -> list[Draft]:
        """In an ended session: what was sent and refused. One query."""
        return [] if self.session.is_open else selectors.refused_texts(self.session, self.seat.audience)

    @property
    def redirect(self) -> str:
        """Where a page goes that was open when the session ended; empty to stay (rules.md 3, 4)."""
        if self.session.is_open or self.session.end_policy is None:
            return ""
        policy = self.session.end_policy.policy()
        return _REDIRECTS[self.seat.audience](self.session, policy)


def room_state(seat: Seat) -> RoomState:
    """The state of a room. No query."""
    return RoomState(seat, access.level(seat.session, seat.now), access.permitted(seat.session, seat.now))


def catch_up(seat: Seat, after: int) -> dict[str, Any]:
    """Everything that a page needs to be as a fresh one would be, given the number of its last row. Two queries.

    This is the one answer to every question of a page: after it sent something, after a gap, after a sleep, when time
    changed the level, or when it needs a new ticket.
    """
    state = room_state(seat)
    rows = [] if state.is_over else selectors.rows_after(seat.session, after)
    last = rows[-1].number if rows else after
    return {
        "rows": rows_json(seat, rows),
        "more": not state.is_over and last < seat.session.last_number,
        "status": render_to_string(f"{seat.audience}/status.html", {"state": state}),
        "chat": state.may_chat,
        "attach": state.may_attach,
        "over": state.is_over,
        "last": seat.session.last_number,
        **timing(state),
        **connection(state),
    }


def rows_json(seat: Seat, rows: list[TimelineEntry]) -> list[dict[str, Any]]:
    """Rows as a page adds them."""
    return [{"n": row.number, "html": row_html(seat.session, row, seat.audience)} for row in rows]


def identity(state: RoomState) -> dict[str, Any]:
    """What the page's script must know of itself from the start."""
    return {
        "last": state.session.last_number,
        "side": state.seat.audience,
        "session": str(state.session.public_id),
        "activity": reverse("activity"),
    }


def timing(state: RoomState) -> dict[str, Any]:
    """What the page's own clock needs (milliseconds since 1970): our time, and when to ask again by itself."""
    due = state.session.next_due_at
    return {
        "now": _milliseconds(state.seat.now),
        "next": _milliseconds(due) if due else None,
        "open": state.session.is_open,
        "redirect": state.redirect,
    }


def connection(state: RoomState) -> dict[str, Any]:
    """Where the page listens for what happens next, and whether the other side is there."""
    session, mine = state.session, state.seat.audience
    other = Audience.CUSTOMER if mine is Audience.AGENT else Audience.AGENT
    my_topic, their_topic = room_topic(session.public_id, mine), room_topic(session.public_id, other)
    until = state.seat.now + TICKET_LASTS
    if mine is Audience.CUSTOMER and state.session.limited_until:
        until = min(until, state.session.limited_until)
    ticket = Ticket(topics=(my_topic,), present_as=my_topic, tells=(their_topic,), expires_at=until)
    return {
        "stream": _stream(ticket) if state.seat.now < until else "",
        "renew": _milliseconds(until),
        "present": present([their_topic])[their_topic],
    }


def welcome_stream(agent_id: int, now: datetime) -> dict[str, Any]:
    """Where an agent's welcome page listens for changes of their sessions, and until when (milliseconds since 1970)."""
    ticket = Ticket(topics=(agent_topic(agent_id),), present_as="", tells=(), expires_at=now + TICKET_LASTS)
    return {"stream": _stream(ticket), "until": _milliseconds(ticket.expires_at)}


def _stream(ticket: Ticket) -> str:
    return f"{settings.PUSH_URL}/push/stream?ticket={issue(ticket)}"


def _agent_goes_to(session: LiveSession, policy: EndPolicy) -> str:
    if policy.redirect_agent is AgentRedirect.STAY:
        return ""
    return f"{reverse('welcome')}?ended={session.public_id}"


def _customer_goes_to(session: LiveSession, policy: EndPolicy) -> str:
    if policy.redirect_customer is None:
        return ""
    return fill_redirect(policy.redirect_customer, session_id=str(session.public_id), reason=session.end_reason)


_REDIRECTS = {Audience.AGENT: _agent_goes_to, Audience.CUSTOMER: _customer_goes_to}


def _unless_forever(moment: datetime | None) -> datetime | None:
    return None if moment == FOREVER else moment


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
