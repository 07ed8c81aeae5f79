"""Pages ask the database as often for a long history as for a short one."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policies_app.kinds import EndReason
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession, TimelineEntry
from sessions_app.transitions import end
from tests.cast import AS_SCRIPT, address, browser_of, come_in, full_then_limited, message, new_session
from tests.moments import STARTED


def queries(browser: Client, path: str, **data: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path, data).status_code == 200
    return len(asked)


def lengthen(session: LiveSession, to: int) -> None:
    """Fill the timeline up with messages to this number of rows."""
    first = session.timeline.count() + 1
    rows = (
        TimelineEntry(
            session=session,
            number=number,
            kind="message",
            actor=("agent", "customer")[number % 2],
            agent=None if number % 2 else session.agent,
            payload={"text": f"message {number}"},
            due_at=STARTED,
            recorded_at=STARTED,
            hash=f"{number}",
        )
        for number in range(first, to + 1)
    )
    TimelineEntry.objects.bulk_create(rows)
    LiveSession.objects.filter(pk=session.pk).update(last_number=to)


# What is asked, by which side, and how often at most: sign-in, agent or seat, session, rows, what was not sent; in an
# agent's page also the lists at its side.
BUDGETS = [
    ("agent", (), 19),  # and documents, here and in the lists
    ("agent", ("updates",), 8),  # and documents
    ("agent", ("earlier",), 5),
    ("customer", (), 7),  # and what is half typed, who wrote last, the policy in force, what is asked of them
    ("customer", ("updates",), 6),
    ("customer", ("earlier",), 3),
]


@pytest.mark.parametrize(("side", "rest", "most"), BUDGETS)
def test_a_room_costs_the_same_with_ten_rows_and_with_two_thousand(
    session: LiveSession, anna: Agent, side: str, rest: tuple[str, ...], most: int
) -> None:
    browser, path = browser_of(anna) if side == "agent" else come_in(session), address(session, side, *rest)
    lengthen(session, 10)
    short = queries(browser, path, after=0, before=10)
    lengthen(session, 2000)
    assert queries(browser, path, after=0, before=2000) == short <= most


def test_a_message_costs_the_same_after_two_thousand(session: LiveSession, anna: Agent) -> None:
    browser, path, cost = browser_of(anna), address(session, "agent", "message"), []
    for rows in (10, 2000):
        lengthen(session, rows)
        with CaptureQueriesContext(connection) as asked:
            assert browser.post(path, message(after=rows), **AS_SCRIPT).status_code == 200
        cost.append(len(asked))
    assert cost[0] == cost[1]


def test_the_welcome_page_costs_the_same_however_many_sessions_are_past_open_or_waiting(
    anna: Agent, carla: Customer, dan: Customer
) -> None:
    full_then_limited()
    browser = browser_of(anna)
    new_session(anna, carla)
    waiting = end(new_session(anna, dan).pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    LiveSession.objects.filter(pk=waiting.pk).update(follow_up_since=STARTED, next_due_at=None, next_due_kind="")
    few = {path: queries(browser, path) for path in ("/", "/sessions/")}
    for customer in (carla, dan) * 5:
        new_session(anna, customer)
        for follow_up in (STARTED, None):
            past = end(new_session(anna, customer).pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
            LiveSession.objects.filter(pk=past.pk).update(follow_up_since=follow_up, next_due_at=None, next_due_kind="")
    assert {path: queries(browser, path) for path in few} == few
    # Sign-in, agent, what is due, settings, seats, four lists, unread, documents, workstreams; the page: form,
    # permissions.
    assert few["/sessions/"] <= 13 and few["/"] <= 16


def test_ended_sessions_whose_time_has_come_cost_the_welcome_page_nothing(anna: Agent, carla: Customer) -> None:
    """Changes of access after the end are no concern of the agent's lists: sweeps record them."""
    full_then_limited()
    browser = browser_of(anna)
    empty = queries(browser, "/")
    for _ in range(3):
        end(new_session(anna, carla).pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    assert queries(browser, "/") == empty
