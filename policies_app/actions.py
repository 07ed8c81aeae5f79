"""The only writers of policies."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from policies_app.models import EndSessionBehavior, PolicyVersion, Workstream
from policies_app.signals import end_policy_saved
from policies_app.snapshot import EndPolicy


@transaction.atomic
def save_end_session_behavior(
    behavior: EndSessionBehavior, *, by: User | None, through: str = "", keep: Collection[str] = (), now: datetime
) -> PolicyVersion:
    """Put these settings in force as a new version and tell whoever follows them.

    Who saves them is a user, or an integration, whose name is `through`. `keep` names fields that stay as they are in
    force, whatever stands in these settings: whoever saves may not change them, and may have read them before somebody
    else did.

    Saving what is in force already makes no new version. Raises IntegrityError on settings that contradict each other.
    """
    current = _lock(behavior.workstream)
    for name in keep if current else ():
        setattr(behavior, name, getattr(current, name))
    draft = behavior.draft()
    if current and current.version.policy().same_settings(draft):
        return current.version
    behavior.pk = current.pk if current else None
    behavior._state.adding = current is None  # a draft that takes the place of the row in force is a change of it
    behavior.version = _new_version(behavior.workstream, draft, by, through, now)
    behavior.save()
    end_policy_saved.send(EndSessionBehavior, version=behavior.version, now=behavior.version.saved_at)
    return behavior.version


@transaction.atomic
def remove_override(
    workstream: Workstream, *, by: User | None, through: str = "", now: datetime
) -> PolicyVersion | None:
    """Let a workstream follow the system-wide end session behavior again; None if it does already."""
    current = _lock(workstream)
    if current is None:
        return None
    version = _new_version(workstream, None, by, through, now)
    current.delete()
    end_policy_saved.send(EndSessionBehavior, version=version, now=version.saved_at)
    return version


def _new_version(
    workstream: Workstream | None, settings: EndPolicy | None, by: User | None, through: str, now: datetime
) -> PolicyVersion:
    """Versions are in the order of their ids and of their moments alike, whatever the clocks of two servers say."""
    newest = PolicyVersion.objects.order_by("-pk").first()
    return PolicyVersion.objects.create(
        workstream=workstream,
        snapshot=settings.to_json() if settings else None,
        saved_at=max(now, newest.saved_at) if newest else now,
        saved_by=by,
        saved_through=through,
    )


def lock_behaviors() -> None:
    """Whoever else saves any end session behavior waits until the transaction under way is over."""
    list(EndSessionBehavior.objects.select_for_update().order_by("pk").values_list("pk"))


def _lock(workstream: Workstream | None) -> EndSessionBehavior | None:
    """The row in force. Whoever else saves any waits until this transaction is over, so that versions are in order."""
    lock_behaviors()
    # Read once the locks are held: with a join, PostgreSQL would overlook a row whose version changed meanwhile.
    return EndSessionBehavior.objects.select_related("version").filter(workstream=workstream).first()
