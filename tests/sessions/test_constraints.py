"""What one row of a session or timeline can express, the database refuses to contradict."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from policies_app.kinds import EndReason
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, Draft, HalfTyped, LiveSession, TimelineEntry
from sessions_app.transitions import end
from tests.moments import ENDED, MICROSECOND, STARTED

AWAY = {
    "channel": "widget",
    "state": "disconnected",
    "disconnected_at": ENDED,
    "next_due_at": ENDED,
    "next_due_kind": "end_away",
}
OPEN_CANNOT = [
    ("session_state_known", {"channel": "widget", "state": "paused"}),
    ("waiting_session_has_moment_and_no_agent", {"state": "queued"}),
    ("waiting_session_has_moment_and_no_agent", {"state": "queued", "agent": None}),
    ("waiting_session_has_moment_and_no_agent", {"state": "queued", "queued_at": STARTED}),
    ("only_active_session_is_offered", AWAY | {"answer_by": ENDED}),
    ("prepared_session_is_active_invitation", {"channel": "widget", "is_prepared": True}),
    ("hold_only_while_disconnected_and_can_return", {"hold_until": ENDED, "return_until": ENDED}),
    ("hold_only_while_disconnected_and_can_return", AWAY | {"hold_until": ENDED}),
    ("hold_only_while_disconnected_and_can_return", AWAY | {"hold_until": ENDED, "return_until": STARTED}),
    ("return_only_while_disconnected", {"return_until": ENDED}),
    ("grace_only_of_widget_before_disconnected", {"disconnected_at": ENDED, "grace_until": ENDED}),
    ("grace_only_of_widget_before_disconnected", {"channel": "widget", "grace_until": ENDED}),
    ("grace_only_of_widget_before_disconnected", AWAY | {"grace_until": ENDED}),
    ("invitation_is_never_disconnected", AWAY | {"channel": "invitation"}),
    ("disconnected_has_moment", AWAY | {"disconnected_at": None}),
    ("disconnected_has_moment", AWAY | {"next_due_at": None, "next_due_kind": ""}),
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


@pytest.mark.parametrize("capacity", [0, 1001])
def test_an_agent_has_at_least_one_seat_and_no_army_of_them(anna: Agent, capacity: int) -> None:
    with pytest.raises(IntegrityError, match="capacity_in_bounds"), transaction.atomic():
        Agent.objects.filter(pk=anna.pk).update(capacity=capacity)


def test_what_is_half_typed_is_kept_once_for_each_who_types(session: LiveSession, anna: Agent) -> None:
    for agent in (None, anna):
        HalfTyped.objects.create(session=session, agent=agent, text="a", saved_at=STARTED)
        with pytest.raises(IntegrityError), transaction.atomic():
            HalfTyped.objects.create(session=session, agent=agent, text="b", saved_at=STARTED)
