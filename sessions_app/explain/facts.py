"""What is stored about a session, as far as it explains anything. As many queries for a long one as for a short one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from policies_app.kinds import EndReason, SessionState
from policies_app.models import PolicyVersion
from policies_app.selectors import end_policy_at
from policies_app.snapshot import EndPolicy
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import LiveSession, TimelineEntry

MOST = 12
"""So many of a kind are told, the newest ones; the others are only counted."""

CHANGES_ACCESS = (EntryKind.ENDED, EntryKind.POLICY_APPLIED, EntryKind.EXTENDED)
"""Rows that say until when the customer may do what. All of them are read, however many there are."""

MOVES = (
    EntryKind.STARTED,
    EntryKind.QUEUED,
    EntryKind.ASSIGNED,
    EntryKind.ACCEPTED,
    EntryKind.RETURNED,
    EntryKind.TRANSFERRED,
    EntryKind.TAKEN_OVER,
    EntryKind.DISCONNECTED,
    EntryKind.HOLD_OVER,
    EntryKind.CLOSED,
    EntryKind.SEAT_RELEASED,
    EntryKind.RECONNECTED,
)
"""Rows that say whose the session is. All of them are read, too."""

_WRITTEN_BY_PEOPLE = (EntryKind.MESSAGE, EntryKind.ATTACHED, EntryKind.NOTE)
_WARNINGS = (EntryKind.WARNED, EntryKind.KEPT_OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the timeline: what became true at `at`, and by whom."""

    number: int
    kind: EntryKind
    at: datetime
    actor: Actor
    who: str = ""
    payload: Mapping[str, Any]
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What was known at a moment of the agent's clock.

    Only the newest activity is kept. Where it is later than the moment, `is_exact` is false, and `last_activity_at` is
    the last that the timeline knows of: there may have been more, so that what follows from it happens at the earliest.
    `warned_at` is the moment of a warning that had not been taken back; `known_at` is the moment itself, at most now.
    """

    policy: EndPolicy
    last_activity_at: datetime
    customer_busy_at: datetime | None = None
    is_exact: bool = True
    warned_at: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A session and its timeline without what people wrote. `policies` are those that its rows name."""

    started_at: datetime
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    state: SessionState = SessionState.ACTIVE
    changes: tuple[Event, ...] = ()
    moves: tuple[Event, ...] = ()
    others: tuple[Event, ...] = ()
    not_told: Mapping[EntryKind, int]
    policies: Mapping[int, EndPolicy]


def facts_of(session: LiveSession) -> Facts:
    """Everything that holds whatever moment is asked about. Three queries."""
    read = [_event(row) for row in _rows(session).filter(kind__in=(*CHANGES_ACCESS, *MOVES))]
    changes = [event for event in read if event.kind in CHANGES_ACCESS]
    others = _newest_of_each_kind(session)
    return Facts(
        started_at=session.started_at,
        ended_at=session.ended_at,
        end_reason=EndReason(session.end_reason) if session.end_reason else None,
        state=SessionState(session.state),
        changes=tuple(changes),
        moves=tuple(event for event in read if event.kind in MOVES),
        others=tuple(_event(row) for row in others),
        not_told={EntryKind(row.kind): row.of_kind - MOST for row in others if row.of_kind > MOST},
        policies=_policies(change.version for change in changes),
    )


def open_at(session: LiveSession, moment: datetime, now: datetime) -> Open:
    """What was known of the agent's clock at a moment before the end, or is known now of a later one. Three queries."""
    moment = min(moment, now)
    policy = end_policy_at(moment, session.workstream_id)
    warned_at, done = _last_before(session, moment)
    last = session.last_agent_activity_at or session.started_at
    busy = session.customer_busy_at
    activity_known = last <= moment
    busy_known = busy is None or busy <= moment or not policy.wait_at_most
    return Open(
        policy=policy,
        last_activity_at=last if activity_known else max(done, session.started_at),
        customer_busy_at=busy if busy and busy <= moment else None,
        is_exact=activity_known and busy_known,
        warned_at=warned_at,
        known_at=moment,
    )


def edits_while_open(session: LiveSession, until: datetime) -> list[PolicyVersion]:
    """The versions saved for the session's workstream or system-wide while it was open, newest first. One query."""
    either = Q(workstream=session.workstream_id) | Q(workstream=None)
    last = min(session.ended_at or until, until)
    return list(
        PolicyVersion.objects.filter(either, saved_at__gt=session.started_at, saved_at__lte=last).order_by("-pk")
    )


def _last_before(session: LiveSession, moment: datetime) -> tuple[datetime | None, datetime]:
    """The warning that held at a moment, and when the agent last did something that is on the timeline."""
    before = session.timeline.filter(due_at__lte=moment).order_by("-number").values_list("kind", "due_at")
    warning = before.filter(kind__in=_WARNINGS).first()
    begins = Q(kind=EntryKind.ASSIGNED)  # whoever gave it to the agent: the clock starts there
    done = before.filter(Q(actor=Actor.AGENT) | begins).exclude(kind=EntryKind.NOTE).first()
    return (
        warning[1] if warning and warning[0] == EntryKind.WARNED else None,
        done[1] if done else session.started_at,
    )


def _newest_of_each_kind(session: LiveSession) -> list[Any]:
    rows = _rows(session).exclude(kind__in=(*_WRITTEN_BY_PEOPLE, *CHANGES_ACCESS))
    numbered = rows.annotate(
        place=Window(RowNumber(), partition_by=F("kind"), order_by=F("number").desc()),
        of_kind=Window(Count("*"), partition_by=F("kind")),
    )
    return list(numbered.filter(place__lte=MOST))


def _rows(session: LiveSession) -> QuerySet[TimelineEntry]:
    return session.timeline.select_related("agent").order_by("number")


def _event(row: TimelineEntry) -> Event:
    return Event(
        number=row.number,
        kind=EntryKind(row.kind),
        at=row.due_at,
        actor=Actor(row.actor),
        who=row.agent.name if row.agent else str(row.payload.get("by", "")),
        payload=row.payload,
        version=row.policy_version_id,
    )


def _policies(versions: Iterable[int | None]) -> dict[int, EndPolicy]:
    found = PolicyVersion.objects.in_bulk({version for version in versions if version})
    return {pk: version.policy() for pk, version in found.items()}
