"""Who takes the next session, and how long it will take, as pure functions (rules.md 2 and 5).

All moments are aware datetimes in UTC; intervals are half-open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from policies_app.kinds import AgentStatus

HERE_FOR = timedelta(minutes=3)
"""How long after the last sign of an agent's page the agent counts as signed in: pages give one every minute."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def presence_of(
    chosen: AgentStatus,
    *,
    last_seen_at: datetime | None,
    last_active_at: datetime | None,
    away_after: timedelta,
    now: datetime,
) -> AgentStatus:
    """What an agent's choice comes to: offline without an open page, away without real input for so long."""
    if chosen is AgentStatus.OFFLINE or last_seen_at is None or last_seen_at + HERE_FOR <= now:
        return AgentStatus.OFFLINE
    if chosen is AgentStatus.AWAY or last_active_at is None or last_active_at + away_after <= now:
        return AgentStatus.AWAY
    return AgentStatus.AVAILABLE


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who is available, with the seats that they have and hold, and when they last got a session."""

    agent: int
    capacity: int
    used: int
    last_assigned_at: datetime | None

    @property
    def free(self) -> int:
        return self.capacity - self.used


def chosen(candidates: Iterable[Candidate]) -> Candidate | None:
    """Who gets the next session: most free seats, among equals the longest without a new one; None without room."""
    free = [one for one in candidates if one.free > 0]
    return min(free, key=lambda one: (-one.free, one.last_assigned_at or _NEVER, one.agent), default=None)


def expected_wait(position: int, assigned: Sequence[datetime], now: datetime) -> timedelta | None:
    """How long the customer at this place (1 is the front) probably waits, from when sessions left the queue lately.

    None when there were too few to tell.
    """
    if len(assigned) < 3:
        return None
    first = min(assigned)
    return position * (now - first) / len(assigned)
