"""Reads that more than one place needs, with the number of queries that each may take."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from policies_app.kinds import SessionState
from sessions_app.kinds import Audience
from sessions_app.models import Agent, Draft, LiveSession, TimelineEntry

ROWS_AT_ONCE = 50


def rooms() -> QuerySet[LiveSession]:
    """Sessions with everything that a room shows of them beside the timeline. One query."""
    return LiveSession.objects.select_related("agent", "customer", "end_policy")


def rows_after(session: LiveSession, number: int) -> list[TimelineEntry]:
    """The rows that follow a number, oldest first, at most ROWS_AT_ONCE. One query."""
    rows = session.timeline.filter(number__gt=number, number__lte=session.last_number)
    return list(rows.select_related("agent").order_by("number")[:ROWS_AT_ONCE])


def rows_before(session: LiveSession, number: int) -> list[TimelineEntry]:
    """The rows before a number, oldest first, at most ROWS_AT_ONCE. One query."""
    rows = session.timeline.filter(number__lt=number, number__lte=session.last_number)
    return list(rows.select_related("agent").order_by("-number")[:ROWS_AT_ONCE])[::-1]


def open_sessions(agent: Agent) -> list[LiveSession]:
    """The agent's sessions that have not ended, newest first. One query."""
    found = LiveSession.objects.filter(~Q(state=SessionState.ENDED), agent=agent)
    return list(found.select_related("customer").order_by("-pk"))


def follow_ups(agent: Agent) -> list[LiveSession]:
    """Ended sessions of the agent in which a customer waits for an answer, longest first. One query (rules.md 4)."""
    found = LiveSession.objects.filter(agent=agent, follow_up_since__isnull=False)
    return list(found.select_related("customer").order_by("follow_up_since"))


def refused_texts(session: LiveSession, audience: Audience) -> list[Draft]:
    """What was sent and refused, oldest first: the customer sees their own, the agent everything. One query."""
    drafts = session.drafts.order_by("saved_at", "pk")
    return list(drafts.filter(author=audience) if audience is Audience.CUSTOMER else drafts)


def due_sessions(agent: Agent, now: datetime) -> list[int]:
    """The agent's sessions that time has changed but nobody has written down. One query."""
    found = LiveSession.objects.filter(~Q(state=SessionState.ENDED), agent=agent, next_due_at__lte=now)
    return list(found.values_list("pk", flat=True))


def room(public_id: UUID) -> LiveSession | None:
    """The session with this id, as a room shows it. One query."""
    return rooms().filter(public_id=public_id).first()
