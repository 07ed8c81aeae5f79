"""Links by which customers come in. The token is known only to whoever holds the link; the database keeps its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from policies_app.kinds import SignIn
from policies_app.selectors import system_settings
from sessions_app.addresses import for_everybody
from sessions_app.kinds import Actor, EntryKind, LinkKind
from sessions_app.models import AccessLink, Agent, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import change, lock

HANDOVER_LASTS = timedelta(minutes=10)
"""How long a link to continue on another device lets in; it does so once."""


def lead_in(session: LiveSession) -> bool:
    """Whether links below `/join/` let anybody into this session. Where customers sign in at their portal none does:
    they come back through it, and only to what is theirs (rules.md 5)."""
    return session.widget is None or session.widget.sign_in == SignIn.NONE


def mint(
    session: LiveSession,
    *,
    by: Agent | None,
    now: datetime,
    kind: LinkKind = LinkKind.INVITATION,
    sent_to: str = "",
    lasts: timedelta | None = None,
) -> str:
    """Make a link into the session and return its whole address. It cannot be shown again later.

    It lets in for so long as it is told to; else for as long as the general settings say.
    """
    token, lasts = secrets.token_urlsafe(32), lasts or system_settings().link_lasts
    AccessLink.objects.create(
        session=session,
        token_hash=hash_of(token),
        kind=kind,
        sent_to=sent_to,
        created_at=now,
        created_by=by,
        expires_at=now + lasts if lasts else None,
    )
    with for_everybody():
        return settings.BASE_URL + reverse("join", args=[token])


def discard(address: str) -> None:
    """Forget a link that nobody got."""
    token = address.rstrip("/").rpartition("/")[2]
    AccessLink.objects.filter(token_hash=hash_of(token)).delete()


@transaction.atomic
def revoke(
    session_id: int,
    link_id: int,
    agent: Agent | None,
    *,
    named: str = "",
    actor: Actor = Actor.ADMIN,
    now: datetime,
) -> None:
    """Let nobody in by this link any more; who is in by it is out at their next step. Twice is as once.

    So is who continues on another device: whoever held this link may have brought that device in. An administrator who
    is no agent is recorded as `named`, and so is an integration, as the `actor`.
    """
    session = lock(session_id, now)
    link = session.links.filter(pk=link_id, revoked_at=None).first()
    if link is None:
        return
    session.links.filter(Q(pk=link.pk) | Q(kind=LinkKind.HANDOVER), revoked_at=None).update(revoked_at=now)
    if session.current_device and session.current_device.link_id == link.pk:
        change(session, current_device=None)
    payload = {"link": link.kind, "to": link.sent_to} | ({"by": named} if named and not agent else {})
    actor = Actor.AGENT if agent else actor
    append(session, Row(kind=EntryKind.LINK_REVOKED, actor=actor, agent=agent, payload=payload), now=now)


def find(token: str, now: datetime) -> AccessLink | None:
    """The link with this token, if there is one, it was not revoked, and it still lets in at `now`."""
    standing = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))
    return _links(token).filter(standing).first()


def find_over(token: str) -> AccessLink | None:
    """The link with this token, if there is one and it was not revoked, however old it is: it may ask for a new one."""
    return _links(token).filter(revoked_at=None).first()


def by_token(token: str) -> QuerySet[AccessLink]:
    """The link with this token, of whatever kind and however it stands."""
    return AccessLink.objects.filter(token_hash=hash_of(token))


def _links(token: str) -> QuerySet[AccessLink]:
    """What comes in here (`lead_in`): reconnect links lead to a portal and nowhere else (rules.md 5)."""
    lead_in = Q(session__widget=None) | Q(session__widget__sign_in=SignIn.NONE)
    related = ("session__agent", "session__customer", "session__workstream")
    return by_token(token).select_related(*related).filter(lead_in).exclude(kind=LinkKind.RECONNECT)


def hash_of(token: str) -> str:
    """What is stored of a token (SHA-256)."""
    return hashlib.sha256(token.encode()).hexdigest()
