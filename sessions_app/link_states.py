"""Whether links of customers still lead anywhere: of one link, and as a condition on many (product.md D5)."""

from datetime import datetime

from django.db.models import Q

from policies_app.kinds import AccessLevel, SessionState
from sessions_app import access
from sessions_app.kinds import LinkKind, LinkState
from sessions_app.models import AccessLink, LiveSession


def state_of(link: AccessLink, now: datetime) -> LinkState:
    """How a link stands; the first that is true, in the order of `_true_of`. No query if its session is there."""
    if link.revoked_at:
        return LinkState.REVOKED
    if _leads_nowhere(link, link.session, now):
        return LinkState.OVER
    if link.expires_at and link.expires_at <= now:
        return LinkState.EXPIRED
    return LinkState.USED_UP if link.kind == LinkKind.HANDOVER and link.used_at else LinkState.IN_FORCE


def in_state(state: LinkState, now: datetime) -> Q:
    """The links that stand so: `state_of` in SQL."""
    found = Q()
    for one, is_true in _true_of(now):
        if one is state:
            return found & is_true
        found &= ~is_true
    return found


def _leads_nowhere(link: AccessLink, session: LiveSession, now: datetime) -> bool:
    """A reconnect link is over with its session, or its time limit; any other with the customer's access."""
    if link.kind != LinkKind.RECONNECT:
        return access.level(session, now) is AccessLevel.NONE
    if session.state == SessionState.DISCONNECTED:
        return session.return_until is None or session.return_until <= now
    return not session.is_open


def _true_of(now: datetime) -> list[tuple[LinkState, Q]]:
    reconnect = Q(kind=LinkKind.RECONNECT)
    away = Q(session__state=SessionState.DISCONNECTED)
    cannot_return = Q(session__return_until=None) | Q(session__return_until__lte=now)
    is_over = Q(session__state=SessionState.ENDED) | (away & cannot_return)
    no_access = Q(session__state=SessionState.ENDED, session__limited_until__lte=now)
    return [
        (LinkState.REVOKED, Q(revoked_at__isnull=False)),
        (LinkState.OVER, (reconnect & is_over) | (~reconnect & no_access)),
        (LinkState.EXPIRED, Q(expires_at__lte=now)),
        (LinkState.USED_UP, Q(kind=LinkKind.HANDOVER, used_at__isnull=False)),
    ]
