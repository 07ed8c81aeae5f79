"""Writes a session's state: its beginning, its end, and what time does to it. `assigning` writes who has it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from policies_app.kinds import AgentStatus, Channel, DueKind, EndReason, SessionState
from policies_app.models import PolicyVersion
from policies_app.reconnect import Away, away, due_while_away, sooner
from policies_app.rules import Due, due_after_end, due_while_open, inactivity, may_end, reason_in, windows
from policies_app.selectors import end_policy_at, next_edit
from policies_app.snapshot import EndPolicy
from sessions_app.kinds import Actor, EntryKind, ReturnReason
from sessions_app.live import announce_queue
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.timeline import Row, append


class NotPossible(ValueError):
    """The session cannot make this move from the state that it is in."""


# Beginning -------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_invitation(
    agent: Agent,
    customer: Customer,
    workstream_id: int,
    *,
    prepared: bool = False,
    public_id: UUID | None = None,
    now: datetime,
) -> LiveSession:
    """Begin an invitation session of this agent (rules.md 2). It is active at once and takes one of the agent's seats.

    One that is only `prepared` takes no seat, and time does nothing to it, until its customer is invited. The caller
    has seen to the seat (`seats.take`). Raises IntegrityError if there is a session with this public id already.
    """
    session = LiveSession(
        public_id=public_id or uuid7(),
        channel=Channel.INVITATION,
        workstream_id=workstream_id,
        state=SessionState.ACTIVE,
        agent=agent,
        customer=customer,
        started_at=now,
        is_prepared=prepared,
        assigned_at=now,
        last_agent_activity_at=now,
    )
    clock = clock_changes(session, end_policy_at(now, workstream_id))
    session.save(force_insert=True)
    told = {"prepared": True} if prepared else {}
    append(session, Row(kind=EntryKind.STARTED, actor=Actor.AGENT, agent=agent, payload=told), now=now, **clock)
    return session


# Locking, and what time has already done ---------------------------------------------------------------------------


def lock(session_id: int, now: datetime) -> LiveSession:
    """Lock the session for the transaction under way and first write down what is already true of it at `now`."""
    # Nothing is joined that may change: PostgreSQL would join the row that was true before it waited for the lock.
    # The lock is the one that UPDATE takes: what merely refers to the session, as half-typed text does, need not wait.
    rows = LiveSession.objects.select_related("customer")
    session = rows.select_for_update(no_key=True, of=("self",)).get(pk=session_id)
    settle(session, now)
    return session


def settle(session: LiveSession, now: datetime, *, newest: int | None = None) -> None:
    """Write down everything that time did to a locked session up to `now`, each at the moment it was due.

    An edit of the policy moves the clock of an open session at its own moment, before what was due later. Who knows the
    newest version that may concern it says so, and saves the question.
    """
    while True:
        due_at = session.next_due_at if session.next_due_at and session.next_due_at <= now else None
        if (newest is None or session.clock_seen < newest) and (edit := _missed_edit(session, due_at or now)):
            _follow(session, edit, now)
        elif due_at:
            _BY_TIME[DueKind(session.next_due_kind)](session, due_at, now)
        else:
            return


def _missed_edit(session: LiveSession, until: datetime) -> PolicyVersion | None:
    """The first edit of the policy, up to a moment, that the clock of a session does not know; one query if active."""
    if session.state != SessionState.ACTIVE:
        return None
    return next_edit(session.clock_seen, session.workstream_id, until)


def _follow(session: LiveSession, edit: PolicyVersion, now: datetime) -> None:
    """Set the clock by the policy as it is since an edit; a warning that was given is taken back (rules.md 6)."""
    policy = end_policy_at(edit.saved_at, session.workstream_id)
    changes = clock_changes(session, policy) | {"clock_seen": max(policy.seen, edit.pk)}
    if session.warned_at is None:
        change(session, **changes)
    else:
        row = Row(kind=EntryKind.KEPT_OPEN, actor=Actor.ADMIN, due_at=edit.saved_at, policy_version=policy.version)
        append(session, row, now=now, warned_at=None, asked_for_time_at=None, **changes)


def change(session: LiveSession, **changes: Any) -> None:
    """Change columns of a locked session that no row of the timeline speaks of."""
    LiveSession.objects.filter(pk=session.pk).update(**changes)
    for name, value in changes.items():
        setattr(session, name, value)


def _warn(session: LiveSession, due_at: datetime, now: datetime) -> None:
    clock = clock_changes(session, end_policy_at(due_at, session.workstream_id), warned=True)
    append(session, Row(kind=EntryKind.WARNED, actor=Actor.SYSTEM, due_at=due_at), now=now, warned_at=due_at, **clock)


def _end_inactive(session: LiveSession, due_at: datetime, now: datetime) -> None:
    _end(session, EndReason.AGENT_INACTIVE, Actor.SYSTEM, None, ended_at=due_at, now=now)


def _return_unanswered(session: LiveSession, due_at: datetime, now: datetime) -> None:
    """The agent who was given it did not open it in time, and becomes away, so as not to be given the next one."""
    assert session.agent_id, "only an agent can be waited for"
    missed = Agent.objects.filter(pk=session.agent_id, status=AgentStatus.AVAILABLE)
    reason = {"reason": ReturnReason.UNANSWERED}
    row = Row(kind=EntryKind.RETURNED, actor=Actor.SYSTEM, payload=reason, due_at=due_at)
    return_to_queue(session, row, now=now)
    # Afterwards, because who gives seats locks agents before sessions.
    transaction.on_commit(lambda: missed.update(status=AgentStatus.AWAY))
    transaction.on_commit(partial(_somebody_waits, session.workstream_id, now))


def _somebody_waits(workstream_id: int, now: datetime) -> None:
    from sessions_app.assigning import assign_waiting

    assign_waiting(workstream_id, now)


def _disconnect(session: LiveSession, due_at: datetime, now: datetime) -> None:
    """The grace is over and the customer is not back: the agent's clock stands still, and their seat may be held.

    What the customer is promised here stays, whatever becomes of the widget's settings (rules.md 5).
    """
    assert session.widget and session.disconnected_at, "only the customer of a widget can be gone"
    promised = away(session.widget.policy(), session.disconnected_at, answered=session.answer_by is None)
    append(
        session,
        Row(kind=EntryKind.DISCONNECTED, actor=Actor.SYSTEM, due_at=due_at, payload=_told_of(promised)),
        now=now,
        state=SessionState.DISCONNECTED,
        grace_until=None,
        hold_until=promised.hold_until,
        return_until=promised.return_until,
        answer_by=None,
        warned_at=None,
        asked_for_time_at=None,
        **due_changes(due_while_away(promised.hold_until, promised.ends_at, due_at)),
    )
    if promised.hold_until is None and session.agent_id:
        transaction.on_commit(partial(_seat_is_free, session.agent_id, now))


def _told_of(promised: Away) -> dict[str, str]:
    moments = {"held": promised.hold_until, "until": promised.return_until, "ends": promised.ends_at}
    return {name: moment.isoformat() for name, moment in moments.items() if moment}


def _end_hold(session: LiveSession, due_at: datetime, now: datetime) -> None:
    """The customer can still come back, but the seat is free for others."""
    assert session.agent_id, "only an agent holds a seat"
    row = Row(kind=EntryKind.HOLD_OVER, actor=Actor.SYSTEM, due_at=due_at)
    append(session, row, now=now, **no_longer_held(session, due_at))
    transaction.on_commit(partial(_seat_is_free, session.agent_id, now))


def no_longer_held(session: LiveSession, since: datetime) -> dict[str, Any]:
    """The columns of a disconnected session whose seat is given up at a moment, which may be before it was due."""
    assert session.return_until, "a seat is held only for who can come back"
    return {"hold_until": since, **due_changes(due_while_away(None, session.return_until, since))}


def _end_away(session: LiveSession, due_at: datetime, now: datetime) -> None:
    _end(session, EndReason.RECONNECT_TIMEOUT, Actor.SYSTEM, None, ended_at=due_at, now=now)


def _abandon(session: LiveSession, due_at: datetime, now: datetime) -> None:
    _end(session, EndReason.ABANDONED, Actor.SYSTEM, None, ended_at=due_at, now=now)


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
    DueKind.RETURN: _return_unanswered,
    DueKind.DISCONNECT: _disconnect,
    DueKind.ABANDON: _abandon,
    DueKind.END_HOLD: _end_hold,
    DueKind.END_AWAY: _end_away,
    DueKind.LIMIT_ACCESS: _limit_access,
    DueKind.CLOSE_ACCESS: _close_access,
}


def due_changes(due: Due | None) -> dict[str, Any]:
    """The columns that say what time does next."""
    return {"next_due_at": due.at if due else None, "next_due_kind": due.kind if due else "", "retry_at": None}


def clock_changes(session: LiveSession, policy: EndPolicy, *, warned: bool = False) -> dict[str, Any]:
    """The columns that say what time does next to an active session as it stands: by the agent's inactivity, or because
    the customer is gone (rules.md 2, 3).

    The agent's clock does not run before the agent has answered, nor before the customer was invited.
    """
    due = sooner(_due_by_agent(session, policy, warned=warned), due_by_customer(session, DueKind.DISCONNECT))
    return due_changes(due) | {"clock_seen": policy.seen}


def _due_by_agent(session: LiveSession, policy: EndPolicy, *, warned: bool) -> Due | None:
    assert session.last_agent_activity_at, "an active session has an agent who did something"
    if session.answer_by:
        return Due(session.answer_by, DueKind.RETURN)
    if session.is_prepared:
        return None
    clock = inactivity(
        policy,
        opened_at=session.started_at,
        last_activity_at=session.last_agent_activity_at,
        customer_busy_at=session.customer_busy_at,
    )
    return due_while_open(clock, warned=warned)


def due_by_customer(session: LiveSession, kind: DueKind) -> Due | None:
    """What comes of it, and when, that the customer's connection is gone; None while it is there."""
    return Due(session.grace_until, kind) if session.grace_until else None


# The queue -------------------------------------------------------------------------------------------------------


def return_to_queue(session: LiveSession, row: Row, *, now: datetime, **changes: Any) -> None:
    """Put a locked session back into the queue of its workstream, in the place that it had there (rules.md 2).

    The row is RETURNED, and says why.
    """
    queued = {"queued_at": session.queued_at or now} | changes
    append(session, row, now=now, **queued_changes(session), **queued)
    transaction.on_commit(partial(announce_queue, session.workstream_id))


def queued_changes(session: LiveSession) -> dict[str, Any]:
    """The columns of a session that waits: no agent, and nothing that time does to it unless the customer is gone."""
    return {
        "state": SessionState.QUEUED,
        "agent": None,
        "assigned_at": None,
        "answer_by": None,
        "is_prepared": False,
        "warned_at": None,
        "asked_for_time_at": None,
        "hold_until": None,
        "return_until": None,
        **due_changes(due_by_customer(session, DueKind.ABANDON)),
    }


# The end ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def end(
    session_id: int,
    reason: EndReason,
    *,
    actor: Actor,
    agent: Agent | None = None,
    named: str = "",
    now: datetime,
) -> LiveSession:
    """End a session, whoever asks. Of several who race one wins; the others get the session as it ended.

    An integration that ends it by itself is recorded as `named`. Ending an ended session is not an error. Raises
    NotPossible if this reason cannot end it from its state, or if the agent who ends it has it no longer.
    """
    session = lock(session_id, now)
    if session.is_open:
        if agent and session.agent_id != agent.pk:
            raise NotPossible(f"{agent} no longer has the session")
        reason = reason_in(SessionState(session.state), reason)
        if not may_end(Channel(session.channel), SessionState(session.state), reason):
            raise NotPossible(f"a session that is {session.state} cannot be ended as {reason}")
        _end(session, reason, actor, agent, named=named, ended_at=now, now=now)
    return session


def _end(
    session: LiveSession,
    reason: EndReason,
    actor: Actor,
    agent: Agent | None,
    *,
    named: str = "",
    ended_at: datetime,
    now: datetime,
) -> None:
    """The one end path: freeze the policy in force at the end, open the windows it gives, record it (rules.md 2, 4)."""
    policy = end_policy_at(ended_at, session.workstream_id)
    given = windows(policy, ended_at)
    row = Row(
        kind=EntryKind.ENDED,
        actor=actor,
        agent=agent,
        payload={"reason": str(reason)} | ({"by": named} if named else {}),
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
        answer_by=None,
        is_prepared=False,
        disconnected_at=_gone_since(session, ended_at),
        grace_until=None,
        hold_until=None,
        return_until=None,
        **_unanswered(session, actor),
        **due_changes(due_after_end(given, ended_at)),
    )
    if session.agent_id:
        transaction.on_commit(partial(_seat_is_free, session.agent_id, now))
    else:
        transaction.on_commit(partial(announce_queue, session.workstream_id))


def _gone_since(session: LiveSession, ended_at: datetime) -> datetime | None:
    """Since when the customer had been gone at the end; within the grace they count as there (rules.md 2)."""
    within_grace = session.grace_until is not None and ended_at < session.grace_until
    return None if within_grace else session.disconnected_at


def _seat_is_free(agent_id: int, now: datetime) -> None:
    """Whoever waits gets it at once; the beat of the workers would come to that, too."""
    from sessions_app.assigning import fill_seats_of

    fill_seats_of(agent_id, now)


def _unanswered(session: LiveSession, actor: Actor) -> dict[str, datetime | None]:
    """A request that nobody answered outlives a session that closed by itself, and waits for the agent."""
    if session.asked_for_time_at is None:
        return {}
    return {"follow_up_since": session.asked_for_time_at} if actor is Actor.SYSTEM else {"asked_for_time_at": None}
