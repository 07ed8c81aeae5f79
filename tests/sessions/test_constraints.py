"""What one row of a session or timeline can express, the database refuses to contradict."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from policies_app.kinds import EndReason
from sessions_app.kinds import Actor
from sessions_app.models import Customer, Draft, LiveSession, TimelineEntry
from sessions_app.transitions import end
from tests.moments import ENDED, MICROSECOND, STARTED

OPEN_CANNOT = [
    ("session_state_known", {"channel": "widget", "state": "paused"}),
    ("invitation_is_active_or_ended", {"state": "queued"}),
    ("invitation_is_active_or_ended", {"state": "disconnected", "disconnected_at": ENDED}),
    ("disconnected_has_moment", {"channel": "widget", "state": "disconnected"}),
    ("assigned_session_has_agent_and_activity", {"agent": None}),
    ("assigned_session_has_agent_and_activity", {"last_agent_activity_at": None}),
    ("ended_has_moment_reason_policy_and_windows", {"ended_at": ENDED}),
    ("ended_has_moment_reason_policy_and_windows", {"end_reason": "ended_by_agent"}),
    ("ended_has_moment_reason_policy_and_windows", {"full_until": ENDED}),
    ("ended_has_moment_reason_policy_and_windows", {"state": "ended"}),
    ("due_has_kind", {"next_due_at": ENDED}),
    ("due_has_kind", {"next_due_kind": "warn"}),
    ("due_has_kind", {"next_due_at": ENDED, "next_due_kind": "celebrate"}),
    ("follow_up_only_after_end", {"follow_up_since": ENDED}),
]
ENDED_CANNOT = [
    {"end_reason": ""},
    {"end_reason": "boredom"},
    {"ended_at": None},
    {"end_policy": None},
    {"full_until": None},
    {"limited_until": None},
    {"full_until": ENDED - MICROSECOND},
    {"limited_until": ENDED - MICROSECOND},
    {"state": "active"},
]


def refuses(session: LiveSession, constraint: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LiveSession.objects.filter(pk=session.pk).update(**changes)


@pytest.mark.parametrize(("constraint", "changes"), OPEN_CANNOT)
def test_an_open_session_cannot(session: LiveSession, constraint: str, changes: dict[str, Any]) -> None:
    refuses(session, constraint, changes)


@pytest.mark.parametrize("changes", ENDED_CANNOT)
def test_an_ended_session_cannot(session: LiveSession, changes: dict[str, Any]) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    refuses(session, "ended_has_moment_reason_policy_and_windows", changes)


def test_nothing_ends_before_it_began(session: LiveSession) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    refuses(session, "ended_not_before_start", {"started_at": ENDED + MICROSECOND})


@pytest.mark.parametrize("changes", [{"number": 1}, {"number": 0}, {"kind": "party"}, {"actor": "nobody"}], ids=str)
def test_a_timeline_cannot_hold(session: LiveSession, changes: dict[str, Any]) -> None:
    row = {"number": 2, "kind": "joined", "actor": "customer", "due_at": STARTED, "recorded_at": STARTED, "hash": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        TimelineEntry.objects.create(session=session, **row | changes)
    TimelineEntry.objects.create(session=session, **row)


def test_a_refused_text_is_kept_once(session: LiveSession) -> None:
    key = uuid4()
    Draft.objects.create(session=session, author="customer", text="a", saved_at=STARTED, key=key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(session=session, author="customer", text="b", saved_at=STARTED, key=key)


def test_a_customer_can_be_reached(db: None) -> None:
    with pytest.raises(IntegrityError, match="customer_can_be_reached"), transaction.atomic():
        Customer.objects.create(name="Nobody")
