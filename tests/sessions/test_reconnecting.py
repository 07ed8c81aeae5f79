"""A customer of a widget drops out and comes back, or does not (rules.md 2 and 5)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from policies_app.kinds import Assignment, DueKind, EndReason, Return, SessionState
from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning, ledger
from sessions_app.actions import Refused, send_message
from sessions_app.activity import note_activity
from sessions_app.explain.facts import edits_while_open, facts_of, open_at
from sessions_app.explain.story import story
from sessions_app.explain.verdict import explain
from sessions_app.explain.words import next_in_words, reasons, state_in_words
from sessions_app.kinds import Actor, Audience
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.reconnecting import close, come_back, connection_back, connection_lost
from sessions_app.row_words import words
from sessions_app.seats import used_by
from sessions_app.settling import settle_one
from sessions_app.sweeps import sweep
from sessions_app.transitions import end
from tests.cast import (
    CUSTOMER,
    author,
    available,
    fresh,
    full_then_limited,
    general,
    inactive_after,
    kinds,
    new_customer,
)
from tests.moments import MICROSECOND, MINUTE, STARTED

GRACE = timedelta(seconds=20)
DROPPED = STARTED + 2 * MINUTE
GONE = DROPPED + GRACE
HELD_UNTIL = DROPPED + 5 * MINUTE
OVER_AT = DROPPED + 10 * MINUTE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def widget(db: None) -> ChatWidget:
    """Ten minutes to come back, five of them to the same agent."""
    workstream = general()
    Workstream.objects.filter(pk=workstream.pk).update(answer_within=None)
    return ChatWidget.objects.create(
        workstream=general(), name="Shop", reconnect_on=True, same_agent_for=5 * MINUTE, grace=GRACE
    )


@pytest.fixture
def chat(widget: ChatWidget, anna: Agent, carla: Customer) -> LiveSession:
    """Carla chats with Anna, who has one seat."""
    Agent.objects.filter(pk=anna.pk).update(capacity=1)
    available(anna)
    return fresh(assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED))


@pytest.fixture
def away(chat: LiveSession) -> LiveSession:
    """Carla dropped out, and the grace is over."""
    connection_lost(chat.pk, DROPPED, now=GONE)
    return fresh(chat)


def facts(session: LiveSession) -> dict[str, Any]:
    session = fresh(session)
    names = ("state", "disconnected_at", "grace_until", "hold_until", "return_until", "next_due_at", "next_due_kind")
    return {name: getattr(session, name) for name in names}


def seats_of(agent: Agent, now: datetime) -> int:
    return used_by([agent.pk], now)[agent.pk]


# Dropping out ------------------------------------------------------------------------------------------------------


def test_within_the_grace_nothing_happens(chat: LiveSession) -> None:
    connection_lost(chat.pk, DROPPED, now=DROPPED)
    settle_one(chat.pk, GONE - MICROSECOND)
    assert fresh(chat).state == SessionState.ACTIVE
    connection_back(chat.pk, now=GONE - MICROSECOND)
    sweep(GONE + 60 * MINUTE)
    assert facts(chat) == dict.fromkeys(facts(chat)) | {"state": SessionState.ACTIVE, "next_due_kind": ""}
    assert kinds(chat) == ["queued", "assigned"]


def test_when_the_grace_is_over_the_session_is_disconnected_and_the_seat_is_held(
    chat: LiveSession, anna: Agent
) -> None:
    connection_lost(chat.pk, DROPPED, now=DROPPED)
    connection_lost(chat.pk, DROPPED + MINUTE, now=DROPPED + timedelta(seconds=10))  # known already
    sweep(GONE)
    assert facts(chat) == {
        "state": SessionState.DISCONNECTED,
        "disconnected_at": DROPPED,
        "grace_until": None,
        "hold_until": HELD_UNTIL,
        "return_until": OVER_AT,
        "next_due_at": HELD_UNTIL,
        "next_due_kind": DueKind.END_HOLD,
    }
    row = chat.timeline.latest("number")
    assert (row.kind, row.due_at, row.actor) == ("disconnected", GONE, Actor.SYSTEM)
    assert seats_of(anna, GONE) == 1
    assert [one.why for one in ledger.told(list(ledger.held(GONE)), GONE)] == [ledger.Hold.CUSTOMER_AWAY]


def test_it_is_so_without_any_worker_at_the_next_request(chat: LiveSession) -> None:
    connection_lost(chat.pk, DROPPED, now=OVER_AT)
    assert kinds(chat) == ["queued", "assigned", "disconnected", "hold_over", "ended"]
    assert (fresh(chat).end_reason, fresh(chat).ended_at) == (EndReason.RECONNECT_TIMEOUT, OVER_AT)


def test_an_invitation_session_only_has_its_customer_come_and_go(session: LiveSession) -> None:
    connection_lost(session.pk, DROPPED, now=GONE)
    assert (fresh(session).state, fresh(session).grace_until) == (SessionState.ACTIVE, None)


def test_who_leaves_the_queue_is_gone_when_the_grace_is_over(widget: ChatWidget, carla: Customer) -> None:
    queued = assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED)
    connection_lost(queued.pk, DROPPED, now=DROPPED)
    sweep(GONE - MICROSECOND)
    assert fresh(queued).state == SessionState.QUEUED
    sweep(GONE)
    assert (fresh(queued).end_reason, fresh(queued).ended_at) == (EndReason.ABANDONED, GONE)


def test_who_is_given_an_agent_within_the_grace_is_still_gone(widget: ChatWidget, anna: Agent, carla: Customer) -> None:
    queued = assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED)
    connection_lost(queued.pk, DROPPED, now=DROPPED)
    available(anna)
    assigning.assign_everywhere(DROPPED + timedelta(seconds=5))
    assert (fresh(queued).state, fresh(queued).grace_until) == (SessionState.ACTIVE, GONE)
    sweep(GONE)
    assert fresh(queued).state == SessionState.DISCONNECTED


def test_the_agents_activity_within_the_grace_does_not_bring_the_customer_back(chat: LiveSession, anna: Agent) -> None:
    inactive_after(10)
    connection_lost(chat.pk, DROPPED, now=DROPPED)
    note_activity(anna, chat.pk, now=DROPPED + timedelta(seconds=5))
    assert fresh(chat).next_due_at == GONE


def test_an_agent_who_has_not_opened_the_session_holds_no_seat(
    widget: ChatWidget, anna: Agent, carla: Customer
) -> None:
    Workstream.objects.filter(pk=widget.workstream_id).update(answer_within=MINUTE)
    available(anna)
    offered = assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=DROPPED)
    connection_lost(offered.pk, DROPPED, now=GONE)
    assert (fresh(offered).state, fresh(offered).hold_until) == (SessionState.DISCONNECTED, None)
    assert come_back(offered.pk, now=GONE + MINUTE) is Return.ANY_AGENT
    assert fresh(offered).answer_by == GONE + 2 * MINUTE


def test_the_agents_clock_stands_still_and_starts_afresh(chat: LiveSession) -> None:
    inactive_after(3, warn=0)
    connection_lost(chat.pk, DROPPED, now=GONE)
    sweep(HELD_UNTIL - MICROSECOND)
    assert fresh(chat).state == SessionState.DISCONNECTED
    assert come_back(chat.pk, now=HELD_UNTIL - MICROSECOND) is Return.SAME_AGENT
    assert fresh(chat).next_due_at == HELD_UNTIL - MICROSECOND + 3 * MINUTE


# Coming back -------------------------------------------------------------------------------------------------------


def test_within_the_hold_it_goes_on_with_the_same_agent(away: LiveSession, anna: Agent) -> None:
    assert come_back(away.pk, now=HELD_UNTIL - MICROSECOND) is Return.SAME_AGENT
    assert come_back(away.pk, now=HELD_UNTIL - MICROSECOND) is Return.SAME_AGENT  # a second tab
    session = fresh(away)
    assert (session.state, session.agent, session.disconnected_at) == (SessionState.ACTIVE, anna, None)
    assert (session.hold_until, session.return_until, session.assigned_at) == (None, None, STARTED)
    assert kinds(away) == ["queued", "assigned", "disconnected", "reconnected"]


def test_after_the_hold_with_the_previous_agent_if_there_is_room(away: LiveSession, anna: Agent) -> None:
    assert come_back(away.pk, now=HELD_UNTIL) is Return.ANY_AGENT
    assert (fresh(away).state, fresh(away).agent) == (SessionState.ACTIVE, anna)
    assert kinds(away)[-2:] == ["hold_over", "reconnected"]


def test_else_it_waits_with_its_whole_timeline_and_at_its_old_place(
    away: LiveSession, widget: ChatWidget, dan: Customer
) -> None:
    other = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=GONE)
    third = assigning.enter_queue(new_customer("Eve"), widget.workstream_id, widget=widget, now=GONE)
    sweep(HELD_UNTIL)
    assert fresh(other).state == SessionState.ACTIVE, "the seat that was held goes to whoever waits"
    assert come_back(away.pk, now=HELD_UNTIL + MINUTE) is Return.ANY_AGENT
    assert (fresh(away).state, fresh(away).queued_at) == (SessionState.QUEUED, STARTED)
    end(other.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=HELD_UNTIL + 2 * MINUTE)
    assert (fresh(away).state, fresh(third).state) == (SessionState.ACTIVE, SessionState.QUEUED)


def test_nobody_is_given_a_seat_that_is_held(away: LiveSession, widget: ChatWidget, dan: Customer) -> None:
    other = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=GONE)
    assigning.assign_everywhere(HELD_UNTIL - MICROSECOND)
    assert fresh(other).state == SessionState.QUEUED


@pytest.mark.parametrize("assignment", [Assignment.AUTOMATIC, Assignment.PICK])
def test_a_request_that_waited_at_the_end_of_the_hold_does_not_take_a_seat_that_was_given_meanwhile(
    away: LiveSession, widget: ChatWidget, anna: Agent, dan: Customer, assignment: Assignment
) -> None:
    """It read the clock before somebody else did, and had the agent's lock after them."""
    Workstream.objects.update(assignment=assignment)
    chat = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=HELD_UNTIL)
    if assignment == Assignment.PICK:
        assigning.pick(chat.pk, anna, now=HELD_UNTIL)
    assert fresh(chat).agent == anna
    assert come_back(away.pk, now=HELD_UNTIL - MICROSECOND) is Return.ANY_AGENT
    assert fresh(away).state == SessionState.QUEUED and seats_of(anna, HELD_UNTIL) == 1


def test_a_request_that_read_the_clock_before_a_close_and_comes_after_it_gets_the_seat(
    away: LiveSession, widget: ChatWidget, anna: Agent, dan: Customer
) -> None:
    """Whoever closes looks for somebody who waits, and does not see who has not arrived yet."""
    close(away.pk, anna, now=GONE + MINUTE)
    slow = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=GONE)
    assert fresh(slow).agent == anna
    assert come_back(away.pk, now=GONE) is Return.ANY_AGENT
    assert fresh(away).state == SessionState.QUEUED and seats_of(anna, GONE) == seats_of(anna, HELD_UNTIL) == 1


def test_at_the_time_limit_it_is_over(away: LiveSession) -> None:
    full_then_limited()
    assert come_back(away.pk, now=OVER_AT) is Return.OVER
    assert come_back(away.pk, now=OVER_AT + MINUTE) is Return.OVER
    assert (fresh(away).end_reason, fresh(away).ended_at) == (EndReason.RECONNECT_TIMEOUT, OVER_AT)


def test_many_time_limits_end_in_one_sweep_as_one_ends(away: LiveSession) -> None:
    full_then_limited()
    sweep(HELD_UNTIL)
    sweep(OVER_AT + MINUTE)
    session = fresh(away)
    assert (session.end_reason, session.ended_at, session.hold_until) == (
        EndReason.RECONNECT_TIMEOUT,
        OVER_AT,
        None,
    )
    assert session.timeline.latest("number").payload == {"reason": EndReason.RECONNECT_TIMEOUT}
    assert session.next_due_at == session.full_until


def test_with_reconnect_off_only_the_grace_is_left(widget: ChatWidget, chat: LiveSession, anna: Agent) -> None:
    ChatWidget.objects.filter(pk=widget.pk).update(reconnect_on=False, same_agent_for=None)
    connection_lost(chat.pk, DROPPED, now=GONE)
    assert (fresh(chat).state, fresh(chat).next_due_at) == (SessionState.DISCONNECTED, OVER_AT)
    assert seats_of(anna, GONE) == 0
    assert come_back(chat.pk, now=GONE) is Return.OVER
    sweep(OVER_AT)
    assert fresh(chat).end_reason == EndReason.RECONNECT_TIMEOUT


def test_what_was_promised_at_the_drop_stays_whatever_is_saved_later(away: LiveSession, widget: ChatWidget) -> None:
    ChatWidget.objects.filter(pk=widget.pk).update(reconnect_on=False, same_agent_for=None)
    Workstream.objects.filter(pk=widget.workstream_id).update(auto_close_after=MINUTE)
    assert come_back(away.pk, now=HELD_UNTIL - MICROSECOND) is Return.SAME_AGENT


def test_an_end_by_anyone_makes_coming_back_impossible(away: LiveSession) -> None:
    end(away.pk, EndReason.SUPERSEDED, actor=Actor.CUSTOMER, now=GONE + MINUTE)
    assert come_back(away.pk, now=GONE + MINUTE) is Return.OVER
    assert (fresh(away).end_reason, fresh(away).return_until) == (EndReason.SUPERSEDED, None)


def test_what_the_agent_writes_meanwhile_waits_for_the_customer(away: LiveSession, anna: Agent) -> None:
    send_message(away.pk, author(anna), "Are you there?", key=uuid4(), now=GONE + MINUTE)
    come_back(away.pk, now=GONE + 2 * MINUTE)
    send_message(away.pk, CUSTOMER, "Yes", key=uuid4(), now=GONE + 2 * MINUTE)
    assert kinds(away)[-3:] == ["message", "reconnected", "message"]


# The agent, meanwhile ----------------------------------------------------------------------------------------------


def test_close_frees_the_seat_and_the_customer_can_still_come_back(
    away: LiveSession, anna: Agent, widget: ChatWidget, dan: Customer
) -> None:
    other = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=GONE)
    close(away.pk, anna, now=GONE + MINUTE)
    close(away.pk, anna, now=GONE + MINUTE)
    assert kinds(away).count("closed") == 1
    assert (fresh(away).state, fresh(away).next_due_at) == (SessionState.DISCONNECTED, OVER_AT)
    assert fresh(other).state == SessionState.ACTIVE, "whoever waits gets the seat at once"
    assert come_back(away.pk, now=GONE + 2 * MINUTE) is Return.ANY_AGENT
    assert fresh(away).state == SessionState.QUEUED


def test_close_is_only_for_the_agent_and_only_while_the_customer_is_away(
    away: LiveSession, anna: Agent, ben: Agent
) -> None:
    with pytest.raises(Refused, match="no longer yours"):
        close(away.pk, ben, now=GONE)
    come_back(away.pk, now=GONE)
    with pytest.raises(Refused, match="is back"):
        close(away.pk, anna, now=GONE)
    connection_lost(away.pk, GONE + MINUTE, now=GONE + MINUTE)
    with pytest.raises(Refused, match="in a moment"):
        close(away.pk, anna, now=GONE + MINUTE)


def test_a_supervisor_who_releases_the_seat_leaves_the_way_back_open(away: LiveSession, anna: Agent) -> None:
    assigning.release(away.pk, by=None, named="ada", now=GONE + MINUTE)
    assert seats_of(anna, GONE + MINUTE) == 0
    assert (fresh(away).return_until, fresh(away).next_due_kind) == (OVER_AT, DueKind.END_AWAY)


# What is told of it ------------------------------------------------------------------------------------------------


def told(session: LiveSession, moment: datetime, now: datetime) -> tuple[str, str, str]:
    session = fresh(session)
    answer = explain(facts_of(session), open_at(session, moment, now), moment, now=now)
    why = " ".join(str(one.text) for one in reasons(answer, started_at=STARTED))
    return state_in_words(answer), next_in_words(answer, now=now), why


def test_explain_says_what_was_promised_and_what_comes_next(away: LiveSession, anna: Agent) -> None:
    now = GONE + MINUTE
    state, next_, why = told(away, now, now)
    assert state == "Customer disconnected"
    assert HELD_UNTIL.isoformat() in next_
    assert "Anna holds a seat for them until" in why
    assert OVER_AT.isoformat() in why
    close(away.pk, anna, now=now)
    state, next_, why = told(away, now, now)
    assert OVER_AT.isoformat() in next_
    assert "no seat is held" in why
    _state, next_, why = told(away, OVER_AT, now)
    assert "does not come back until then" in why


def test_the_story_foretells_the_release_and_the_end(away: LiveSession) -> None:
    session, now = fresh(away), GONE + MINUTE
    marks = story(facts_of(session), open_at(session, now, now), edits_while_open(session, now), now=now, asked=now)
    coming = [(mark.name, mark.at) for mark in marks.marks if mark.is_future]
    assert coming == [("hold_over", HELD_UNTIL), ("ended", OVER_AT)]


def test_both_sides_read_what_happened(away: LiveSession) -> None:
    row = away.timeline.latest("number")
    assert "the seat is held until {held}" in words(row, Audience.AGENT).text
    assert words(row, Audience.CUSTOMER).text == "Your connection was lost"
