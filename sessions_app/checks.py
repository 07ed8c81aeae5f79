"""What `manage.py check --deploy` says of an installation, beside what Django says."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's name for it)
from django.utils import timezone

SOON = timedelta(days=30)


@register(Tags.security, deploy=True)
def seals_with_a_key_of_the_operators(app_configs: Any, **how: Any) -> Sequence[CheckMessage]:
    """Customers of a real installation sign documents; somebody should vouch for the key that seals them."""
    if settings.SEAL.is_self_made and not settings.SEAL.is_accepted:
        hint = "Name a PKCS#12 file in PARLEY_SEAL_KEY; or set it to `self-made`, if that is what you want."
        return [Warning("Documents are sealed with a self-made key, which nobody trusts.", hint, id="parley.W001")]
    return []


@register(Tags.security, deploy=True)
def seals_with_a_certificate_that_is_valid(app_configs: Any, **how: Any) -> Sequence[CheckMessage]:
    """With one that is over nothing is sealed any more."""
    if settings.SEAL.is_self_made:
        return []
    from sessions_app.documents.seal_keys import SealKey

    now, key = timezone.now(), SealKey.read(settings.SEAL.key, settings.SEAL.passphrase)
    until = f"{key.valid_until():%Y-%m-%d}"
    if not key.is_valid(now):
        return [Error(f"The certificate in PARLEY_SEAL_KEY is not valid now; it is until {until}.", id="parley.E001")]
    if not key.is_valid(now + SOON):
        return [Warning(f"The certificate in PARLEY_SEAL_KEY is over soon: {until}.", id="parley.W002")]
    return []
