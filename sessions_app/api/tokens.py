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
    ends, old = now + overlap, _locked(token)
    if old.expires_at is None or old.expires_at > ends:
        old.expires_at = ends
        old.save(update_fields=["expires_at"])  # saved as a whole object, so that the history tells of it
    return mint(token.integration, by=by, now=now)


@transaction.atomic
def revoke(token: ApiToken, *, now: datetime) -> None:
    """Let nobody in by this token any more. Twice is as once."""
    found = _locked(token)
    if found.revoked_at is None:
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])


def holds(token: ApiToken, now: datetime) -> bool:
    """Whether it lets in at `now`, as far as it depends on the token."""
    return token.revoked_at is None and (token.expires_at is None or now < token.expires_at)


def _locked(token: ApiToken) -> ApiToken:
    return ApiToken.objects.select_for_update().get(pk=token.pk)


def find(text: str, now: datetime) -> ApiToken | None:
    """The token of this text, if it lets in at `now`. One query, with its integration."""
    standing = Q(expires_at=None) | Q(expires_at__gt=now)
    found = ApiToken.objects.select_related("integration").filter(standing, token_hash=hash_of(text))
    return found.filter(revoked_at=None, integration__is_active=True).first()


def note_use(token: ApiToken, now: datetime) -> None:
    """Write down that the token was used, at most once a minute."""
    if token.last_used_at is None or token.last_used_at <= now - COALESCED:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
