"""Requests see what time has done, whether or not a sweep has been there yet (rules.md 1)."""

from datetime import datetime

from django.db import transaction

from sessions_app import selectors
from sessions_app.models import LiveSession
from sessions_app.transitions import lock


def settled(session: LiveSession, now: datetime) -> LiveSession:
    """The session as it is at `now`. Writes down what time has done to it if nobody has; usually there is nothing."""
    if session.next_due_at is None or session.next_due_at > now:
        return session
    settle_one(session.pk, now)
    return selectors.rooms().get(pk=session.pk)


@transaction.atomic
def settle_one(session_id: int, now: datetime) -> None:
    """Write down what time has done to one session."""
    lock(session_id, now)
