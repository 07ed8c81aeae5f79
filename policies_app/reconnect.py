"""Reconnect to previous chat (rules.md 5) as pure functions: a policy, the moment of the drop and `now` in.

All moments are aware datetimes in UTC; intervals are half-open. In the names of rules.md: `d` is the moment the
customer's connection was lost, `T` the workstream's auto-close, `A` how long the seat is held for them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from policies_app.kinds import DueKind, Return
from policies_app.rules import Due

GRACE = timedelta(seconds=20)
"""How long a customer may be gone before the session counts as disconnected, unless their widget says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectPolicy:
    """What a chat widget, and the workstream that it belongs to, say about customers who drop out.

    `same_agent_for` (A) is None where no seat is held; it never counts for more than `time_limit` (T).
    """

    is_on: bool = False
    time_limit: timedelta
    same_agent_for: timedelta | None = None
    grace: timedelta = GRACE

    @property
    def held_for(self) -> timedelta:
        """How long the agent's seat is held, from the drop: A, at most T."""
        if not self.is_on or self.same_agent_for is None:
            return timedelta(0)
        return min(self.same_agent_for, self.time_limit)


@dataclass(frozen=True, slots=True)
class Away:
    """What a customer who is disconnected was promised at the drop; later edits of the policy do not change it.

    `hold_until` is until when their agent's seat is kept (None: it is not), `return_until` until when they can come
    back (None: they cannot), `ends_at` when the session ends if they do not.
    """

    hold_until: datetime | None
    return_until: datetime | None
    ends_at: datetime


def counts_as_gone_at(policy: ReconnectPolicy, lost_at: datetime) -> datetime:
    """When the session becomes disconnected, unless the connection is back by then (rules.md 2)."""
    return lost_at + policy.grace


def away(policy: ReconnectPolicy, lost_at: datetime, *, answered: bool = True) -> Away:
    """What holds from the moment at which the grace is over.

    A seat is kept only by an agent who had opened the session. What would end before the grace is over ends with it.
    """
    gone_at = counts_as_gone_at(policy, lost_at)
    hold_until = lost_at + policy.held_for
    ends_at = max(lost_at + policy.time_limit, gone_at)
    return Away(
        hold_until=hold_until if answered and hold_until > gone_at else None,
        return_until=ends_at if policy.is_on else None,
        ends_at=ends_at,
    )


def on_return(hold_until: datetime | None, return_until: datetime | None, now: datetime) -> Return:
    """What becomes of a disconnected session when its customer is back at `now` (the table of rules.md 5)."""
    if return_until is None or now >= return_until:
        return Return.OVER
    return Return.SAME_AGENT if hold_until is not None and now < hold_until else Return.ANY_AGENT


def due_while_away(hold_until: datetime | None, ends_at: datetime, after: datetime) -> Due:
    """What time does next to a disconnected session, after that moment: give the seat away, or end it."""
    if hold_until is not None and after < hold_until < ends_at:
        return Due(hold_until, DueKind.END_HOLD)
    return Due(ends_at, DueKind.END_AWAY)


def sooner(one: Due | None, other: Due | None) -> Due | None:
    """Whichever comes first; of two at the same moment the first one given."""
    return min((due for due in (one, other) if due), key=lambda due: due.at, default=None)
