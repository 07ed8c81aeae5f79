"""Recovery codes: for who has lost the phone. Each serves once."""

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac

from sessions_app.signing_in.models import RecoveryCode

HOW_MANY = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_LENGTH = 12
_SALT = "parley.signing_in.recovery"


@transaction.atomic
def renew(user: User) -> list[str]:
    """Ten new codes, in place of those before, which are shown now and never again."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(HOW_MANY)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digests(code)[0]) for code in codes)
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def accepts(user: User, code: str, now: datetime) -> bool:
    """Whether this is one that was not used. It is used now; of two that come with it at once, one is let in."""
    typed = "".join(letter for letter in code.lower() if letter.isalnum())
    unused = RecoveryCode.objects.filter(user=user, digest__in=_digests(typed), used_at=None)
    return len(typed) == _LENGTH and bool(unused.update(used_at=now))


def left(user: User) -> int:
    """How many are unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _digests(code: str) -> list[str]:
    """Under the secret key, and under those before it."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(_SALT, code, secret=key, algorithm="sha256").hexdigest() for key in keys]
