"""The seats of agents: which sessions take one, and taking one more (rules.md 5)."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from policies_app.kinds import DueKind, SessionState
from policies_app.models import Workstream
from sessions_app.actions import Refused
from sessions_app.models import Agent, LiveSession


def takes_seat(now: datetime) -> Q:
    """Which sessions take a seat of their agent: active ones that are more than prepared, and held ones.

    A hold that was given up counts no more, even if `now` was read before: else whoever comes at that moment would be
    told that there is no seat after everybody had been told that there is one (`LiveSession.gave_seat_up`).
    """
    active = Q(state=SessionState.ACTIVE, is_prepared=False)
    kept = ~Q(next_due_kind=DueKind.END_AWAY) | Q(hold_until=F("return_until"))
    held = Q(state=SessionState.DISCONNECTED, hold_until__gt=now) & kept
    return Q(agent__isnull=False) & (active | held)


def used_by(agent_ids: Iterable[int], now: datetime, within: QuerySet[Workstream] | None = None) -> dict[int, int]:
    """How many seats each of these agents uses, in these workstreams if they are given. One query."""
    wanted = list(agent_ids)
    sessions = LiveSession.objects.filter(takes_seat(now), agent__in=wanted)
    if within is not None:
        sessions = sessions.filter(workstream__in=within)
    return dict.fromkeys(wanted, 0) | dict(sessions.values_list("agent").annotate(Count("pk")))


def take(agent: Agent, now: datetime) -> Agent:
    """Lock the agent for the transaction under way and see that there is a free seat; returns the agent as stored.

    Call it before any session is locked: whoever locks both does it in this order. Raises Refused when all are taken.
    """
    locked = Agent.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=agent.pk)
    used = used_by([agent.pk], now)[agent.pk]
    if used >= locked.capacity:
        raise Refused(_full(agent, used, locked.capacity))
    return locked


def _full(agent: Agent, used: int, capacity: int) -> str:
    said = _("%(name)s holds %(used)d of %(capacity)d sessions. One of them must end first.")
    return said % {"name": agent.name, "used": used, "capacity": capacity}
