"""Links by which customers come in. The token is known only to whoever holds the link; the database keeps its hash."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from sessions_app.models import AccessLink, Agent, LiveSession


def mint(session: LiveSession, *, by: Agent | None, now: datetime) -> str:
    """Make a link into the session and return its whole address. It cannot be shown again later."""
    token = secrets.token_urlsafe(32)
    AccessLink.objects.create(session=session, token_hash=_hash(token), created_at=now, created_by=by)
    return settings.BASE_URL + reverse("join", args=[token])


def find(token: str) -> AccessLink | None:
    """The link with this token, if there is one and it was not revoked."""
    links = AccessLink.objects.select_related("session")
    return links.filter(token_hash=_hash(token), revoked_at=None).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
