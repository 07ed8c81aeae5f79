"""The only writer of a session's state. Everyone who ends a session, or lets time do it, comes through here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from policies_app.kinds import Channel, DueKind, EndReason, SessionState
from policies_app.rules import Due, due_after_end, due_while_open, inactivity, may_end, windows
from policies_app.selectors import end_policy_at
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.timeline import Row, append


class NotPossible(ValueError):
    """The session cannot make this move from the state that it is in."""


# Beginning -------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_invitation(agent: Agent, customer: Customer, *, public_id: UUID | None = None, now: datetime) -> LiveSession:
    """Begin an invitation session of this agent (rules.md 2). It is active at once.

    Raises IntegrityError if there is a session with this public id already.
    """
    session = LiveSession(
        public_id=public_id or uuid7(),
        channel=Channel.INVITATION,
        state=SessionState.ACTIVE,
        agent=agent,
        customer=customer,
        started_at=now,
        last_agent_activity_at=now,
    )
    session.save(force_insert=True)
    append(session, Row(kind=EntryKind.STARTED, actor=Actor.AGENT, agent=agent), now=now, **clock_changes(session, now))
    return session


# Locking, and what time has already done ---------------------------------------------------------------------------


def lock(session_id: int, now: datetime) -> LiveSession:
    """Lock the session for the transaction under way and first write down what is already true of it at `now`."""
    rows = LiveSession.objects.select_related("agent", "customer", "end_policy")
    session = rows.select_for_update(of=("self",)).get(pk=session_id)
    settle(session, now)
    return session


def settle(session: LiveSession, now: datetime) -> None:
    """Write down everything that time did to a locked session up to `now`, each at the moment it was due."""
    while session.next_due_at is not None and session.next_due_at <= now:
        if later := _moved_by_edit(session, session.next_due_at):
            _change(session, **later)
        else:
            _BY_TIME[DueKind(session.next_due_kind)](session, session.next_due_at, now)


def _moved_by_edit(session: LiveSession, due_at: datetime) -> dict[str, Any] | None:
    """The later moment that held by then, if the session's clock does not know an edit made before `due_at`."""
    if not session.is_open:
        return None
    changes = clock_changes(session, due_at, warned=session.warned_at is not None)
    return changes if changes["next_due_at"] is None or changes["next_due_at"] > due_at else None


def _change(session: LiveSession, **changes: Any) -> None:
    """Change columns of a locked session that no row of the timeline speaks of."""
    LiveSession.objects.filter(pk=session.pk).update(**changes)
    for name, value in changes.items():
        setattr(session, name, value)


def _warn(session: LiveSession, due_at: datetime, now: datetime) -> None:
    """Record the warning. If the end is due by now, too, it comes by the policy that warned; else by the one of now."""
    clock = clock_changes(session, due_at, warned=True)
    if clock["next_due_at"] is None or clock["next_due_at"] > now:
        clock = clock_changes(session, now, warned=True)
    append(session, Row(kind=EntryKind.WARNED, actor=Actor.SYSTEM, due_at=due_at), now=now, warned_at=due_at, **clock)


def _end_inactive(session: LiveSession, due_at: datetime, now: datetime) -> None:
    _end(session, EndReason.AGENT_INACTIVE, Actor.SYSTEM, None, ended_at=due_at, now=now)


def _limit_access(session: LiveSession, due_at: datetime, now: datetime) -> None:
    _access_changed(session, EntryKind.ACCESS_LIMITED, due_at, now)


def _close_access(session: LiveSession, due_at: datetime, now: datetime) -> None:
    _access_changed(session, EntryKind.ACCESS_CLOSED, due_at, now)


def _access_changed(session: LiveSession, kind: EntryKind, due_at: datetime, now: datetime) -> None:
    row = Row(kind=kind, actor=Actor.SYSTEM, due_at=due_at, policy_version=session.end_policy_id)
    append(session, row, now=now, **due_changes(due_after_end(session.windows, due_at)))


_BY_TIME: dict[DueKind, Callable[[LiveSession, datetime, datetime], None]] = {
    DueKind.WARN: _warn,
    DueKind.END_INACTIVE: _end_inactive,
    DueKind.LIMIT_ACCESS: _limit_access,
    DueKind.CLOSE_ACCESS: _close_access,
}


def due_changes(due: Due | None) -> dict[str, Any]:
    """The columns that say what time does next."""
    return {"next_due_at": due.at if due else None, "next_due_kind": due.kind if due else "", "retry_at": None}


def clock_changes(session: LiveSession, now: datetime, *, warned: bool = False) -> dict[str, Any]:
    """The columns that say when the agent's inactivity, as it stands, has its next effect (rules.md 3)."""
    assert session.last_agent_activity_at, "an active session has an agent who did something"
    clock = inactivity(
        end_policy_at(now), opened_at=session.started_at, last_activity_at=session.last_agent_activity_at
    )
    return due_changes(due_while_open(clock, warned=warned))


# The end ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def end(session_id: int, reason: EndReason, *, actor: Actor, agent: Agent | None = None, now: datetime) -> LiveSession:
    """End a session, whoever asks. Of several who race one wins; the others get the session as it ended.

    Ending an ended session is not an error. Raises NotPossible if this reason cannot end it from its state.
    """
    session = lock(session_id, now)
    if session.is_open:
        if not may_end(Channel(session.channel), SessionState(session.state), reason):
            raise NotPossible(f"a session that is {session.state} cannot be ended as {reason}")
        _end(session, reason, actor, agent, ended_at=now, now=now)
    return session


def _end(
    session: LiveSession, reason: EndReason, actor: Actor, agent: Agent | None, *, ended_at: datetime, now: datetime
) -> None:
    """The one end path: freeze the policy in force at the end, open the windows it gives, record it (rules.md 2, 4)."""
    policy = end_policy_at(ended_at)
    given = windows(policy, ended_at)
    row = Row(
        kind=EntryKind.ENDED,
        actor=actor,
        agent=agent,
        payload={"reason": reason},
        due_at=ended_at,
        policy_version=policy.version,
    )
    append(
        session,
        row,
        now=now,
        state=SessionState.ENDED,
        end_reason=reason,
        ended_at=ended_at,
        end_policy_id=policy.version,
        full_until=given.full_until,
        limited_until=given.limited_until,
        warned_at=None,
        **due_changes(due_after_end(given, ended_at)),
    )
