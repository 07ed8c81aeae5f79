"""Reads of policies."""

from datetime import datetime

from policies_app.actions import save_end_session_behavior
from policies_app.models import EndSessionBehavior, PolicyVersion
from policies_app.snapshot import EndPolicy


def end_session_behavior() -> EndSessionBehavior:
    """The system-wide row, with its version, for editing. A fresh installation gets one with every toggle off."""
    rows = EndSessionBehavior.objects.select_related("version")
    found = rows.first()
    if found is None:
        save_end_session_behavior(EndSessionBehavior(), by=None, now=EndPolicy().saved_at)
        found = rows.get()
    return found


def end_policy_at(moment: datetime) -> EndPolicy:
    """The end session behavior that was in force at a moment (UTC). One query."""
    version = PolicyVersion.objects.filter(saved_at__lte=moment).order_by("-saved_at", "-pk").first()
    return (version or end_session_behavior().version).policy()
