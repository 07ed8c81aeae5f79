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
    newest = _lock_newest()
    if newest and _same(newest.policy(), draft):
        return newest.policy()
    saved_at = max(now, newest.saved_at) if newest else now
    behavior.version = PolicyVersion.objects.create(snapshot=draft.to_json(), saved_at=saved_at, saved_by=by)
    behavior.pk = 1
    behavior.save()
    policy = behavior.version.policy()
    end_policy_saved.send(EndSessionBehavior, policy=policy, now=saved_at)
    return policy


def _lock_newest() -> PolicyVersion | None:
    """The version in force. Whoever else saves waits until this transaction is over, so that versions are in order."""
    row = EndSessionBehavior.objects.select_for_update(of=("self",)).select_related("version").filter(pk=1).first()
    return row.version if row else None


def _same(one: EndPolicy, other: EndPolicy) -> bool:
    return replace(one, version=0, saved_at=other.saved_at) == replace(other, version=0)
