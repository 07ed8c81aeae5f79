"""What `manage.py check --deploy`, and `migrate` before it begins, say of an installation, beside what Django says."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's name for it)
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

SOON = timedelta(days=30)
FOLDED = ("policies_app", "sessions_app")
"""Whose migrations from before 0.1.0 were folded into fewer."""


@register(Tags.database)
def has_all_or_none_of_the_folded_migrations(
    app_configs: Any, databases: Iterable[str] | None = None, **how: Any
) -> Sequence[CheckMessage]:
    """A database with a part of them can go nowhere from here: what led on from there is no longer known."""
    known = MigrationLoader(None).replacements
    ours = {name: set(migration.replaces) for name, migration in known.items() if name[0] in FOLDED}
    return [_HAS_A_PART for alias in databases or () if _has_a_part(alias, ours)]


def _has_a_part(alias: str, ours: dict[tuple[str, str], set[tuple[str, str]]]) -> bool:
    applied = MigrationRecorder(connections[alias]).applied_migrations().keys()
    old = set().union(*ours.values())
    return not applied & ours.keys() and bool(applied & old) and not old <= applied


_HAS_A_PART = Error(
    "This database has a part of the migrations from before 0.1.0, and needs all of them to go on.",
    "Check out the last commit that has sessions_app/migrations/0020_sign_in_rights.py, migrate there, and come back.",
    id="parley.E002",
)


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
