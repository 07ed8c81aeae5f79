"""What a customer may do in a session now: the stored times put before the rules."""

from datetime import datetime

from policies_app.kinds import AccessLevel, Permission
from policies_app.rules import level_after_end, permissions
from policies_app.snapshot import EndPolicy
from sessions_app.models import LiveSession


def level(session: LiveSession, now: datetime) -> AccessLevel:
    """The customer's level of access (rules.md 4)."""
    return AccessLevel.OPEN if session.is_open else level_after_end(session.windows, now)


def permitted(session: LiveSession, now: datetime) -> frozenset[Permission]:
    """What the customer may do (rules.md 4). Ended sessions follow the policy that was frozen at their end."""
    policy = session.end_policy.policy() if session.end_policy else EndPolicy()
    return permissions(level(session, now), policy)
