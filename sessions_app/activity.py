"""Activity: the agent's, which keeps sessions from ending by themselves, and the customer's, which may delay it."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from policies_app.kinds import ActivityCounts, DueKind, SessionState
from policies_app.reconnect import sooner
from policies_app.rules import due_while_open, inactivity
from policies_app.selectors import end_policies_at, end_policy_at
from policies_app.snapshot import EndPolicy
from sessions_app.kinds import Actor, EntryKind
from sessions_app.live import announce_moved
from sessions_app.models import Agent, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import change, clock_changes, due_by_customer, due_changes, lock, settle
from sessions_app.widget import addresses


@transaction.atomic
def note_activity(agent: Agent, in_session: int | None, *, now: datetime) -> None:
    """The agent did something, in this session or (None) elsewhere in Parley: start afresh the clocks it counts for.

    1. Lock the agent's active sessions, always in the same order, and let time have its due first: activity never
       revives what has ended.
    2. Keep those that it counts for by the policy of their workstream (rules.md 3).
    3. A session that warned of its end says that it stays open; one that was offered to the agent, that it was opened.
    4. The others, whose next moment is the same, move together in one UPDATE.
    """
    active = LiveSession.objects.filter(agent=agent, state=SessionState.ACTIVE)
    rows = active.select_related("customer", "agent").order_by("pk")
    locked = list(rows.select_for_update(no_key=True, of=("self",)))
    # The policies are read after the locks are held: an edit may have held the locks that we waited for.
    policies = end_policies_at(now, {session.workstream_id for session in locked})
    together: dict[tuple[int, bool, datetime | None], list[LiveSession]] = defaultdict(list)
    for session in locked:
        policy = policies[session.workstream_id]
        if session.is_prepared or (session.answer_by and session.pk != in_session):
            continue
        if policy.activity_counts is ActivityCounts.SESSION and session.pk != in_session:
            continue
        settle(session, now, newest=policy.seen)
        if session.state != SessionState.ACTIVE or _happened_after(session, now):
            continue
        if session.warned_at or session.answer_by:
            kind = EntryKind.ACCEPTED if session.answer_by else EntryKind.KEPT_OPEN
            append(session, Row(kind=kind, actor=Actor.AGENT, agent=agent), now=now, **_fresh(session, policy, now))
            if kind is EntryKind.ACCEPTED:
                addresses.send_once(session, now=now)
        else:
            alike = (session.workstream_id, session.started_at <= policy.saved_at, session.grace_until)
            together[alike].append(session)
    for sessions in together.values():
        changes = _fresh(sessions[0], policies[sessions[0].workstream_id], now)
        LiveSession.objects.filter(pk__in=[one.pk for one in sessions]).update(**changes)


_CALM = {"warned_at": None, "asked_for_time_at": None, "answer_by": None}
"""An agent who is there again has taken the warning back, and answered who asked for more time."""


def _happened_after(session: LiveSession, now: datetime) -> bool:
    """Whether the agent's last activity was later: requests that waited for the lock come in any order."""
    return session.last_agent_activity_at is not None and session.last_agent_activity_at > now


def _fresh(session: LiveSession, policy: EndPolicy, now: datetime) -> dict[str, Any]:
    """The columns of a session whose agent was active just now."""
    clock = inactivity(policy, opened_at=session.started_at, last_activity_at=now)
    due = sooner(due_while_open(clock, warned=False), due_by_customer(session, DueKind.DISCONNECT))
    return {"last_agent_activity_at": now, "clock_seen": policy.seen, **_CALM, **due_changes(due)}


@transaction.atomic
def note_customer_busy(session_id: int, *, now: datetime) -> None:
    """The customer is in the middle of completing something: where the policy waits for that, the end comes later (D6).

    What was announced stays announced; open pages are told that it comes later.
    """
    is_busy(lock(session_id, now), now=now)


def is_busy(session: LiveSession, *, now: datetime) -> None:
    """`note_customer_busy` in a session that is locked already."""
    if session.state != SessionState.ACTIVE or (session.customer_busy_at and session.customer_busy_at >= now):
        return
    before = session.next_due_at
    session.customer_busy_at = now
    clock = clock_changes(session, end_policy_at(now, session.workstream_id), warned=session.warned_at is not None)
    change(session, customer_busy_at=now, **clock)
    if session.warned_at and session.next_due_at != before:
        moved = [(str(session.public_id), session.last_number, session.agent_id)]
        transaction.on_commit(lambda: announce_moved(moved))
