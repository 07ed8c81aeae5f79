"""More time: the customer asks for it, the agent gives it (product.md D6)."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from policies_app.kinds import AccessLevel, EndReason
from policies_app.rules import due_after_end, extended, may_ask_for_more_time
from sessions_app.actions import Refused
from sessions_app.erased_rows import is_of_erased
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import due_changes, lock

GIVEN = (AccessLevel.FULL, AccessLevel.LIMITED)


def may_ask(session: LiveSession) -> bool:
    """Whether the customer may ask for more time now: while the session is about to close, or where access runs out."""
    if session.is_open:
        return session.warned_at is not None
    assert session.ended_at, "an ended session has a moment of its end"
    return may_ask_for_more_time(EndReason(session.end_reason), session.ended_at, session.windows)


def may_give(session: LiveSession, agent: Agent) -> bool:
    """Whether this agent may give the customer more time: after the end, unless access has no limit anyway."""
    if session.is_open or session.windows.has_no_limit or session.customer.erased_at:
        return False
    return agent.user.has_perm("sessions_app.extend_access")


@transaction.atomic
def ask_for_more_time(session_id: int, *, now: datetime) -> None:
    """The customer asks for more time; the agent hears of it at once, or finds it among the follow-ups.

    Asking again before there was an answer changes nothing. Raises Refused where there is nothing to ask for.
    """
    session = lock(session_id, now)
    if session.asked_for_time_at:
        return
    if not may_ask(session):
        raise Refused(_("There is no need to ask for more time right now."))
    row = Row(kind=EntryKind.ASKED_FOR_TIME, actor=Actor.CUSTOMER)
    waits = {} if session.is_open else {"follow_up_since": session.follow_up_since or now}
    append(session, row, now=now, asked_for_time_at=now, **waits)


@transaction.atomic
def give_more_time(
    session_id: int, agent: Agent, level: AccessLevel, length: timedelta, reason: str, *, now: datetime
) -> None:
    """Give the customer of an ended session full or limited access for so long from now; it never gets shorter.

    Recorded with the reason, and told to the customer by e-mail or SMS. Raises Refused without the permission, in an
    open session, where access has no limit, and where it would not last longer than it does.
    """
    session = lock(session_id, now)
    if not may_give(session, agent) or is_of_erased(session_id):
        raise Refused(_("You cannot give more time in this session."))
    given = extended(session.windows, level, now + length)
    if given == session.windows:
        raise Refused(_("The customer has this access for longer than that already."))
    row = Row(
        kind=EntryKind.EXTENDED,
        actor=Actor.AGENT,
        agent=agent,
        payload={"level": level, "until": (now + length).isoformat(), "reason": reason},
        policy_version=session.end_policy_id,
    )
    append(
        session,
        row,
        now=now,
        full_until=given.full_until,
        limited_until=given.limited_until,
        extended_at=now,
        **_answered(session),
        **due_changes(due_after_end(given, now)),
    )
    transaction.on_commit(partial(_tell_customer, session.pk))


def _answered(session: LiveSession) -> dict[str, datetime | None]:
    """The request is answered. What the customer wrote beside it still waits."""
    only_asked = session.asked_for_time_at and session.follow_up_since == session.asked_for_time_at
    return {"asked_for_time_at": None, "follow_up_since": None if only_asked else session.follow_up_since}


def _tell_customer(session_id: int) -> None:
    from sessions_app.tasks import order_letter

    order_letter(session_id, "more_time")
