"""Reads that more than one place needs, with the number of queries that each may take."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from policies_app.kinds import SessionState
from policies_app.models import PolicyVersion, Workstream
from sessions_app.kinds import TURNS, Actor, Audience, EntryKind
from sessions_app.models import Agent, Draft, LiveSession, TimelineEntry

ROWS_AT_ONCE = 50
UNREAD_ROWS = 200


def rooms() -> QuerySet[LiveSession]:
    """Sessions with everything that a room shows of them beside the timeline. One query."""
    related = ("agent", "customer", "end_policy", "workstream", "widget")
    return LiveSession.objects.select_related(*related).annotate(newest_edit=_newest_edit())


def rows_after(session: LiveSession, number: int, most: int = ROWS_AT_ONCE) -> list[TimelineEntry]:
    """The rows that follow a number, oldest first, at most so many. One query."""
    rows = session.timeline.filter(number__gt=number, number__lte=session.last_number)
    return list(rows.select_related("agent").order_by("number")[:most])


def rows_before(session: LiveSession, number: int) -> list[TimelineEntry]:
    """The rows before a number, oldest first, at most ROWS_AT_ONCE. One query."""
    rows = session.timeline.filter(number__lt=number, number__lte=session.last_number)
    return list(rows.select_related("agent").order_by("-number")[:ROWS_AT_ONCE])[::-1]


def wrote_last(session: LiveSession) -> str:
    """Who wrote, added, sent or completed something last (an Actor); empty if nobody did. One query."""
    written = session.timeline.filter(kind__in=TURNS)
    return written.order_by("-number").values_list("actor", flat=True).first() or ""


def workstreams_of(agent: Agent) -> QuerySet[Workstream]:
    """The workstreams in which the agent can start sessions."""
    return Workstream.objects.filter(agents=agent, is_active=True)


def open_sessions(agent: Agent) -> list[LiveSession]:
    """The agent's sessions that have not ended, newest first. One query."""
    found = LiveSession.objects.filter(~Q(state=SessionState.ENDED), agent=agent)
    return list(found.select_related("customer", "workstream").order_by("-pk"))


def queue(workstream_id: int) -> QuerySet[LiveSession]:
    """The sessions that wait in a workstream, first come first."""
    waiting = LiveSession.objects.filter(workstream=workstream_id, state=SessionState.QUEUED)
    return waiting.order_by("queued_at", "pk")


def queues_of(agent: Agent) -> QuerySet[LiveSession]:
    """The sessions that wait in any of the agent's workstreams, first come first, with customer and workstream."""
    waiting = LiveSession.objects.filter(workstream__agents=agent, state=SessionState.QUEUED)
    return waiting.select_related("customer", "workstream").order_by("queued_at", "pk")


def position(session: LiveSession) -> int:
    """The place of a waiting session in its queue; 1 is the front. One query."""
    before = Q(queued_at__lt=session.queued_at) | Q(queued_at=session.queued_at, pk__lt=session.pk)
    return queue(session.workstream_id).filter(before).count() + 1


def left_queue_at(workstream_id: int, since: datetime) -> list[datetime]:
    """When the last sessions left the queue of a workstream for an agent, newest first, at most twenty. One query."""
    left = LiveSession.objects.filter(
        workstream=workstream_id, queued_at__isnull=False, assigned_at__isnull=False, assigned_at__gt=since
    )
    return [moment for moment in left.order_by("-assigned_at").values_list("assigned_at", flat=True)[:20] if moment]


def left_behind(agent: Agent) -> QuerySet[LiveSession]:
    """Ended sessions that wait for an answer, in the agent's workstreams, whose own agent is gone (rules.md 4)."""
    waiting = LiveSession.objects.filter(follow_up_since__isnull=False, workstream__agents=agent)
    still_there = Agent.objects.filter(pk=OuterRef("agent"), user__is_active=True, workstreams=OuterRef("workstream"))
    return waiting.exclude(agent=agent).filter(~Exists(still_there)).order_by("follow_up_since")


def follow_ups(agent: Agent) -> list[LiveSession]:
    """Ended sessions of the agent in which a customer waits for an answer, longest first. One query (rules.md 4)."""
    found = LiveSession.objects.filter(agent=agent, follow_up_since__isnull=False)
    return list(found.select_related("customer").order_by("follow_up_since"))


def refused_texts(session: LiveSession, audience: Audience) -> list[Draft]:
    """What was sent and refused, oldest first: the customer sees their own, the agent everything. One query."""
    drafts = session.drafts.order_by("saved_at", "pk")
    return list(drafts.filter(author=audience) if audience is Audience.CUSTOMER else drafts)


def unread_counts(sessions: Iterable[LiveSession]) -> dict[int, int]:
    """By the keys of these sessions: how many things a customer wrote, added or completed that no agent has looked at.
    One query.
    Sessions with nothing unread are not in it, and nothing further back than UNREAD_ROWS is counted."""
    rows = TimelineEntry.objects.filter(
        session__in=[one.pk for one in sessions if one.seen_by_agent < one.last_number],
        actor=Actor.CUSTOMER,
        kind__in=TURNS,
        number__gt=Greatest(F("session__seen_by_agent"), F("session__last_number") - UNREAD_ROWS),
    )
    return dict(rows.values_list("session").annotate(Count("pk")).order_by())


def closed_by_agent(sessions: Iterable[LiveSession]) -> set[int]:
    """The keys of those of these sessions whose seat their agent gave up with Close. One query if there are any."""
    rows = TimelineEntry.objects.filter(
        session__in=[one.pk for one in sessions], kind=EntryKind.CLOSED, due_at=F("session__hold_until")
    )
    return set(rows.values_list("session", flat=True))


def missed_by_customer(session: LiveSession) -> int:
    """How many things the agents wrote, added or sent that the customer has not looked at; nothing further back than
    UNREAD_ROWS is counted. One query."""
    after = max(session.seen_by_customer, session.last_number - UNREAD_ROWS)
    return session.timeline.filter(actor=Actor.AGENT, kind__in=TURNS, number__gt=after).count()


def sessions_of(agent: Agent, ids: list[UUID]) -> QuerySet[LiveSession, UUID]:
    """Those of these public ids that are the agent's. One query."""
    return LiveSession.objects.filter(agent=agent, public_id__in=ids).values_list("public_id", flat=True)


def due_sessions(agent: Agent, now: datetime) -> list[int]:
    """The agent's sessions that time or an edit has changed but nobody has written down. One query."""
    return due_of([agent.pk], now)


def due_of(agents: Any, now: datetime) -> list[int]:
    """The sessions of these agents (keys, or a query for them) that `due_sessions` is about. One query."""
    found = LiveSession.objects.filter(~Q(state=SessionState.ENDED), agent__in=agents)
    found = found.annotate(newest_edit=_newest_edit())
    changed = Q(next_due_at__lte=now) | Q(state=SessionState.ACTIVE, clock_seen__lt=F("newest_edit"))
    return list(found.filter(changed).values_list("pk", flat=True))


def _newest_edit() -> Coalesce:
    """The id of the newest policy version that concerns a session's workstream: its override's, if it has one."""
    versions = PolicyVersion.objects.filter(Q(workstream=OuterRef("workstream")) | Q(workstream=None))
    newest = Subquery(versions.order_by("-pk").values("pk")[:1])
    return Coalesce("workstream__override__version", newest, Value(0))


def room(public_id: UUID) -> LiveSession | None:
    """The session with this id, as a room shows it. One query."""
    return rooms().filter(public_id=public_id).first()
