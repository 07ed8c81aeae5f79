"""Whether agents take new sessions: what they chose, and what their pages tell of them (product.md C)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models import Q, QuerySet
from django.utils import timezone

from policies_app.capacity import HERE_FOR, presence_of
from policies_app.kinds import AgentStatus
from policies_app.selectors import system_settings
from sessions_app.live import announce_agents
from sessions_app.models import Agent

COALESCED = timedelta(seconds=15)
"""Signs of an agent that come sooner than this after the last one are not written down."""


def presence(agent: Agent, now: datetime) -> AgentStatus:
    """What the agent's choice comes to now."""
    return presences([agent], now)[agent.pk]


def presences(agents: Iterable[Agent], now: datetime) -> dict[int, AgentStatus]:
    """`presence` of several agents, by their keys. One query."""
    away_after = system_settings().away_after
    return {
        agent.pk: presence_of(
            AgentStatus(agent.status),
            last_seen_at=agent.last_seen_at,
            last_active_at=agent.last_active_at,
            away_after=away_after,
            now=now,
        )
        for agent in agents
    }


def available(workstream_id: int, now: datetime) -> QuerySet[Agent]:
    """The agents of a workstream who take new sessions: `presence` in SQL."""
    return Agent.objects.filter(
        workstreams=workstream_id,
        status=AgentStatus.AVAILABLE,
        last_seen_at__gt=now - HERE_FOR,
        last_active_at__gt=now - system_settings().away_after,
        user__is_active=True,
    )


def choose(agent: Agent, status: AgentStatus, now: datetime) -> None:
    """The agent becomes available, away or offline. Who becomes available gets whoever waits; who leaves gives back
    what they were offered and have not opened."""
    from sessions_app.assigning import fill_seats_of, give_back

    Agent.objects.filter(pk=agent.pk).update(status=status, last_seen_at=now, last_active_at=now)
    announce_agents([agent.pk])
    if status is AgentStatus.AVAILABLE:
        fill_seats_of(agent.pk, now)
    elif status is AgentStatus.OFFLINE:
        give_back(agent, now)


def note_seen(agent: Agent, now: datetime, *, active: bool) -> None:
    """A page of the agent is open; `active`: and the agent did something in it. Not within another transaction.

    Who was away by themselves and does something is available again, and gets whoever waits.
    """
    stale = Q(last_seen_at=None) | Q(last_seen_at__lte=now - COALESCED)
    changes: dict[str, Any] = {"last_seen_at": now}
    if active:
        stale |= Q(last_active_at=None) | Q(last_active_at__lte=now - COALESCED)
        changes["last_active_at"] = now
    was = presence(agent, now)
    if not Agent.objects.filter(stale, pk=agent.pk).update(**changes):
        return
    agent.last_seen_at = now
    agent.last_active_at = now if active else agent.last_active_at
    if presence(agent, now) is AgentStatus.AVAILABLE and was is not AgentStatus.AVAILABLE:
        _back(agent, now)


def _back(agent: Agent, now: datetime) -> None:
    from sessions_app.assigning import fill_seats_of

    announce_agents([agent.pk])
    fill_seats_of(agent.pk, now)


def connect() -> None:
    """Agents are available when they sign in and offline when they sign out."""
    user_logged_in.connect(_signed_in, dispatch_uid="agent available")
    user_logged_out.connect(_signed_out, dispatch_uid="agent offline")


def _signed_in(user: User, **_signal: Any) -> None:
    if agent := Agent.objects.filter(user=user.pk).first():
        choose(agent, AgentStatus.AVAILABLE, timezone.now())


def _signed_out(user: User | None, **_signal: Any) -> None:
    if user and (agent := Agent.objects.filter(user=user.pk).first()):
        choose(agent, AgentStatus.OFFLINE, timezone.now())
