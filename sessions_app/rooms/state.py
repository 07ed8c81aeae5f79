"""What a room shows beside its rows, and what its page must know to follow along by itself."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from policies_app.kinds import AccessLevel, AgentRedirect, Permission, SessionState
from policies_app.redirects import fill_redirect, is_allowed
from policies_app.rules import FOREVER
from policies_app.selectors import end_policy_at, system_settings
from policies_app.snapshot import EndPolicy
from sessions_app import access, more_time, selectors
from sessions_app.delivery import address_of, ways_to
from sessions_app.documents.customer_parts import Asked, asked_of_customer
from sessions_app.documents.panel import Panel
from sessions_app.documents.panel import panel as documents_panel
from sessions_app.documents.panel import parts as documents_parts
from sessions_app.half_typed import typed_by
from sessions_app.kinds import Actor, Audience, Way
from sessions_app.links import lead_in
from sessions_app.live import queue_topic, room_topic
from sessions_app.models import Draft, LiveSession, TimelineEntry
from sessions_app.presence import present
from sessions_app.push.tickets import Ticket
from sessions_app.rooms.afterwards import afterwards
from sessions_app.rooms.away import Away, Stage, away, may_be_lost, why_no_link
from sessions_app.rooms.notices import host_of, notices_of_room
from sessions_app.rooms.place import Place, place_of
from sessions_app.rooms.seats import Seat
from sessions_app.rooms.workspace import here, stream
from sessions_app.rows import row_html
from sessions_app.seen import seen_by
from sessions_app.waiting import Waiting, waiting
from sessions_app.widget import too_late

TICKET_LASTS = timedelta(minutes=3)
"""Short, since a ticket cannot be taken back when a link is revoked."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """The room of one side at one moment: everything that its templates and its page ask for."""

    seat: Seat
    level: AccessLevel
    permitted: frozenset[Permission]
    redirect: str
    """Where a page goes that was open when the session ended; empty to stay (rules.md 3, 4)."""

    @property
    def session(self) -> LiveSession:
        return self.seat.session

    @property
    def may_chat(self) -> bool:
        return Permission.CHAT in self.permitted and self.seat.may_write

    @property
    def may_attach(self) -> bool:
        return Permission.ATTACH in self.permitted and self.seat.may_write

    @property
    def may_complete(self) -> bool:
        """Whether the customer may complete documents (rules.md 4)."""
        return Permission.COMPLETE in self.permitted

    @property
    def is_over(self) -> bool:
        """Whether this page has nothing to show any more. The agent keeps the record."""
        return self.seat.audience is Audience.CUSTOMER and self.level is AccessLevel.NONE

    @property
    def full_until(self) -> datetime | None:
        """Until when the customer has full access; None without limit."""
        return unless_forever(self.session.full_until)

    @property
    def limited_until(self) -> datetime | None:
        return unless_forever(self.session.limited_until)

    @property
    def waiting(self) -> Waiting | None:
        """Where the customer is in the queue; None if they are not in it. Two queries while they are."""
        return waiting(self.session, self.seat.now)

    @property
    def turn(self) -> str:
        """Who wrote last in an open session, agent or customer; empty if nobody did. At most one query."""
        return Actor.CUSTOMER if self.session.waits_since else selectors.wrote_last(self.session)

    @property
    def afterwards(self) -> str:
        """What the customer keeps after the end, as things stand; empty once it has ended. One query until then."""
        return afterwards(end_policy_at(self.seat.now, self.session.workstream_id)) if self.session.is_open else ""

    @property
    def place(self) -> Place:
        """Which place this agent has in the room."""
        return place_of(self.seat)

    @property
    def documents_panel(self) -> Panel:
        """What an agent's room shows of documents. One query."""
        return documents_panel(self)

    @property
    def closes_at(self) -> datetime | None:
        """When the session ends unless the agent keeps it open; only once that was announced."""
        return self.session.next_due_at if self.session.is_open and self.session.warned_at else None

    @property
    def away(self) -> Away | None:
        """How far it has come with a customer who is gone, for agents; None while they are there."""
        return away(self.session, self.seat.now)

    @property
    def may_close(self) -> bool:
        """Whether this agent can give up the seat that is held for a customer who is away."""
        return self.seat.may_write and self.away is not None and self.away.is_held

    @property
    def is_closed(self) -> bool:
        """Whether the agent gave it up. One query, while the customer can come back and no seat is held."""
        free = self.away is not None and self.away.stage is Stage.FREE
        return free and bool(selectors.closed_by_agent([self.session]))

    @property
    def missed(self) -> int:
        """How much of what agents sent a customer who is disconnected has not seen. One query while they are."""
        is_gone = self.away is not None and self.away.is_disconnected
        return selectors.missed_by_customer(self.session) if is_gone else 0

    @property
    def why_no_reconnect_link(self) -> str:
        """Why there is no reconnect link to give to the customer; empty if there is one."""
        return why_no_link(self.session)

    @property
    def may_ask_for_time(self) -> bool:
        """Whether the customer is offered to ask for more time: not while a request waits for its answer."""
        return self.session.asked_for_time_at is None and more_time.may_ask(self.session)

    @property
    def may_give_time(self) -> bool:
        """Whether this agent is offered to give more time. Asks for the agent's permissions."""
        agent = self.seat.author.agent
        return agent is not None and self.seat.may_write and more_time.may_give(self.session, agent)

    @property
    def may_invite(self) -> bool:
        """Whether links are this viewer's to give: while they let the customer in somewhere."""
        holds = self.seat.audience is Audience.AGENT and self.seat.may_write
        return holds and self.level is not AccessLevel.NONE

    @property
    def links_lead_in(self) -> bool:
        """Whether links of ours let the customer in, beside those into the portal."""
        return lead_in(self.session)

    @property
    def addresses(self) -> list[tuple[Way, str]]:
        """Where a link can be sent: each way with its address, the first choice first."""
        customer = self.session.customer
        return [(way, address_of(customer, way)) for way in ways_to(customer)] if self.links_lead_in else []

    @property
    def notices(self) -> dict[str, SafeString]:
        """What administrators let the page say (`notices_of_room`). One query, while there is something to say."""
        until = self.closes_at if self.session.is_open else self.limited_until
        return notices_of_room(self.seat, self.level, until=until, leads_to=self.leads_to)

    @property
    def leads_to(self) -> str:
        """The page that the customer of an ended session is offered to go on to; empty if there is none."""
        return self.redirect if self.seat.audience is Audience.CUSTOMER else ""

    @property
    def host(self) -> str:
        """The site of that page."""
        return host_of(self.leads_to)

    @property
    def refused(self) -> list[Draft]:
        """In an ended session: what was sent and refused. One query."""
        return [] if self.session.is_open else selectors.refused_texts(self.session, self.seat.audience)


def room_state(seat: Seat) -> RoomState:
    """The state of a room. No query, but one for a customer of an ended session who is sent to another page."""
    level, permitted = access.level(seat.session, seat.now), access.permitted(seat.session, seat.now)
    return RoomState(seat, level, permitted, _redirect(seat))


def catch_up(seat: Seat, after: int) -> dict[str, Any]:
    """Everything that a page needs to be as a fresh one would be, given the number of its last row. Three queries,
    and for agents one about documents.

    This is the one answer to every question of a page: after it sent something, after a gap, after a sleep, when time
    changed the level, or when it needs a new ticket. For customers one query more, for what is asked of them.
    """
    state = room_state(seat)
    asked = asked_in(state)
    rows = [] if state.is_over else selectors.rows_after(seat.session, after)
    last = rows[-1].number if rows else after
    return {
        "rows": rows_json(seat, rows),
        "more": not state.is_over and last < seat.session.last_number,
        "status": render_to_string(f"{seat.audience}/status.html", {"state": state}),
        "chat": state.may_chat,
        "attach": state.may_attach,
        "over": state.is_over,
        "half_typed": what_was_typed(seat),
        "parts": parts(state, asked) if seat.audience is Audience.CUSTOMER else documents_parts(state),
        "completes": state.may_complete,
        "until": milliseconds(state.full_until) if state.full_until else None,
        "documents": asked.states,
        "last": seat.session.last_number,
        **timing(state),
        **both_sides(state),
        **connection(state),
        **({"moves_to": seat.moves_to} if seat.moves_to else {}),
    }


def rows_json(seat: Seat, rows: list[TimelineEntry]) -> list[dict[str, Any]]:
    """Rows as a page adds them."""
    return [{"n": row.number, "html": row_html(seat.session, row, seat.audience)} for row in rows]


def what_was_typed(seat: Seat) -> dict[str, Any]:
    """What this side has typed and not sent, here or on another device. One query."""
    return asdict(typed_by(seat.session.pk, seat.author.agent))


def asked_in(state: RoomState) -> Asked:
    """What is asked of the customer whose room this is; nothing in an agent's, or when it is over."""
    is_seen = state.seat.audience is Audience.CUSTOMER and not state.is_over
    return asked_of_customer(state.session) if is_seen else Asked()


def parts(state: RoomState, asked: Asked) -> dict[str, str]:
    """What a customer's page shows anew beside rows and status, by the name of its place. No query."""
    names = ["who", "end-words"] if state.session.is_open else ["who", "about"]
    templates = {name: f"customer/{name.replace('-', '_')}.html" for name in names}
    templates |= {
        "documents": "customer/documents/asked.html",
        "about-documents": "customer/documents/about.html",
        "until": "customer/documents/until.html",
    }
    context = {"state": state, "asked": asked}
    return {name: render_to_string(template, context) for name, template in templates.items()}


def identity(state: RoomState) -> dict[str, Any]:
    """What the page's script must know of itself from the start."""
    return {
        "last": state.session.last_number,
        "side": state.seat.audience,
        "session": str(state.session.public_id),
        "activity": reverse("activity"),
        "me": state.seat.author.agent.pk if state.seat.author.agent else None,
    }


def timing(state: RoomState) -> dict[str, Any]:
    """What the page's own clock needs (milliseconds since 1970): our time, and when to ask again by itself."""
    due = state.session.next_due_at
    return {
        "now": milliseconds(state.seat.now),
        "next": milliseconds(due) if due else None,
        "open": state.session.is_open,
        "holds": state.seat.may_write,
        "invites": state.may_invite,
        "moves": state.place.may_move,
        "closes": state.may_close,
        "redirect": state.redirect,
        "once": state.session.ended_without_customer,
    }


def both_sides(state: RoomState) -> dict[str, Any]:
    """How both are called, and up to which row each has looked; for agents also what stands on the customer's card."""
    session, mine = state.session, state.seat.audience
    theirs = Audience.CUSTOMER if mine is Audience.AGENT else Audience.AGENT
    said = {
        "names": {"customer": session.customer.name, "agent": session.agent.name if session.agent else ""},
        "seen": seen_by(session, mine),
        "their_seen": seen_by(session, theirs),
    }
    if mine is Audience.AGENT:
        said["facts"] = render_to_string("agent/customer_facts.html", {"session": session})
    return said


def connection(state: RoomState) -> dict[str, Any]:
    """Whether the other side is there, and where a customer's page listens for what happens next.

    An agent's page hears of all its rooms on one line, which is no matter of a single room (`workspace.line`). A
    customer of a widget whose page says nothing any more is not there, though their stream still seems to be open.
    """
    mine = state.seat.audience
    other = Audience.CUSTOMER if mine is Audience.AGENT else Audience.AGENT
    their_topic = room_topic(state.session.public_id, other)
    there = {"present": present([their_topic])[their_topic]}
    if mine is Audience.AGENT:
        is_away = state.away is not None
        here = there["present"] and not is_away
        return {"present": here, "loses": may_be_lost(state.session), "away": is_away}
    return there | _customers_line(state, tells=their_topic)


def _customers_line(state: RoomState, tells: str) -> dict[str, Any]:
    """Never for longer than the customer's access."""
    topic = room_topic(state.session.public_id, Audience.CUSTOMER)
    until = state.seat.now + TICKET_LASTS
    if state.session.limited_until:
        until = min(until, state.session.limited_until)
    topics = [topic]
    if state.session.state == SessionState.QUEUED:
        topics.append(queue_topic(state.session.workstream_id))
    is_away = state.session.state == SessionState.DISCONNECTED
    beats = state.session.widget_id is not None and state.session.is_open
    ticket = Ticket(topics=tuple(topics), presence={topic: (tells,)}, expires_at=until, beats=beats)
    there = stream(ticket) if state.seat.now < until else ""
    says = here(ticket) if beats else ""
    return {"stream": there, "renew": milliseconds(until), "topics": " ".join(topics), "beats": says, "away": is_away}


def _redirect(seat: Seat) -> str:
    if seat.session.is_open or seat.session.end_policy is None or not seat.may_write:
        return ""
    return _REDIRECTS[seat.audience](seat.session, seat.session.end_policy.policy())


def _agent_goes_to(session: LiveSession, policy: EndPolicy) -> str:
    if policy.redirect_agent is AgentRedirect.STAY:
        return ""
    return f"{reverse('welcome')}?ended={session.public_id}"


def _customer_goes_to(session: LiveSession, policy: EndPolicy) -> str:
    """The redirection URL of a chat widget for who was away at the end; else the address in the policy that was
    frozen, unless its host was taken off the list of allowed ones since."""
    if address := too_late.goes_to(session):
        return address
    if policy.redirect_customer is None:
        return ""
    address = fill_redirect(policy.redirect_customer, session_id=str(session.public_id), reason=session.end_reason)
    allowed = system_settings().redirect_hosts
    return address if not allowed or is_allowed(address, allowed) else ""


_REDIRECTS = {Audience.AGENT: _agent_goes_to, Audience.CUSTOMER: _customer_goes_to}


def unless_forever(moment: datetime | None) -> datetime | None:
    """A moment of a session's windows; None where there is no limit."""
    return None if moment == FOREVER else moment


def milliseconds(moment: datetime) -> int:
    """Since 1970, as scripts count."""
    return int(moment.timestamp() * 1000)
