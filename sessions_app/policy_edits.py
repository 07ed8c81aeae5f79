"""Open sessions follow an edit of the end session behavior at once (rules.md 6)."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from policies_app.kinds import DueKind, SessionState
from policies_app.rules import EDIT_GRACE
from policies_app.snapshot import EndPolicy
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import clock_changes


def follow_edit(*, policy: EndPolicy, now: datetime, **_signal: Any) -> None:
    """Set the clocks of all active sessions by the new policy; part of the transaction that saves it.

    What was due before the edit is left as it was: it has happened, and only waits to be written down. Sessions that
    warned of their end take the warning back, since the end has moved.
    """
    active = LiveSession.objects.filter(state=SessionState.ACTIVE).exclude(next_due_at__lte=now)
    _lock_in_order(active)
    _reset_clocks(active.filter(warned_at=None), policy, now)
    for session in (
        active.exclude(warned_at=None)
        .select_related("customer", "agent")
        .order_by("pk")
        .select_for_update(of=("self",))
    ):
        row = Row(kind=EntryKind.KEPT_OPEN, actor=Actor.ADMIN, policy_version=policy.version)
        append(session, row, now=now, warned_at=None, **clock_changes(session, now))


def _lock_in_order(sessions: QuerySet[LiveSession]) -> None:
    """Lock them in the order in which everybody locks several: an UPDATE by itself has none, and would deadlock."""
    for _pk in sessions.order_by("pk").select_for_update().values_list("pk").iterator(chunk_size=10_000):
        pass


def _reset_clocks(sessions: QuerySet[LiveSession], policy: EndPolicy, now: datetime) -> None:
    """`rules.inactivity` for sessions that were all open when the policy was saved, as one statement."""
    if policy.inactive_after is None:
        sessions.update(next_due_at=None, next_due_kind="")
        return
    end_at = Greatest(F("last_agent_activity_at") + policy.inactive_after, policy.saved_at + EDIT_GRACE)
    if policy.warn_before:
        warn_at = Greatest(end_at - policy.warn_before, policy.saved_at)
        sessions.update(next_due_at=warn_at, next_due_kind=DueKind.WARN)
    else:
        sessions.update(next_due_at=end_at, next_due_kind=DueKind.END_INACTIVE)
