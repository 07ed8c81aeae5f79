"""How far each side has looked, and how much is unread (issue 4, point 4)."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies_app.kinds import EndReason
from sessions_app.actions import add_note, send_message
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.push.announce import Message
from sessions_app.selectors import unread_counts
from sessions_app.transitions import end
from tests.cast import CUSTOMER, address, author, browser_of, come_in, fresh, new_session, set_policy
from tests.moments import STARTED

Capture = Callable[..., AbstractContextManager[list[Any]]]


def talk(session: LiveSession, agent: Agent) -> None:
    """Rows 2 to 5: the customer twice, a note, the agent."""
    send_message(session.pk, CUSTOMER, "one", key=uuid4(), now=STARTED)
    send_message(session.pk, CUSTOMER, "two", key=uuid4(), now=STARTED)
    add_note(session.pk, agent, "note", key=uuid4(), now=STARTED)
    send_message(session.pk, author(agent), "three", key=uuid4(), now=STARTED)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    kept: list[Message] = []
    monkeypatch.setattr("sessions_app.live.announce", kept.extend)
    return kept


@pytest.mark.parametrize(
    ("numbers", "stored"),
    [(["3"], 3), (["3", "2"], 3), (["2", "4"], 4), (["99"], 5), (["x", "-1", ""], 0), (["3", "3"], 3)],
)
def test_what_was_seen_only_grows_and_ends_at_the_newest_row(
    session: LiveSession, anna: Agent, numbers: list[str], stored: int
) -> None:
    talk(session, anna)
    for number in numbers:
        assert browser_of(anna).post(address(session, "agent", "seen"), {"number": number}).status_code == 204
    assert (fresh(session).seen_by_agent, fresh(session).seen_by_customer) == (stored, 0)


def test_the_other_side_is_told_once(
    session: LiveSession, anna: Agent, told: list[Message], django_capture_on_commit_callbacks: Capture
) -> None:
    talk(session, anna)
    browser = come_in(session)
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for number in (5, 5, 4):
            browser.post(address(session, "customer", "seen"), {"number": number})
    assert [(one.topic, one.event, json.loads(one.data)) for one in told] == [
        (f"session:{session.public_id}:agent", "seen", {"s": str(session.public_id), "n": 5})
    ]


def test_a_room_knows_how_far_both_have_looked(session: LiveSession, anna: Agent) -> None:
    talk(session, anna)
    LiveSession.objects.filter(pk=session.pk).update(seen_by_agent=2, seen_by_customer=4)
    agents = browser_of(anna).get(address(session, "agent", "updates")).json()
    customers = come_in(session).get(address(session, "customer", "updates")).json()
    assert (agents["seen"], agents["their_seen"]) == (2, 4)
    assert (customers["seen"], customers["their_seen"]) == (4, 2)
    assert agents["names"] == customers["names"] == {"customer": "Carla", "agent": "Anna"}
    assert "facts" in agents and "facts" not in customers


def test_whoever_is_not_the_sessions_agent_has_seen_nothing(session: LiveSession, anna: Agent, ben: Agent) -> None:
    talk(session, anna)
    ben.user.is_superuser = True
    ben.user.save()
    assert browser_of(ben).post(address(session, "agent", "seen"), {"number": 5}).status_code == 403
    assert fresh(session).seen_by_agent == 0


def test_without_access_nothing_is_seen(session: LiveSession, anna: Agent) -> None:
    set_policy()
    talk(session, anna)
    browser = come_in(session)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    browser.post(address(session, "customer", "seen"), {"number": 5})
    assert fresh(session).seen_by_customer == 0


def test_unread_is_what_customers_wrote_and_no_agent_saw(session: LiveSession, anna: Agent, dan: Customer) -> None:
    talk(session, anna)
    other, quiet = new_session(anna, dan), new_session(anna, dan)
    send_message(other.pk, CUSTOMER, "four", key=uuid4(), now=STARTED)
    LiveSession.objects.filter(pk=session.pk).update(seen_by_agent=2)
    sessions = [fresh(session), fresh(other), fresh(quiet)]
    with CaptureQueriesContext(connection) as asked:
        assert unread_counts(sessions) == {session.pk: 1, other.pk: 1}
    assert len(asked) == 1
