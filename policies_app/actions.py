"""The only writers of policies."""

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from policies_app.models import EndSessionBehavior, PolicyVersion
from policies_app.signals import end_policy_saved
from policies_app.snapshot import EndPolicy


@transaction.atomic
def save_end_session_behavior(behavior: EndSessionBehavior, *, by: User | None, now: datetime) -> EndPolicy:
    """Put these settings in force as a new version and tell whoever follows them.

    Saving what is in force already makes no new version. Raises IntegrityError on settings that contradict each other.
    """
    draft = behavior.draft()
    if behavior.version_id and _same(behavior.version.policy(), draft):
        return behavior.version.policy()
    behavior.version = PolicyVersion.objects.create(snapshot=draft.to_json(), saved_at=now, saved_by=by)
    behavior.pk = 1
    behavior.save()
    policy = behavior.version.policy()
    end_policy_saved.send(EndSessionBehavior, policy=policy, now=now)
    return policy


def _same(one: EndPolicy, other: EndPolicy) -> bool:
    return replace(one, version=0, saved_at=other.saved_at) == replace(other, version=0)
