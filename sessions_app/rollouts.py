"""Changes of policy on their way through many sessions (rules.md 6).

Nothing here decides. An open session follows an edit in the request that looks at it (`transitions.settle`); a rollout
brings it to those that nobody looks at, long before the edit may end one. Ended sessions get a policy only this way.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils.dateparse import parse_datetime

from policies_app.kinds import DueKind, SessionState
from policies_app.models import PolicyVersion
from policies_app.rules import EDIT_GRACE
from policies_app.selectors import end_policies_at, end_policy_at, follows_system_wide, next_edit
from policies_app.snapshot import EndPolicy
from sessions_app.ended_policies import apply_to, concerned
from sessions_app.kinds import RolloutKind
from sessions_app.models import LiveSession, Rollout
from sessions_app.settling import settle_one
from sessions_app.transitions import clock_changes

log = logging.getLogger(__name__)

BATCH = 2000
ENDED_BATCH = 500
"""How many sessions one batch holds locked: open ones, which one statement moves, and ended ones."""

AT_ONCE = 2
"""So many batches are done at once, before whoever ordered them gets an answer; workers do the rest."""

ALONE_AT_ONCE = 25
"""So many of the sessions that go one by one are done at once; the others when it looks once more."""

STRAGGLERS = timedelta(seconds=30)
"""How long a transaction may take that began before an edit and set a clock without knowing it."""


def follow_edit(*, version: PolicyVersion, now: datetime, **_signal: Any) -> None:
    """Have all open sessions that a new version concerns follow it; part of the transaction that saves it."""
    if version.workstream_id:
        workstreams = [version.workstream_id]
    else:
        workstreams = list(follows_system_wide().order_by("pk").values_list("pk", flat=True))
    rollout = Rollout(
        kind=RolloutKind.FOLLOW, version=version, workstreams=workstreams, started_at=now, started_by=version.saved_by
    )
    _begin(rollout, LiveSession.objects.filter(state=SessionState.ACTIVE, workstream__in=workstreams), now)


@transaction.atomic
def apply_to_ended(
    version: PolicyVersion, workstreams: Iterable[int], *, ended_since: datetime | None, by: User | None, now: datetime
) -> Rollout:
    """Give ended sessions of these workstreams this policy instead of the one of their end (rules.md 6).

    The caller has checked that whoever asks may do so, and has shown them what will change.
    """
    rollout = Rollout(
        kind=RolloutKind.APPLY,
        version=version,
        workstreams=sorted(workstreams),
        ended_since=ended_since,
        started_at=now,
        started_by=by,
    )
    _begin(rollout, concerned(version, rollout.workstreams, ended_since, until=now), now)
    return rollout


@transaction.atomic
def apply_once(
    version: PolicyVersion,
    workstreams: Iterable[int],
    *,
    ended_since: datetime | None,
    previewed_at: datetime,
    by: User,
    now: datetime,
) -> Rollout:
    """`apply_to_ended`, but only once for one preview: a double click or a reload gets the rollout that there is."""
    # The second click waits for the first; sessions that end under this version do not.
    PolicyVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    ordered = Rollout.objects.filter(kind=RolloutKind.APPLY, version=version, started_by=by)
    begun = ordered.filter(started_at__gte=previewed_at, workstreams=sorted(workstreams), ended_since=ended_since)
    return begun.first() or apply_to_ended(version, workstreams, ended_since=ended_since, by=by, now=now)


def advance(rollout_id: int, *, now: datetime, batches: int, alone: int | None = None) -> bool:
    """Do so many batches of a rollout, each in a transaction of its own; whether there is more to do now.

    Of the sessions of a batch that go one by one, at most `alone` are done now; the others at the end.
    """
    return all(_step(rollout_id, now, alone) for _ in range(batches))


def under_way() -> list[int]:
    """The rollouts that are not finished, oldest first. One query."""
    return list(Rollout.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True))


def _begin(rollout: Rollout, sessions: QuerySet[LiveSession], now: datetime) -> None:
    rollout.total = sessions.count()
    rollout.save(force_insert=True)
    transaction.on_commit(lambda: advance(rollout.pk, now=now, batches=AT_ONCE, alone=ALONE_AT_ONCE), robust=True)


def _step(rollout_id: int, now: datetime, alone: int | None) -> bool:
    """One batch, and then, without its locks, the sessions of it that go one by one."""
    more, one_by_one = _batch(rollout_id, now)
    for session_id in one_by_one[:alone]:
        _alone(partial(settle_one, session_id, now), [session_id])
    return more


@transaction.atomic
def _batch(rollout_id: int, now: datetime) -> tuple[bool, list[int]]:
    """Whether there is more, and who goes alone. Whoever else works on the same rollout is left to it.

    What was ordered for ended sessions is done in the order in which it was ordered.
    """
    rows = Rollout.objects.filter(pk=rollout_id, finished_at=None).select_related("version")
    rollout = rows.select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)
    if (found := rollout.first()) is None or _waits_its_turn(found):
        return False, []
    more, one_by_one = _STEPS[RolloutKind(found.kind)](found, now)
    found.done = min(found.done, found.total)
    found.save()
    return more, one_by_one


def _waits_its_turn(rollout: Rollout) -> bool:
    earlier = Rollout.objects.filter(kind=RolloutKind.APPLY, finished_at=None, pk__lt=rollout.pk)
    return rollout.kind == RolloutKind.APPLY and earlier.exists()


# Open sessions follow an edit --------------------------------------------------------------------------------------


def _follow_on(rollout: Rollout, now: datetime) -> tuple[bool, list[int]]:
    """The clocks of the next open sessions, those whose agent is silent longest first.

    1. A session whose agent did something since has learned of the edit by that.
    2. Where something was due before, by the clock or by an earlier edit that was not carried out, it has happened, and
       only waits to be written down: such sessions go one by one.
    3. So do sessions that warned of their end, which take the warning back, those whose customer is busy, and those
       that began after the edit without knowing of it.
    4. At the end those are looked for once more whose clock was set just when the edit was saved, or that were left.
    """
    place = rollout.place or {"workstream": 0}
    found: list[tuple[datetime, int]] = []
    while not found and place["workstream"] < len(rollout.workstreams):
        if not (found := _behind(rollout, place)):
            place = {"workstream": place["workstream"] + 1}
    rollout.place = place
    if not found:
        return _follow_stragglers(rollout, now)
    rollout.place |= {"since": found[-1][0].isoformat(), "key": found[-1][1]}
    rollout.done += len(found)
    return True, _set_clocks([pk for _, pk in found], rollout, now)


def _behind(rollout: Rollout, place: dict[str, Any]) -> list[tuple[datetime, int]]:
    """The next sessions of one workstream whose clocks do not know the edit. One after the other, by the index."""
    sessions = LiveSession.objects.filter(
        state=SessionState.ACTIVE,
        workstream=rollout.workstreams[place["workstream"]],
        clock_seen__lt=rollout.version_id,
    )
    if "since" in place:
        since = parse_datetime(place["since"])
        sessions = sessions.filter(last_agent_activity_at__gte=since)
        sessions = sessions.exclude(last_agent_activity_at=since, pk__lte=place["key"])
    order = ("last_agent_activity_at", "pk")
    return list(sessions.order_by(*order).values_list(*order)[:BATCH])


def _follow_stragglers(rollout: Rollout, now: datetime) -> tuple[bool, list[int]]:
    if now >= rollout.started_at + STRAGGLERS:
        rollout.finished_at, rollout.done = now, rollout.total
    else:
        rollout.place = {"workstream": 0}
    return False, []


_CLOCK = (
    "state", "workstream_id", "clock_seen", "started_at", "last_agent_activity_at", "customer_busy_at", "warned_at",
    "next_due_at", "answer_by", "is_prepared", "grace_until",
)  # fmt: skip
"""What is read of a session to decide whether it goes with the others."""


def _set_clocks(session_ids: list[int], rollout: Rollout, now: datetime) -> list[int]:
    """Set those that can be set together; returns those that go one by one."""
    rows = LiveSession.objects.filter(pk__in=session_ids).only(*_CLOCK).order_by("pk")
    rows = rows.select_for_update(no_key=True, of=("self",))
    locked = [one for one in rows if one.state == SessionState.ACTIVE and one.clock_seen < rollout.version_id]
    now = max(now, rollout.version.saved_at)  # the clocks of two servers may differ
    policies = end_policies_at(now, rollout.workstreams)
    replaced = {key: _replaced(*key, now) for key in {(one.workstream_id, one.clock_seen) for one in locked}}
    together: dict[int, list[int]] = {}
    one_by_one: list[int] = []
    for session in locked:
        is_newer = session.started_at > policies[session.workstream_id].saved_at
        if is_newer or _has_happened(session, replaced[session.workstream_id, session.clock_seen], now):
            one_by_one.append(session.pk)
        else:
            together.setdefault(session.workstream_id, []).append(session.pk)
    for workstream, keys in together.items():
        _set_together(LiveSession.objects.filter(pk__in=keys), policies[workstream])
    return one_by_one


def _replaced(workstream: int, seen: int, now: datetime) -> list[tuple[EndPolicy, datetime]]:
    """The edits that a clock does not know and that others followed, each with until when it held; usually none."""
    missed: list[EndPolicy] = []
    while edit := next_edit(seen, workstream, now):
        missed.append(end_policy_at(edit.saved_at, workstream))
        seen = max(missed[-1].seen, edit.pk)
    return [(policy, after.saved_at) for policy, after in pairwise(missed)]


def _has_happened(session: LiveSession, replaced: list[tuple[EndPolicy, datetime]], now: datetime) -> bool:
    """Whether there is more to write down than a new clock."""
    if (
        session.warned_at
        or session.customer_busy_at
        or session.answer_by
        or session.is_prepared
        or session.grace_until
        or (session.next_due_at and session.next_due_at <= now)
    ):
        return True
    clocks = ((clock_changes(session, policy)["next_due_at"], until) for policy, until in replaced)
    return any(due_at is not None and due_at < until for due_at, until in clocks)


def _alone(work: Callable[[], object], session_ids: list[int]) -> bool:
    """Whether it went well. What goes wrong with one session is reported and does not hold up the others."""
    try:
        with transaction.atomic():
            work()
    except Exception:
        which = session_ids[0] if len(session_ids) == 1 else f"one of {len(session_ids)}, which now go one by one"
        log.exception("A change of policy could not be carried to session %s.", which)
        return False
    return True


def _set_together(sessions: QuerySet[LiveSession], policy: EndPolicy) -> None:
    """`rules.inactivity` for sessions that were all open when the policy was saved, as one statement."""
    seen = policy.seen
    if policy.inactive_after is None:
        sessions.update(next_due_at=None, next_due_kind="", clock_seen=seen)
        return
    end_at = Greatest(F("last_agent_activity_at") + policy.inactive_after, policy.saved_at + EDIT_GRACE)
    if policy.warn_before:
        warn_at = Greatest(end_at - policy.warn_before, policy.saved_at)
        sessions.update(next_due_at=warn_at, next_due_kind=DueKind.WARN, clock_seen=seen)
    else:
        sessions.update(next_due_at=end_at, next_due_kind=DueKind.END_INACTIVE, clock_seen=seen)


# Ended sessions get a policy ---------------------------------------------------------------------------------------


def _apply_on(rollout: Rollout, now: datetime) -> tuple[bool, list[int]]:
    """The next of the sessions that had ended when it was ordered, by their key."""
    rest = concerned(rollout.version, rollout.workstreams, rollout.ended_since, until=rollout.started_at)
    keys = rest.filter(pk__gt=rollout.place.get("after", 0)).order_by("pk").values_list("pk", flat=True)
    found = list(keys[:ENDED_BATCH])
    if not found:
        rollout.finished_at = now
        return False, []
    failed = 0
    if not _alone(partial(_apply, rollout, found, now), found):
        failed = sum(not _alone(partial(_apply, rollout, [one], now), [one]) for one in found)
    rollout.place |= {"after": found[-1], "failed": rollout.place.get("failed", 0) + failed}
    rollout.done += len(found) - failed
    return True, []


def _apply(rollout: Rollout, session_ids: list[int], now: datetime) -> None:
    apply_to(session_ids, rollout.version, by=rollout.started_by, now=now)


_STEPS: dict[RolloutKind, Callable[[Rollout, datetime], tuple[bool, list[int]]]] = {
    RolloutKind.FOLLOW: _follow_on,
    RolloutKind.APPLY: _apply_on,
}
