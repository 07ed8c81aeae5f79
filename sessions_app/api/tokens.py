"""Tokens of integrations: making one, finding whose one is, rotating and revoking them."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from sessions_app.api.models import ApiToken, Integration
from sessions_app.links import hash_of

PREFIX = "parley_"
"""By which a token is known for one, for instance by who looks for secrets in source code."""

SHOWN = len(PREFIX) + 6
OVERLAP = timedelta(days=7)
COALESCED = timedelta(minutes=1)
"""Uses that come sooner than this after the last one are not written down."""


def mint(
    integration: Integration, *, by: User | None, expires_at: datetime | None = None, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token. The text, of 256 random bits, is known only to whoever gets it here; it cannot be shown again."""
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        integration=integration,
        beginning=text[:SHOWN],
        token_hash=hash_of(text),
        created_at=now,
        created_by=by,
        expires_at=expires_at,
    )
    return token, text


@transaction.atomic
def rotate(token: ApiToken, *, by: User | None, overlap: timedelta = OVERLAP, now: datetime) -> tuple[ApiToken, str]:
    """Make the next token. The old one lets in for so long beside it, or for as long as it did anyway if less."""
    ends = now + overlap
    ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=ends), pk=token.pk).update(expires_at=ends)
    return mint(token.integration, by=by, now=now)


def revoke(token: ApiToken, *, now: datetime) -> None:
    """Let nobody in by this token any more. Twice is as once."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def find(text: str, now: datetime) -> ApiToken | None:
    """The token of this text, if it lets in at `now`. One query, with its integration."""
    standing = Q(expires_at=None) | Q(expires_at__gt=now)
    found = ApiToken.objects.select_related("integration").filter(standing, token_hash=hash_of(text))
    return found.filter(revoked_at=None, integration__is_active=True).first()


def note_use(token: ApiToken, now: datetime) -> None:
    """Write down that the token was used, at most once a minute."""
    if token.last_used_at is None or token.last_used_at <= now - COALESCED:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
