"""The agent's activity: what keeps sessions from ending by themselves (rules.md 3)."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from policies_app.kinds import ActivityCounts, SessionState
from policies_app.rules import due_while_open, inactivity
from policies_app.selectors import end_policy_at
from policies_app.snapshot import EndPolicy
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import due_changes, settle


@transaction.atomic
def note_activity(agent: Agent, in_session: int | None, *, now: datetime) -> None:
    """The agent did something, in this session or (None) elsewhere in Parley: start afresh the clocks it counts for.

    1. Lock the agent's active sessions that it counts for, always in the same order, and let time have its due first:
       activity never revives what has ended.
    2. A session that warned of its end says that it stays open.
    3. The others, whose next moment is the same, move together in one UPDATE.
    """
    policy = end_policy_at(now)
    counts = LiveSession.objects.filter(agent=agent, state=SessionState.ACTIVE)
    if policy.activity_counts is ActivityCounts.SESSION:
        counts = counts.filter(pk=in_session or 0)
    together: dict[datetime | None, list[LiveSession]] = defaultdict(list)
    locked = list(counts.select_related("customer", "agent").order_by("pk").select_for_update(of=("self",)))
    policy = end_policy_at(now)  # once more: an edit may have held the locks that we waited for
    for session in locked:
        settle(session, now)
        if not session.is_open or _happened_after(session, now):
            continue
        changes = _fresh(session, policy, now)
        if session.warned_at:
            append(session, Row(kind=EntryKind.KEPT_OPEN, actor=Actor.AGENT, agent=agent), now=now, **changes)
        else:
            together[changes["next_due_at"]].append(session)
    for sessions in together.values():
        LiveSession.objects.filter(pk__in=[one.pk for one in sessions]).update(**_fresh(sessions[0], policy, now))


def _happened_after(session: LiveSession, now: datetime) -> bool:
    """Whether the agent's last activity was later: requests that waited for the lock come in any order."""
    return session.last_agent_activity_at is not None and session.last_agent_activity_at > now


def _fresh(session: LiveSession, policy: EndPolicy, now: datetime) -> dict[str, Any]:
    """The columns of a session whose agent was active just now."""
    clock = inactivity(policy, opened_at=session.started_at, last_activity_at=now)
    return {"last_agent_activity_at": now, "warned_at": None, **due_changes(due_while_open(clock, warned=False))}
