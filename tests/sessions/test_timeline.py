"""The timeline: numbers without gaps, a chain that anybody can check, hints on commit only (architecture.md, Data)."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from policies_app.kinds import EndReason
from sessions_app import chain
from sessions_app.actions import send_message
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.models.session import CHAIN_START
from sessions_app.push.announce import Message
from sessions_app.sweeps import sweep
from sessions_app.timeline import Row, StaleSession, append
from sessions_app.transitions import end, lock
from tests.cast import CUSTOMER, author, fresh, full_then_limited, inactive_after, kinds, new_session, set_policy
from tests.moments import DAY, ENDED, HOUR, MINUTE, STARTED

Capture = Callable[..., AbstractContextManager[list[Any]]]


def recomputed(session: LiveSession) -> list[str]:
    """The hashes of all rows, computed from what is stored in them."""
    hashes, previous = [], CHAIN_START
    for row in session.timeline.order_by("number"):
        previous = chain.link(
            previous,
            session=str(session.public_id),
            number=row.number,
            kind=row.kind,
            actor=row.actor,
            agent=row.agent_id,
            due_at=row.due_at,
            recorded_at=row.recorded_at,
            policy_version=row.policy_version_id,
            payload_digest=chain.digest(row.payload),
        )
        hashes.append(previous)
    return hashes


@pytest.fixture
def eventful(anna: Agent, carla: Customer) -> LiveSession:
    """A session in which a bit of everything happened, by requests and by sweeps."""
    full_then_limited(inactive_after=10 * MINUTE, warn_before=MINUTE)
    session = new_session(anna, carla)
    send_message(session.pk, author(anna), "Grüße, „Carla“ 👋\n\u2028 <b>", key=uuid4(), now=STARTED + MINUTE)
    sweep(STARTED + 10 * MINUTE)
    note_activity(anna, session.pk, now=STARTED + 10 * MINUTE)
    send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED + 11 * MINUTE)
    sweep(STARTED + 9 * DAY)
    return fresh(session)


def test_numbers_have_no_gaps(eventful: LiveSession) -> None:
    numbers = list(eventful.timeline.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 10))
    assert eventful.last_number == 9
    assert kinds(eventful)[-3:] == ["ended", "access_limited", "access_closed"]


def test_every_row_is_chained_to_the_one_before(eventful: LiveSession) -> None:
    stored = list(eventful.timeline.order_by("number").values_list("hash", flat=True))
    assert recomputed(eventful) == stored
    assert eventful.last_hash == stored[-1]


TAMPERED: list[dict[str, Any]] = [
    {"payload": {"text": "something else"}},
    {"actor": "customer"},
    {"kind": "attached"},
    {"due_at": ENDED},
    {"recorded_at": ENDED},
    {"agent": None},
]


@pytest.mark.parametrize("changes", TAMPERED)
def test_changing_a_row_breaks_the_chain_from_there_on(eventful: LiveSession, changes: dict[str, Any]) -> None:
    stored = list(eventful.timeline.order_by("number").values_list("hash", flat=True))
    eventful.timeline.filter(number=2).update(**changes)
    broken = [new != old for new, old in zip(recomputed(eventful), stored, strict=True)]
    assert broken == [False] + [True] * 8


def test_a_row_without_a_lock_is_a_defect_and_writes_nothing(session: LiveSession) -> None:
    stale = fresh(session)
    send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED)
    with pytest.raises(StaleSession), transaction.atomic():
        append(stale, Row(kind=EntryKind.JOINED, actor=Actor.CUSTOMER), now=STARTED)
    assert kinds(session) == ["started", "message"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What open pages were told."""
    messages: list[Message] = []
    monkeypatch.setattr("sessions_app.live.announce", messages.extend)
    return messages


def for_side(told: list[Message], side: str) -> list[dict[str, Any]]:
    return [json.loads(message.data) for message in told if message.topic.endswith(f":{side}")]


def test_both_sides_are_told_of_a_message_when_it_is_committed(
    session: LiveSession, told: list[Message], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        send_message(session.pk, CUSTOMER, "Hello <Anna>", key=uuid4(), now=STARTED)
        assert told == []
    for callback in callbacks:
        callback()
    for side in ("agent", "customer"):
        (hint,) = for_side(told, side)
        assert hint["n"] == 2 and "Hello &lt;Anna&gt;" in hint["html"]
    assert [message.topic for message in told if message.event == "sessions"] == [f"agent:{session.agent_id}"]


def test_a_warning_is_counted_on_the_customers_page_and_not_shown(
    anna: Agent, carla: Customer, told: list[Message], django_capture_on_commit_callbacks: Capture
) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        lock(session.pk, STARTED + 9 * MINUTE)
    assert for_side(told, "customer") == [{"s": str(session.public_id), "n": 2, "html": "", "sync": True}]
    assert "html" not in for_side(told, "agent")[0]  # pages ask, each in the language of its viewer


def test_an_end_without_access_tells_the_customer_to_look_and_shows_nothing(
    session: LiveSession, told: list[Message], django_capture_on_commit_callbacks: Capture
) -> None:
    set_policy()
    with django_capture_on_commit_callbacks(execute=True):
        end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=ENDED)
    assert for_side(told, "customer") == [{"s": str(session.public_id), "n": 2, "html": "", "sync": True}]


def test_nobody_hears_of_what_was_rolled_back(session: LiveSession, told: list[Message]) -> None:
    with transaction.atomic():
        send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED + HOUR)
        transaction.set_rollback(True)
    assert told == []
    assert kinds(session) == ["started"]
