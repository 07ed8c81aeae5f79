"""Giving ended sessions another policy than the one of their end (rules.md 6): what it would do, and doing it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, Count, DateTimeField, ExpressionWrapper, F, QuerySet, Value, When

from policies_app.kinds import AccessLevel, SessionState
from policies_app.models import PolicyVersion
from policies_app.rules import FOREVER, due_after_end, window_lengths, windows
from policies_app.snapshot import EndPolicy
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Customer, LiveSession
from sessions_app.timeline import Row, append_to_many
from sessions_app.transitions import due_changes, settle


@dataclass(frozen=True, slots=True)
class Effect:
    """What one and the same change does to a customer.

    `level_ends` and `all_ends` say whether the level they have, and all their access, ends "later", "earlier" or at the
    "same" moment. `chat` and `attachments` are 1 where they gain it now, -1 where they lose it.
    """

    before: AccessLevel
    after: AccessLevel
    level_ends: str
    all_ends: str
    chat: int
    attachments: int


def concerned(
    version: PolicyVersion, workstreams: Iterable[int], ended_since: datetime | None, *, until: datetime
) -> QuerySet[LiveSession]:
    """Sessions that had ended by `until` and could be given a policy: not those that have it or that were extended."""
    return _ended(workstreams, ended_since, until).filter(extended_at=None).exclude(end_policy=version)


def left_alone(workstreams: Iterable[int], ended_since: datetime | None, *, until: datetime) -> QuerySet[LiveSession]:
    """Sessions whose customer was given more time by an agent: no policy takes it away, or adds to it."""
    return _ended(workstreams, ended_since, until).filter(extended_at__isnull=False)


def effects(
    version: PolicyVersion, workstreams: Iterable[int], ended_since: datetime | None, *, now: datetime
) -> Counter[Effect]:
    """How many customers applying the policy would change in which way, as of `now`. Two queries."""
    policy = version.policy()
    grouped = (
        concerned(version, workstreams, ended_since, until=now)
        .annotate(**_then(policy))
        .annotate(before=_level("full_until", "limited_until", now), after=_level("full_then", "all_then", now))
        .annotate(full_move=_move("full_until", "full_then"), all_move=_move("limited_until", "all_then"))
        .values("end_policy", "before", "after", "full_move", "all_move")
        .annotate(sessions=Count("pk"))
        .order_by()
    )
    rows = list(grouped)
    old = PolicyVersion.objects.in_bulk({row["end_policy"] for row in rows})
    found: Counter[Effect] = Counter()
    for row in rows:
        found[_effect(row, old[row["end_policy"]].policy(), policy)] += row["sessions"]
    return found


@transaction.atomic
def apply_to(session_ids: Iterable[int], version: PolicyVersion, *, by: User | None, now: datetime) -> None:
    """Freeze another policy into ended sessions and open the windows that it gives, counted from the same end.

    1. Lock them, and let time have its due first.
    2. Leave those that have the policy by now, those that an agent gave more time, and those whose customer is erased.
    3. Record it on each timeline, with who ordered it.
    """
    rows = LiveSession.objects.select_related("agent", "customer").filter(pk__in=list(session_ids))
    locked = list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))
    for session in locked:
        settle(session, now)
    gone = _erased(locked)
    given = [one for one in locked if one.customer_id not in gone and _takes(one, version)]
    policy = version.policy()
    for session in given:
        _give(session, policy, now)
    row = Row(
        kind=EntryKind.POLICY_APPLIED,
        actor=Actor.ADMIN,
        payload={"by": by.get_username()} if by else {},
        policy_version=version.pk,
    )
    append_to_many(given, row, now=now, changed=_CHANGED)


def _takes(session: LiveSession, version: PolicyVersion) -> bool:
    return bool(session.ended_at and session.extended_at is None and session.end_policy_id != version.pk)


def _erased(locked: Iterable[LiveSession]) -> set[int]:
    """The keys of customers who are erased, as it is now that their sessions are locked."""
    customers = Customer.objects.filter(pk__in={one.customer_id for one in locked}, erased_at__isnull=False)
    return set(customers.values_list("pk", flat=True))


_CHANGED = ("end_policy", "full_until", "limited_until", "next_due_at", "next_due_kind", "retry_at")


def _give(session: LiveSession, policy: EndPolicy, now: datetime) -> None:
    assert session.ended_at, "only an ended session is given another policy"
    opened = windows(policy, session.ended_at)
    session.end_policy_id = policy.version
    session.full_until, session.limited_until = opened.full_until, opened.limited_until
    for name, value in due_changes(due_after_end(opened, now)).items():
        setattr(session, name, value)


# What it would do --------------------------------------------------------------------------------------------------


def _ended(workstreams: Iterable[int], ended_since: datetime | None, until: datetime) -> QuerySet[LiveSession]:
    ended = LiveSession.objects.filter(state=SessionState.ENDED, workstream__in=list(workstreams), ended_at__lte=until)
    return ended.filter(ended_at__gte=ended_since) if ended_since else ended


def _effect(row: Mapping[str, Any], was: EndPolicy, policy: EndPolicy) -> Effect:
    before, after = AccessLevel(row["before"]), AccessLevel(row["after"])
    had, has = before is AccessLevel.FULL, after is AccessLevel.FULL
    return Effect(
        before,
        after,
        level_ends=row["full_move"] if had and has else row["all_move"],
        all_ends=row["all_move"],
        chat=(has and policy.chat) - (had and was.chat),
        attachments=(has and policy.attachments) - (had and was.attachments),
    )


def _then(policy: EndPolicy) -> dict[str, Any]:
    """`rules.windows` in SQL: until when there would be full access, and until when any."""
    full, limited = window_lengths(policy)
    if full is None:
        return {"full_then": Value(FOREVER, DateTimeField()), "all_then": Value(FOREVER, DateTimeField())}
    return {"full_then": _later(full), "all_then": _later(full + limited)}


def _later(length: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(F("ended_at") + length, DateTimeField())


def _level(full_until: str, all_until: str, now: datetime) -> Case:
    """`rules.level_after_end` in SQL."""
    return Case(
        When(**{f"{full_until}__gt": now}, then=Value(AccessLevel.FULL)),
        When(**{f"{all_until}__gt": now}, then=Value(AccessLevel.LIMITED)),
        default=Value(AccessLevel.NONE),
    )


def _move(before: str, after: str) -> Case:
    return Case(
        When(**{f"{before}__lt": F(after)}, then=Value("later")),
        When(**{f"{before}__gt": F(after)}, then=Value("earlier")),
        default=Value("same"),
    )
