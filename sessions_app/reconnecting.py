"""Writes what becomes of a widget session whose customer drops out and comes back (rules.md 2 and 5).

What time does to it is in `transitions`. Whoever gives an agent a seat locks the agent before the session.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from policies_app.kinds import DueKind, Return, SessionState
from policies_app.reconnect import counts_as_gone_at, on_return
from policies_app.selectors import end_policy_at
from sessions_app import availability, seats
from sessions_app.actions import Refused
from sessions_app.assigning import look_again, seat, try_to_assign
from sessions_app.beats import expect
from sessions_app.kinds import Actor, Audience, EntryKind, ReturnReason
from sessions_app.live import announce_connection, room_topic
from sessions_app.models import Agent, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import (
    change,
    clock_changes,
    due_by_customer,
    due_changes,
    lock,
    no_longer_held,
    return_to_queue,
    settle,
)

WAITS_OR_ACTIVE = (SessionState.QUEUED, SessionState.ACTIVE)


# The customer's connection -----------------------------------------------------------------------------------------


@transaction.atomic
def connection_lost(session_id: int, at: datetime, *, now: datetime) -> None:
    """The customer's connection is gone since a moment: the grace of their widget begins there (rules.md 2).

    Nothing happens in a session without a widget, in one that has ended, or when it is known already.
    """
    session = lock(session_id, now)
    if session.widget is None or session.state not in WAITS_OR_ACTIVE or session.grace_until:
        return
    grace_until = counts_as_gone_at(session.widget.policy(), at)
    _set_connection(session, lost_at=at, grace_until=grace_until, now=now)
    settle(session, now)


@transaction.atomic
def connection_back(session_id: int, *, now: datetime) -> None:
    """The customer's connection is there: within the grace nothing has happened. A disconnected session stays so until
    the customer returns (`come_back`)."""
    session = lock(session_id, now)
    if session.grace_until:
        _set_connection(session, lost_at=None, grace_until=None, now=now)


def _set_connection(
    session: LiveSession, *, lost_at: datetime | None, grace_until: datetime | None, now: datetime
) -> None:
    session.grace_until = grace_until
    if session.state == SessionState.ACTIVE:
        policy = end_policy_at(now, session.workstream_id)
        due = clock_changes(session, policy, warned=session.warned_at is not None)
    else:
        due = due_changes(due_by_customer(session, DueKind.ABANDON))
    change(session, disconnected_at=lost_at, grace_until=grace_until, **due)
    transaction.on_commit(partial(announce_connection, session))


# Coming back -------------------------------------------------------------------------------------------------------


@transaction.atomic
def come_back(session_id: int, *, now: datetime) -> Return:
    """The customer is back, in whatever way; the caller has seen to it that it is they (rules.md 5).

    1. Lock the agent who had the session, then the session, and let time have its due: of a seat that is held nobody
       takes anything meanwhile, and of one that is not, seats are counted one after the other.
    2. While the seat is held, or where nothing was lost, it goes on with the same agent.
    3. Else with that agent if they are available and have a free seat, else it waits in the queue, at its old place.

    4. Their page has a moment to say that it is there, or they would be taken for gone at once.

    Coming back twice is as once. What has ended, or cannot be come back to, is Return.OVER.
    """
    agent = _locked_agent(session_id)
    session = lock(session_id, now)
    if session.widget_id and session.state != SessionState.ENDED:
        transaction.on_commit(partial(expect, room_topic(session.public_id, Audience.CUSTOMER), now))
    if session.state in WAITS_OR_ACTIVE:
        if session.grace_until:
            _set_connection(session, lost_at=None, grace_until=None, now=now)
        return Return.SAME_AGENT if session.state == SessionState.ACTIVE else Return.ANY_AGENT
    if session.state == SessionState.ENDED:
        return Return.OVER
    outcome = _outcome(session, now)
    if outcome is Return.SAME_AGENT or (outcome is Return.ANY_AGENT and _has_room(session, agent, now)):
        assert agent and agent.pk == session.agent_id, "a disconnected session keeps its agent"
        row = Row(kind=EntryKind.RECONNECTED, actor=Actor.CUSTOMER, agent=agent)
        if outcome is Return.SAME_AGENT:
            seat(session, agent, row, now, answered=True, disconnected_at=None, assigned_at=session.assigned_at)
        else:
            seat(session, agent, row, now, answered=False, disconnected_at=None)
    elif outcome is Return.ANY_AGENT:
        _back_into_queue(session, now)
    return outcome


def _locked_agent(session_id: int) -> Agent | None:
    agents = Agent.objects.filter(sessions=session_id).select_related("user")
    return agents.select_for_update(no_key=True, of=("self",)).first()


def _outcome(session: LiveSession, now: datetime) -> Return:
    """By the rules; but a seat that was given up or away is not held, though we read the clock before whoever did that
    and had the lock after them."""
    outcome = on_return(None if session.gave_seat_up else session.hold_until, session.return_until, now)
    if outcome is Return.SAME_AGENT:
        seated = LiveSession.objects.filter(agent=session.agent_id, state=SessionState.ACTIVE)
        if seated.filter(assigned_at__gte=session.hold_until).exists():
            return Return.ANY_AGENT
    return outcome


def _has_room(session: LiveSession, agent: Agent | None, now: datetime) -> bool:
    if agent is None or agent.pk != session.agent_id:
        return False
    if not availability.available(session.workstream_id, now).filter(pk=agent.pk).exists():
        return False
    return seats.used_by([agent.pk], now)[agent.pk] < agent.capacity


def _back_into_queue(session: LiveSession, now: datetime) -> None:
    reason = {"reason": ReturnReason.CUSTOMER_BACK}
    row = Row(kind=EntryKind.RETURNED, actor=Actor.CUSTOMER, payload=reason)
    return_to_queue(session, row, now=now, disconnected_at=None)
    transaction.on_commit(partial(try_to_assign, session.workstream_id, now))


# The agent, meanwhile ----------------------------------------------------------------------------------------------


@transaction.atomic
def close(session_id: int, agent: Agent, *, now: datetime) -> None:
    """The agent gives up the seat that is held for a customer who is away. The session does not end: they can still
    come back, not necessarily to this agent (rules.md 5).

    Twice is as once. Raises Refused while the customer is there, or if the session is not this agent's.
    """
    session = lock(session_id, now)
    if session.agent_id != agent.pk:
        raise Refused(_("This session is no longer yours."))
    if session.state == SessionState.ENDED:
        return
    if session.grace_until:
        raise Refused(_("The customer may be back in a moment. You can close the session once they are disconnected."))
    if session.state != SessionState.DISCONNECTED:
        raise Refused(_("The customer is back. You can end the session instead."))
    if session.hold_until is None or session.hold_until <= now:
        return
    row = Row(kind=EntryKind.CLOSED, actor=Actor.AGENT, agent=agent)
    append(session, row, now=now, **no_longer_held(session, now))
    transaction.on_commit(partial(look_again, session.workstream_id, agent.pk, now))
