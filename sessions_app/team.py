"""What supervisors see of everybody's day: agents with their seats and sessions, and who waits where (product.md C)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from policies_app.kinds import AgentStatus, SessionState
from policies_app.models import Workstream
from sessions_app import ledger
from sessions_app.availability import presences
from sessions_app.ledger import Held
from sessions_app.models import Agent, LiveSession

MOST_SESSIONS = 2000
"""So many sessions are shown at most, of all agents together; and so many that wait."""


@dataclass(frozen=True, slots=True)
class Member:
    """An agent now. Seats may be used beyond capacity where that was made smaller."""

    agent: Agent
    status: AgentStatus
    seats: tuple[Held, ...]

    @property
    def used(self) -> int:
        return len(self.seats)

    @property
    def free(self) -> int:
        return max(self.agent.capacity - self.used, 0)


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits in a workstream, first come first."""

    workstream: Workstream
    waiting: tuple[LiveSession, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """`members` are those who are there or hold seats; of the others only their number is told."""

    members: tuple[Member, ...]
    gone: int
    queues: tuple[Queue, ...]

    @property
    def waiting(self) -> int:
        return sum(len(queue.waiting) for queue in self.queues)

    @property
    def free(self) -> int:
        return sum(one.free for one in self.members if one.status is AgentStatus.AVAILABLE)


def team(now: datetime, workstream: int | None = None) -> Team:
    """Everybody, or the agents and the queue of one workstream; agents with all of their seats. Four queries."""
    agents = Agent.objects.filter(user__is_active=True).order_by("name", "pk")
    if workstream is not None:
        agents = agents.filter(workstreams=workstream)
    everybody = list(agents)
    status = presences(everybody, now)
    seats = _seats(now)
    members = [Member(one, status[one.pk], tuple(seats[one.pk])) for one in everybody]
    shown = [one for one in members if one.status is not AgentStatus.OFFLINE or one.seats]
    shown.sort(key=lambda one: _ORDER[one.status])
    return Team(tuple(shown), len(members) - len(shown), tuple(_queues(workstream)))


_ORDER = {AgentStatus.AVAILABLE: 0, AgentStatus.AWAY: 1, AgentStatus.OFFLINE: 2}


def _seats(now: datetime) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = defaultdict(list)
    for one in ledger.told(list(ledger.held(now)[:MOST_SESSIONS]), now):
        assert one.session.agent_id, "whatever takes a seat has an agent"
        found[one.session.agent_id].append(one)
    return found


def _queues(workstream: int | None) -> Iterable[Queue]:
    """Workstreams in which somebody waits, by name."""
    waiting = LiveSession.objects.filter(state=SessionState.QUEUED).select_related("customer", "workstream")
    if workstream is not None:
        waiting = waiting.filter(workstream=workstream)
    found: dict[Workstream, list[LiveSession]] = defaultdict(list)
    for session in waiting.order_by("workstream__name", "queued_at", "pk")[:MOST_SESSIONS]:
        found[session.workstream].append(session)
    return (Queue(one, tuple(sessions)) for one, sessions in found.items())
