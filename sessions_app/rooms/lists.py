"""The lists at the side of an agent's page: what they hold, what waits for them, and how they are seen themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policies_app.kinds import AgentStatus, DueKind
from sessions_app import availability, seats, selectors
from sessions_app.documents.panel import Listed, newest_of_each
from sessions_app.documents.selectors import being_completed
from sessions_app.kinds import Audience
from sessions_app.live import room_topic
from sessions_app.models import Agent, LiveSession
from sessions_app.presence import present
from sessions_app.rooms.away import Away, Stage, away, may_be_lost
from sessions_app.settling import settle_one

WAITING_SHOWN = 20
"""So many of those who wait are listed; of the others the number is said."""

CHOICES = (AgentStatus.AVAILABLE, AgentStatus.AWAY, AgentStatus.OFFLINE)
"""What agents choose of; they are offline by signing out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of the agent's open sessions: whether its customer is here, how much of theirs was not looked at yet, and
    the document that they are completing. `away` says more of a customer who is gone, `is_closed` that the agent gave
    up the seat."""

    session: LiveSession
    present: bool
    unread: int
    completing: Listed | None = None
    away: Away | None = None
    is_closed: bool = False

    @property
    def closes_at(self) -> datetime | None:
        """When it closes unless the agent does something."""
        closes = self.session.warned_at or self.session.next_due_kind == DueKind.END_INACTIVE
        return self.session.next_due_at if closes else None

    @property
    def takes_no_seat(self) -> bool:
        """Whether the customer is away and no seat is held for them: there is nothing to do but to wait."""
        return self.away is not None and self.away.is_disconnected and not self.away.is_held

    @property
    def loses(self) -> bool:
        """Whether a customer who is not here has only lost the connection, so far."""
        return may_be_lost(self.session)


@dataclass(frozen=True, slots=True)
class Me:
    """The agent's own state: what they chose, what it comes to, and how many of their seats are taken."""

    chosen: AgentStatus
    presence: AgentStatus
    used: int
    capacity: int

    @property
    def is_away_by_itself(self) -> bool:
        return self.chosen is AgentStatus.AVAILABLE and self.presence is AgentStatus.AWAY

    @property
    def choices(self) -> tuple[AgentStatus, ...]:
        return CHOICES


def lists(agent: Agent, now: datetime) -> dict[str, Any]:
    """Everything that is listed, for `agent/sessions.html`. As many queries for many sessions as for few."""
    _let_time_have_its_due(agent, now)
    lines = _lines(selectors.open_sessions(agent), now)
    waiting = list(selectors.queues_of(agent)[: WAITING_SHOWN + 1])
    more = selectors.queues_of(agent).count() - WAITING_SHOWN if len(waiting) > WAITING_SHOWN else 0
    return {
        "me": _me(agent, now),
        "offered": [line for line in lines if line.session.answer_by],
        "sessions": [line for line in lines if not line.session.answer_by and not line.takes_no_seat],
        "away": [line for line in lines if line.takes_no_seat],
        "waiting": waiting[:WAITING_SHOWN],
        "more_waiting": more,
        "follow_ups": selectors.follow_ups(agent),
        "left_behind": list(selectors.left_behind(agent).select_related("customer", "agent")),
    }


def _let_time_have_its_due(agent: Agent, now: datetime) -> None:
    due = selectors.due_sessions(agent, now)
    for pk in due:
        settle_one(pk, now)
    if due:
        agent.refresh_from_db(fields=["status"])  # who does not answer becomes away


def _lines(sessions: list[LiveSession], now: datetime) -> list[Line]:
    names = {one.pk: room_topic(one.public_id, Audience.CUSTOMER) for one in sessions}
    here, unread = present(list(names.values())), selectors.unread_counts(sessions)
    completing = newest_of_each(being_completed(sessions))
    gone = {one.pk: found for one in sessions if (found := away(one, now))}
    closed = selectors.closed_by_agent(one for one in sessions if one.pk in gone and gone[one.pk].stage is Stage.FREE)
    return [
        Line(
            one,
            present=here[names[one.pk]] and one.pk not in gone,
            unread=unread.get(one.pk, 0),
            completing=completing.get(one.pk),
            away=gone.get(one.pk),
            is_closed=one.pk in closed,
        )
        for one in sessions
    ]


def _me(agent: Agent, now: datetime) -> Me:
    used = seats.used_by([agent.pk], now)[agent.pk]
    return Me(AgentStatus(agent.status), availability.presence(agent, now), used, agent.capacity)
