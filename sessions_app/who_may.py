"""Who may do what in a room on the agents' side, as one table (rules.md 2; product.md C, D4). Customers: `access`."""

from enum import StrEnum

from django.db.models import Q

from policies_app.kinds import SessionState
from policies_app.models import Workstream
from sessions_app import selectors
from sessions_app.models import Agent, LiveSession

MONITOR = "sessions_app.monitor_session"
TAKE_OVER = "sessions_app.take_over_session"
RELEASE = "sessions_app.release_seat"


class Act(StrEnum):
    """What somebody may be allowed to do in a room."""

    READ = "read"
    """Everything that agents see of the session. The customer notices nothing of it."""

    NOTE = "note"
    """Write notes, which only agents see."""

    WRITE = "write"
    """Whatever the customer can notice, and whatever else changes the session, but for what stands below. So only who
    holds a session closes it while its customer is away."""

    MOVE = "move"
    PICK = "pick"
    TAKE_OVER = "take_over"
    RELEASE = "release"


class Standing(StrEnum):
    """What an agent is to a session. One agent may be several."""

    HOLDER = "holder"
    COLLEAGUE_OF_WAITING = "colleague_of_waiting"
    COLLEAGUE_OF_ENDED = "colleague_of_ended"
    HEIR = "heir"
    """A colleague of an ended session that waits for an answer, whose own agent is gone."""

    MONITOR = "monitor"
    SUPERVISOR = "supervisor"
    KEEPER_OF_SEATS = "keeper_of_seats"


MAY: dict[Standing, frozenset[Act]] = {
    Standing.HOLDER: frozenset({Act.READ, Act.NOTE, Act.WRITE, Act.MOVE}),
    Standing.COLLEAGUE_OF_WAITING: frozenset({Act.READ, Act.NOTE, Act.PICK}),
    Standing.COLLEAGUE_OF_ENDED: frozenset({Act.READ, Act.NOTE}),
    Standing.HEIR: frozenset({Act.TAKE_OVER}),
    Standing.MONITOR: frozenset({Act.READ, Act.NOTE}),
    Standing.SUPERVISOR: frozenset({Act.MOVE, Act.TAKE_OVER}),
    Standing.KEEPER_OF_SEATS: frozenset({Act.RELEASE}),
}

BY_RIGHT = {
    MONITOR: Standing.MONITOR,
    TAKE_OVER: Standing.SUPERVISOR,
    RELEASE: Standing.KEEPER_OF_SEATS,
}
"""What the permissions of Django make of an agent in every session that is not their own."""

SHARED = (SessionState.QUEUED, SessionState.ENDED)
"""In these states a session is open to all agents of its workstream, so that they can pick it or follow it up."""


def acts(session: LiveSession, agent: Agent) -> frozenset[Act]:
    """What an agent may do in a session; nothing without READ. No query for its own agent, else at most four."""
    allowed = frozenset[Act]().union(*(MAY[one] for one in standings(session, agent)))
    return allowed if Act.READ in allowed else frozenset()


def standings(session: LiveSession, agent: Agent) -> set[Standing]:
    """What the agent is to the session. Whoever holds it needs nothing else."""
    if session.agent_id == agent.pk:
        return {Standing.HOLDER}
    found = {standing for right, standing in BY_RIGHT.items() if agent.user.has_perm(right)}
    if session.state in SHARED and agent.workstreams.filter(pk=session.workstream_id).exists():
        waits = session.state == SessionState.QUEUED
        found.add(Standing.COLLEAGUE_OF_WAITING if waits else Standing.COLLEAGUE_OF_ENDED)
        if session.follow_up_since and selectors.left_behind(agent).filter(pk=session.pk).exists():
            found.add(Standing.HEIR)
    return found


def readable_by(agent: Agent) -> Q:
    """The sessions that an agent may read, as a condition on sessions: `Act.READ` of `acts` in SQL."""
    if agent.user.has_perm(MONITOR):
        return Q()
    return Q(agent=agent) | Q(workstream__in=Workstream.objects.filter(agents=agent), state__in=SHARED)
