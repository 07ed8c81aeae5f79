"""Reads of policies."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from policies_app.actions import save_end_session_behavior
from policies_app.models import EndSessionBehavior, PolicyVersion, SystemSettings, Workstream
from policies_app.rules import in_force
from policies_app.snapshot import EndPolicy


def end_session_behavior() -> EndSessionBehavior:
    """The system-wide row, with its version, for editing. A fresh installation gets one with every toggle off."""
    rows = EndSessionBehavior.objects.select_related("version").filter(workstream=None)
    found = rows.first()
    if found is None:
        try:
            with transaction.atomic():
                save_end_session_behavior(EndSessionBehavior(), by=None, now=EndPolicy().saved_at)
        except IntegrityError:
            pass  # somebody else was faster
        found = rows.get()
    return found


def end_policy_at(moment: datetime, workstream_id: int | None) -> EndPolicy:
    """The end session behavior that was in force at a moment (UTC) in a workstream; None: system-wide. One query."""
    newest = _newest(moment, workstream=None)
    which = Q(pk=Subquery(newest))
    if workstream_id is not None:
        which |= Q(pk=Subquery(_newest(moment, workstream=workstream_id)))
    found = {version.workstream_id: version for version in PolicyVersion.objects.filter(which)}
    return _policy(found.get(None), found.get(workstream_id) if workstream_id else None)


def end_policies_at(moment: datetime, workstream_ids: Iterable[int] | None = None) -> dict[int, EndPolicy]:
    """The end session behavior that was in force at a moment in each of these workstreams, or in all. Two queries."""
    workstreams = (
        Workstream.objects.all() if workstream_ids is None else Workstream.objects.filter(pk__in=workstream_ids)
    )
    own = Subquery(_newest(moment, workstream=OuterRef("pk")))
    newest = dict(workstreams.annotate(newest=own).order_by("pk").values_list("pk", "newest"))
    which = Q(pk=Subquery(_newest(moment, workstream=None))) | Q(pk__in=filter(None, newest.values()))
    found = {version.pk: version for version in PolicyVersion.objects.filter(which)}
    system = next((version for version in found.values() if version.workstream_id is None), None)
    return {pk: _policy(system, found.get(version or 0)) for pk, version in newest.items()}


def next_edit(after: int, workstream_id: int, until: datetime) -> PolicyVersion | None:
    """The first version, saved by a moment, that concerns a workstream and is newer than that one.

    System-wide ones do not while the workstream has an override. One query, unless there are newer ones.
    """
    mine = Q(workstream=workstream_id)
    newer = PolicyVersion.objects.filter(mine | Q(workstream=None), pk__gt=after, saved_at__lte=until)
    versions = list(newer.order_by("pk"))
    if not versions:
        return None
    own = PolicyVersion.objects.filter(mine, pk__lte=after).order_by("-pk").first()
    overridden = own is not None and not own.removes
    return next((one for one in versions if one.workstream_id or not overridden), None)


def follows_system_wide() -> QuerySet[Workstream]:
    """The workstreams without an override."""
    return Workstream.objects.filter(override=None)


def system_settings() -> SystemSettings:
    """The settings of the whole system; as they are from the beginning if nobody has saved any. One query."""
    return SystemSettings.objects.first() or SystemSettings(pk=1)


def _newest(moment: datetime, *, workstream: Any) -> QuerySet[PolicyVersion, int]:
    versions = PolicyVersion.objects.filter(workstream=workstream, saved_at__lte=moment)
    return versions.order_by("-saved_at", "-pk").values_list("pk", flat=True)[:1]


def _policy(system: PolicyVersion | None, own: PolicyVersion | None) -> EndPolicy:
    """What two versions come to: the workstream's own, if it has one that was not removed, else the system-wide one."""
    system = system or end_session_behavior().version
    if own is None:
        return system.policy()
    return in_force(system.policy(), None if own.removes else own.policy(), own_saved_at=own.saved_at, own_seen=own.pk)
