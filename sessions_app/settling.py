"""Requests see what time has done, whether or not a sweep has been there yet (rules.md 1)."""

from datetime import datetime

from django.db import transaction

from policies_app.kinds import SessionState
from sessions_app import selectors
from sessions_app.models import LiveSession
from sessions_app.transitions import lock


def settled(session: LiveSession, now: datetime) -> LiveSession:
    """The session as it is at `now`. Writes down what time has done to it if nobody has; usually there is nothing."""
    is_due = session.next_due_at is not None and session.next_due_at <= now
    if not is_due and not _missed_edit(session):
        return session
    settle_one(session.pk, now)
    return selectors.rooms().get(pk=session.pk)


def _missed_edit(session: LiveSession) -> bool:
    """Whether the policy was edited, perhaps, since the clock of this session was set; `selectors.rooms` knows."""
    if session.state != SessionState.ACTIVE:
        return False
    newest: int | None = vars(session).get("newest_edit")
    return newest is None or session.clock_seen < newest


@transaction.atomic
def settle_one(session_id: int, now: datetime) -> None:
    """Write down what time has done to one session."""
    lock(session_id, now)
