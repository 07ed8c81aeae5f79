"""What a customer who waits in the queue is told: their place, and how long it will probably take."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from policies_app.capacity import expected_wait
from policies_app.kinds import SessionState
from sessions_app import selectors
from sessions_app.models import LiveSession

LOOKED_BACK = timedelta(hours=1)
"""From how long ago on the pace of a queue is measured."""

_STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place in the queue; 1 is the front. `minutes` is a rough estimate, None if there is nothing to go by."""

    position: int
    minutes: int | None


def waiting(session: LiveSession, now: datetime) -> Waiting | None:
    """The place of a session in its queue; None, and no query, if it does not wait. Two queries."""
    if session.state != SessionState.QUEUED:
        return None
    position = selectors.position(session)
    left = selectors.left_queue_at(session.workstream_id, since=now - LOOKED_BACK)
    return Waiting(position, _rough(expected_wait(position, left, now)))


def _rough(wait: timedelta | None) -> int | None:
    """In steps that promise no more than is known; above the largest nothing is promised."""
    if wait is None:
        return None
    minutes = wait.total_seconds() / 60
    return next((step for step in _STEPS if minutes <= step), None)
