"""Writes who has a session: the queue, and all by which a session comes to an agent or leaves one (rules.md 2, 5).

Whoever gives an agent a seat first locks the agent (`seats.take`), then the session; so seats are counted one after the
other, and nobody waits for each other in a circle.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from policies_app.capacity import Candidate, chosen
from policies_app.kinds import Assignment, Channel, SessionState
from policies_app.models import ChatWidget, Workstream
from policies_app.selectors import end_policy_at
from sessions_app import availability, seats, selectors
from sessions_app.actions import Refused
from sessions_app.beats import expect
from sessions_app.kinds import Actor, Audience, EntryKind, ReturnReason
from sessions_app.live import announce_queue, room_topic
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.settling import settle_one
from sessions_app.timeline import Row, append
from sessions_app.transitions import clock_changes, lock, no_longer_held, queued_changes, return_to_queue
from sessions_app.widget import addresses

HEADS = 50
"""How many of a queue are read at once, from its front, to find one that an agent has not declined."""

OPENING = timedelta(seconds=10)

log = logging.getLogger(__name__)


# Into the queue --------------------------------------------------------------------------------------------------


@transaction.atomic
def enter_queue(
    customer: Customer,
    workstream_id: int,
    *,
    widget: ChatWidget | None = None,
    public_id: UUID | None = None,
    now: datetime,
) -> LiveSession:
    """Begin a widget session: the customer waits in the queue of a workstream, or gets an agent at once.

    Raises IntegrityError if there is a session with this public id already.
    """
    session = LiveSession(
        public_id=public_id or uuid7(),
        channel=Channel.WIDGET,
        widget=widget,
        workstream_id=workstream_id,
        state=SessionState.QUEUED,
        customer=customer,
        started_at=now,
        joined_at=now,
        queued_at=now,
    )
    session.save(force_insert=True)
    append(session, Row(kind=EntryKind.QUEUED, actor=Actor.CUSTOMER), now=now)
    if widget:
        transaction.on_commit(partial(expect, room_topic(session.public_id, Audience.CUSTOMER), now))
    transaction.on_commit(partial(try_to_assign, workstream_id, now))
    return session


def try_to_assign(workstream_id: int, now: datetime) -> None:
    announce_queue(workstream_id)
    assign_waiting(workstream_id, now)


# Out of the queue ------------------------------------------------------------------------------------------------


def fill_seats_of(agent_id: int, now: datetime) -> None:
    """This agent may have a free seat: give it to whoever waits in one of their workstreams."""
    automatic = Workstream.objects.filter(agents=agent_id, assignment=Assignment.AUTOMATIC)
    waiting = automatic.filter(sessions__state=SessionState.QUEUED).order_by("pk").distinct()
    for workstream_id in waiting.values_list("pk", flat=True):
        assign_waiting(workstream_id, now)


def assign_everywhere(now: datetime) -> int:
    """Give waiting sessions to agents in every workstream that does so by itself. Returns how many."""
    automatic = Workstream.objects.filter(assignment=Assignment.AUTOMATIC, sessions__state=SessionState.QUEUED)
    return sum(assign_waiting(pk, now) for pk in automatic.order_by("pk").distinct().values_list("pk", flat=True))


def assign_waiting(workstream_id: int, now: datetime) -> int:
    """Give the sessions that wait in a workstream to its available agents, while there are both (rules.md 5).

    Each in a transaction of its own. Never raises: what could not be given now is given by the next who tries. Returns
    how many were given.
    """
    if not Workstream.objects.filter(pk=workstream_id, assignment=Assignment.AUTOMATIC).exists():
        return 0
    given = 0
    try:
        _let_time_free_seats(workstream_id, now)
        while _assign_next(workstream_id, now):
            given += 1
    except Exception:
        log.exception("The queue of workstream %d could not be assigned; it will be tried again.", workstream_id)
    if given:
        announce_queue(workstream_id)
    return given


def _let_time_free_seats(workstream_id: int, now: datetime) -> None:
    """What has ended by time, and nobody has written down yet, takes no seat."""
    if not selectors.queue(workstream_id).exists():
        return
    agents = availability.available(workstream_id, now).values("pk")
    for pk in selectors.due_of(agents, now):
        settle_one(pk, now)


@transaction.atomic
def _assign_next(workstream_id: int, now: datetime) -> bool:
    """Give one session to one agent; whether there was such a pair.

    1. Lock the available agents of the workstream, always in the same order: who else gives seats waits here.
    2. Count their seats, as everybody before has left them.
    3. The first in the queue whom somebody with a free seat has not declined gets the best of those (`chosen`).
    """
    if not selectors.queue(workstream_id).exists():
        return False
    available = availability.available(workstream_id, now).order_by("pk")
    agents = {agent.pk: agent for agent in available.select_for_update(no_key=True, of=("self",))}
    used = seats.used_by(agents, now)
    free = [Candidate(one.pk, one.capacity, used[one.pk], one.last_assigned_at) for one in agents.values()]
    free = [one for one in free if one.free > 0]
    if not free:
        return False
    for pk, passed in selectors.queue(workstream_id).values_list("pk", "passed_by").iterator(chunk_size=HEADS):
        best = chosen(one for one in free if one.agent not in passed)
        if best and _assign(pk, agents[best.agent], now):
            return True
    return False


def _assign(session_id: int, agent: Agent, now: datetime) -> bool:
    session = lock(session_id, now)
    if session.state != SessionState.QUEUED:
        return False
    seat(session, agent, Row(kind=EntryKind.ASSIGNED, actor=Actor.SYSTEM, agent=agent), now, answered=False)
    return True


@transaction.atomic
def pick(session_id: int, agent: Agent, *, now: datetime) -> None:
    """The agent takes a session from the queue. Raises Refused without a free seat, or when somebody else was first."""
    if not _take_seat(session_id, agent, now):
        return
    session = lock(session_id, now)
    if session.agent_id == agent.pk and session.state == SessionState.ACTIVE:
        return
    if session.state != SessionState.QUEUED:
        raise Refused(_("Somebody else has taken this session, or it has ended."))
    if not agent.workstreams.filter(pk=session.workstream_id).exists():
        raise Refused(_("This session is in a workstream that is not yours."))
    seat(session, agent, Row(kind=EntryKind.ASSIGNED, actor=Actor.AGENT, agent=agent), now, answered=True)
    transaction.on_commit(partial(announce_queue, session.workstream_id))


def _take_seat(session_id: int, agent: Agent, now: datetime) -> bool:
    """Lock the agent for one more seat; False if the agent has this one already, as when somebody clicks twice."""
    try:
        seats.take(agent, now)
    except Refused:
        if LiveSession.objects.filter(seats.takes_seat(now), pk=session_id, agent=agent).exists():
            return False
        raise
    return True


def look_again(workstream_id: int, agent_id: int | None, now: datetime) -> None:
    """A session has moved: somebody may wait in its queue, and the agent who had it may have a free seat."""
    announce_queue(workstream_id)
    assign_waiting(workstream_id, now)
    if agent_id:
        fill_seats_of(agent_id, now)


def seat(session: LiveSession, agent: Agent, row: Row, now: datetime, *, answered: bool, **changes: Any) -> None:
    """Seat the locked session with the locked agent; `answered` says that the agent asked for it."""
    within = session.workstream.answer_within
    session.last_agent_activity_at, session.is_prepared = now, False
    session.answer_by = now + within if within and not answered else None
    clock = clock_changes(session, end_policy_at(now, session.workstream_id))
    told = {"answer_by": session.answer_by.isoformat()} if session.answer_by else {}
    seated = {
        "state": SessionState.ACTIVE,
        "agent": agent,
        "assigned_at": now,
        "answer_by": session.answer_by,
        "is_prepared": False,
        "last_agent_activity_at": now,
        "warned_at": None,
        "hold_until": None,
        "return_until": None,
    }
    append(session, replace(row, payload=row.payload | told), now=now, **seated | clock | changes)
    if session.answer_by is None:
        addresses.send_once(session, now=now)
    Agent.objects.filter(pk=agent.pk).update(last_assigned_at=now)


# An agent who was given a session ----------------------------------------------------------------------------------


@transaction.atomic
def decline(session_id: int, agent: Agent, *, now: datetime) -> None:
    """The agent does not want what they were given: it goes to somebody else. Raises Refused once it was opened."""
    session = lock(session_id, now)
    if session.agent_id != agent.pk:
        return
    if session.answer_by is None and not _just_opened(session, now):
        raise Refused(_("You have opened this session already. You can transfer it."))
    passed = [*session.passed_by, agent.pk]
    row = Row(kind=EntryKind.RETURNED, actor=Actor.AGENT, agent=agent, payload={"reason": ReturnReason.DECLINED})
    return_to_queue(session, row, now=now, passed_by=passed)
    transaction.on_commit(partial(look_again, session.workstream_id, agent.pk, now))


def _just_opened(session: LiveSession, now: datetime) -> bool:
    """Whether nothing happened since the agent opened it a moment ago: the click that declines is itself a sign of life
    in the room, and its report may arrive before it."""
    newest = session.timeline.latest("number")
    return newest.kind == EntryKind.ACCEPTED and newest.recorded_at > now - OPENING


def give_back(agent: Agent, now: datetime) -> None:
    """The agent leaves: what they were given and have not opened goes back to the queue."""
    offered = LiveSession.objects.filter(agent=agent, answer_by__isnull=False).values_list("pk", flat=True)
    for pk in offered:
        _give_back(pk, agent, now)


@transaction.atomic
def _give_back(session_id: int, agent: Agent, now: datetime) -> None:
    session = lock(session_id, now)
    if session.agent_id == agent.pk and session.answer_by:
        reason = {"reason": ReturnReason.SIGNED_OUT}
        return_to_queue(session, Row(kind=EntryKind.RETURNED, actor=Actor.AGENT, agent=agent, payload=reason), now=now)
        transaction.on_commit(partial(look_again, session.workstream_id, None, now))


# From one agent to another -----------------------------------------------------------------------------------------


@transaction.atomic
def transfer_to_agent(session_id: int, by: Agent, to: Agent, note: str, *, now: datetime) -> None:
    """Give a session to a colleague of its workstream, with a note that the customer does not see.

    The colleague answers as with any session that is given to them. Raises Refused if `by` may not, or `to` cannot.
    """
    to = seats.take(to, now)
    session = _lock_to_move(session_id, by, now)
    if session.agent_id == to.pk:
        raise Refused(_("%s has this session already.") % to.name)
    if not availability.available(session.workstream_id, now).filter(pk=to.pk).exists():
        raise Refused(_("%s is not available in this workstream.") % to.name)
    payload = {"to": to.name, "note": note}
    row = Row(kind=EntryKind.TRANSFERRED, actor=Actor.AGENT, agent=by, payload=payload)
    transaction.on_commit(partial(look_again, session.workstream_id, session.agent_id, now))
    seat(session, to, row, now, answered=False, passed_by=[])


@transaction.atomic
def transfer_to_workstream(session_id: int, by: Agent, to: Workstream, note: str, *, now: datetime) -> None:
    """Put a session into the queue of a workstream, with a note that the customer does not see.

    The agent who had it is not given it again by itself. Raises Refused if `by` may not, or nobody works there.
    """
    session = _lock_to_move(session_id, by, now)
    if not to.is_active or not to.agents.filter(user__is_active=True).exists():
        raise Refused(_("Nobody works in %s.") % to.name)
    moved = {"from_workstream": session.workstream_id, "to_workstream": to.pk}
    payload = {"to": to.name, "note": note, "queued": True} | moved
    row = Row(kind=EntryKind.TRANSFERRED, actor=Actor.AGENT, agent=by, payload=payload)
    passed = [session.agent_id] if session.agent_id else []
    changes = queued_changes(session) | {"queued_at": now, "workstream": to, "passed_by": passed}
    transaction.on_commit(partial(look_again, session.workstream_id, session.agent_id, now))
    append(session, row, now=now, **changes)
    transaction.on_commit(partial(try_to_assign, to.pk, now))


def _lock_to_move(session_id: int, by: Agent, now: datetime) -> LiveSession:
    session = lock(session_id, now)
    if session.agent_id != by.pk and not by.user.has_perm("sessions_app.take_over_session"):
        raise Refused(_("This session is not yours."))
    if session.is_prepared:
        raise Refused(_("Invite the customer first. Then the session can be transferred."))
    if session.state == SessionState.DISCONNECTED:
        raise Refused(_("The customer is away. You can transfer the session when they are back."))
    if not session.is_open:
        raise Refused(_("The session has ended. Only an open one can be transferred."))
    return session


@transaction.atomic
def take_over(session_id: int, agent: Agent, *, now: datetime) -> None:
    """A supervisor takes a session from another agent, or from the queue. Raises Refused if they may not.

    What has ended needs no seat: it is taken by whoever may, or by a colleague when its agent is gone (rules.md 4).
    """
    is_open = LiveSession.objects.exclude(state=SessionState.ENDED).filter(pk=session_id).exists()
    if is_open:
        agent = seats.take(agent, now)
    session = lock(session_id, now)
    if session.agent_id == agent.pk:
        return
    row = Row(kind=EntryKind.TAKEN_OVER, actor=Actor.AGENT, agent=agent)
    if not session.is_open:
        _take_follow_up(session, agent, row, now)
        return
    if not agent.user.has_perm("sessions_app.take_over_session"):
        raise Refused(_("You may not take over sessions of others."))
    if not is_open or session.state == SessionState.DISCONNECTED:
        raise Refused(_("The customer is away. You can take over when they are back."))
    if session.is_prepared:
        raise Refused(_("The customer was not invited yet. The session can be taken over then."))
    transaction.on_commit(partial(look_again, session.workstream_id, session.agent_id, now))
    seat(session, agent, row, now, answered=True)


def _take_follow_up(session: LiveSession, agent: Agent, row: Row, now: datetime) -> None:
    allowed = agent.user.has_perm("sessions_app.take_over_session")
    if not allowed and not selectors.left_behind(agent).filter(pk=session.pk).exists():
        raise Refused(_("You may not take over sessions of others."))
    append(session, row, now=now, agent=agent)


@transaction.atomic
def release(session_id: int, *, by: Agent | None, named: str = "", now: datetime) -> None:
    """A supervisor or administrator frees the seat that a session takes, if it takes one (product.md D4).

    Of a customer who is away only the hold is given up; else the session goes back to the queue. The caller has seen to
    the right. An administrator who is no agent is recorded as `named`.
    """
    session = lock(session_id, now)
    if not LiveSession.objects.filter(seats.takes_seat(now), pk=session.pk).exists():
        return
    holder, actor = session.agent_id, Actor.AGENT if by else Actor.ADMIN
    told = {"by": named} if named and not by else {}
    if session.state == SessionState.DISCONNECTED:
        row = Row(kind=EntryKind.SEAT_RELEASED, actor=actor, agent=by, payload=told)
        append(session, row, now=now, **no_longer_held(session, now))
    else:
        passed = [*session.passed_by, holder]
        row = Row(kind=EntryKind.RETURNED, actor=actor, agent=by, payload={"reason": ReturnReason.RELEASED} | told)
        return_to_queue(session, row, now=now, passed_by=passed)
    assert holder, "whatever takes a seat has an agent"
    transaction.on_commit(partial(look_again, session.workstream_id, holder, now))


# A prepared session --------------------------------------------------------------------------------------------------


@transaction.atomic
def open_prepared(session_id: int, agent: Agent, *, now: datetime) -> None:
    """The customer of a prepared session is being invited: from here on it takes a seat, and time counts.

    Nothing happens if it is open already. Raises Refused without a free seat.
    """
    if not LiveSession.objects.filter(pk=session_id, is_prepared=True).exists():
        return
    if not _take_seat(session_id, agent, now):
        return
    session = lock(session_id, now)
    if session.is_prepared:
        row = Row(kind=EntryKind.ACCEPTED, actor=Actor.AGENT, agent=agent)
        seat(session, agent, row, now, answered=True)
