"""Of whom a second step is required (`PARLEY_TWO_FACTOR`), and who has one."""

from django.conf import settings
from django.contrib.auth.models import User

from sessions_app import who_may
from sessions_app.roles import may_open_settings
from sessions_app.signing_in.models import AuthenticatorApp, Passkey

NOBODY, ADMINISTRATORS, SUPERVISORS = "nobody", "administrators", "supervisors"

ADMINISTERS = ("auth.change_user", "policies_app.change_systemsettings")
SUPERVISES = (who_may.MONITOR, who_may.TAKE_OVER, who_may.RELEASE)
"""It is the rights that count, not the names of roles: those can be changed."""


def is_required_of(user: User) -> bool:
    """Whether somebody must have a second step. No query where it is required of nobody."""
    if settings.TWO_FACTOR == NOBODY:
        return False
    if user.is_superuser or user.is_staff or any(map(user.has_perm, ADMINISTERS)):
        return True
    return settings.TWO_FACTOR == SUPERVISORS and (may_open_settings(user) or any(map(user.has_perm, SUPERVISES)))


def has_one(user: User) -> bool:
    """Whether somebody set up a second step, required or not."""
    return AuthenticatorApp.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()
