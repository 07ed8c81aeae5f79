"""Taking all second steps from somebody who lost them."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from sessions_app.signing_in.ending import end_sign_ins
from sessions_app.signing_in.models import AuthenticatorApp, Passkey, RecoveryCode


@transaction.atomic
def reset_second_steps(user: User, now: datetime) -> None:
    """Remove app, passkeys and recovery codes, each of which the history of settings tells, and sign them out of all
    browsers: whoever found the phone may have one of them."""
    for model in (AuthenticatorApp, Passkey, RecoveryCode):
        model.objects.filter(user=user).delete()
    end_sign_ins(user.pk, now)
