"""Signatures after Standard Webhooks: the secrets of an endpoint, and the headers that they make."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db.models import Q
from standardwebhooks import Webhook

from sessions_app.encrypted import decrypted
from sessions_app.webhooks.models import WebhookEndpoint, WebhookSecret

_BYTES = 32
_PREFIX = "whsec_"


def new_secret() -> str:
    """A secret as its receiver gets it."""
    return _PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode("ascii")


def secrets_of(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """Those that hold now, newest first. Raises Unreadable if the installation's secret key is another one."""
    holding = WebhookSecret.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), endpoint=endpoint)
    return [decrypted(one.material) for one in holding.order_by("-pk")]


def headers(event: str, body: str, signed_with: Sequence[str], now: datetime) -> dict[str, str]:
    """Id, moment (seconds since 1970) and one signature for each secret."""
    at = now.astimezone(UTC)
    return {
        "webhook-id": event,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(event, at, body) for secret in signed_with),
    }
