"""Codes of authenticator apps: a second step that needs nothing but a phone with a clock (TOTP, RFC 6238)."""

import logging
from base64 import b32decode, b32encode
from datetime import datetime
from secrets import token_bytes

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User

from sessions_app.encrypted import Unreadable, decrypted, encrypted
from sessions_app.signing_in.models import AuthenticatorApp

STEP = 30
"""Seconds for which an app shows a code."""

_DIGITS = 6
_AROUND = (0, -1, 1)
"""The code before and the one after are taken, too: clocks differ, and people type."""

log = logging.getLogger(__name__)


def new_secret() -> str:
    """As people type it who cannot scan: 160 bits in base 32."""
    return b32encode(token_bytes(20)).decode()


def address_of(secret: str, user: User) -> str:
    """What the QR code says: the app learns everything from it."""
    return _totp(secret).get_provisioning_uri(user.get_username(), "Parley")


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute since 1970 that this code belongs to; None if it is none of those around now."""
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdecimal():
        return None
    step, totp = int(now.timestamp()) // STEP, _totp(secret)
    fitting = [
        step + by for by in _AROUND if constant_time.bytes_eq(totp.generate((step + by) * STEP), digits.encode())
    ]
    return fitting[0] if fitting else None


def set_up(user: User, secret: str, code: str, now: datetime) -> bool:
    """Make the app with this secret the one of this user, in place of another. False if the code does not prove that
    there is such an app."""
    step = step_of(secret, code, now)
    if step is None:
        return False
    one = {"secret": encrypted(secret), "last_step": step, "created_at": now, "last_used_at": now}
    AuthenticatorApp.objects.update_or_create(user=user, defaults=one)
    return True


def accepts(user: User, code: str, now: datetime) -> bool:
    """Whether the code is right, and was not used before. Of two that come with it at once, one is let in."""
    app = AuthenticatorApp.objects.filter(user=user).first()
    step = step_of(_secret_of(app), code, now) if app else None
    if app is None or step is None:
        return False
    fresh = AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step)
    return bool(fresh.update(last_step=step, last_used_at=now))


def _secret_of(app: AuthenticatorApp) -> str:
    """A secret that nobody can read any more fits no code, as a new one."""
    try:
        return decrypted(app.secret)
    except Unreadable:
        log.error("The authenticator app of user %d was stored under another PARLEY_SECRET_KEY.", app.user_id)
        return new_secret()


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), _DIGITS, SHA1(), STEP)  # noqa: S303 (what all apps speak; HMAC needs no better one)
