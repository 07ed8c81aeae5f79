"""The agent's page beside its rooms: the lists, the agent's presence, and the line on which the page hears."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from policies_app.kinds import AgentStatus, EndReason
from sessions_app.kinds import Actor, Audience
from sessions_app.live import agent_topic, queue_topic, room_topic
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.push.tickets import Ticket, read
from sessions_app.rooms.lists import WAITING_SHOWN, Me, lists
from sessions_app.transitions import end
from tests.cast import address, available, browser_of, fresh, full_then_limited, general, inactive_after, new_session
from tests.cast import waiting as waits
from tests.moments import STARTED

AS_SCRIPT = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


def ticket_of(line: dict[str, Any]) -> Ticket:
    return read(parse_qs(urlsplit(line["stream"]).query)["ticket"][0], STARTED)


def listed(browser: Client, *rooms: LiveSession) -> dict[str, Any]:
    found: dict[str, Any] = browser.get("/sessions/", {"open": [str(one.public_id) for one in rooms]}).json()
    return found


# The line --------------------------------------------------------------------------------------------------------


def test_the_page_hears_of_all_sessions_but_is_present_only_where_a_room_is_open(
    annas: Client, anna: Agent, carla: Customer, dan: Customer
) -> None:
    opened, other = new_session(anna, carla), new_session(anna, dan)
    ticket = ticket_of(listed(annas, opened))
    mine = {room_topic(one.public_id, Audience.AGENT) for one in (opened, other)}
    assert set(ticket.topics) == {agent_topic(anna.pk), queue_topic(general().pk), *mine}
    assert ticket.presence == {
        room_topic(opened.public_id, Audience.AGENT): (room_topic(opened.public_id, Audience.CUSTOMER),)
    }


def test_a_page_in_a_room_is_present_there_from_the_start(annas: Client, session: LiveSession) -> None:
    line = annas.get(address(session, "agent")).context["line"]
    assert list(ticket_of(line).presence) == [room_topic(session.public_id, Audience.AGENT)]


@pytest.mark.parametrize("named", ["", "x", "01900000-0000-7000-8000-000000000000"])
def test_a_room_that_is_none_is_not_listened_to(annas: Client, anna: Agent, named: str) -> None:
    ticket = ticket_of(annas.get("/sessions/", {"open": named}).json())
    assert set(ticket.topics) == {agent_topic(anna.pk), queue_topic(general().pk)} and ticket.presence == {}


def test_a_colleagues_open_room_is_not_listened_to(annas: Client, anna: Agent, ben: Agent, carla: Customer) -> None:
    ticket = ticket_of(listed(annas, new_session(ben, carla)))
    assert set(ticket.topics) == {agent_topic(anna.pk), queue_topic(general().pk)} and ticket.presence == {}


def test_the_line_changes_with_what_is_heard_on_it_and_not_with_time(
    annas: Client, anna: Agent, carla: Customer
) -> None:
    session = new_session(anna, carla)
    first, again, opened = listed(annas), listed(annas), listed(annas, session)
    assert first["topics"] == again["topics"] != opened["topics"]


# The lists -------------------------------------------------------------------------------------------------------


def test_the_same_lists_look_the_same_each_time(annas: Client, anna: Agent, carla: Customer) -> None:
    """Or the page would be drawn anew every half minute."""
    new_session(anna, carla)
    waits(carla)
    assert listed(annas)["lists"] == listed(annas)["lists"]


def test_what_was_given_and_not_opened_stands_apart(anna: Agent, carla: Customer) -> None:
    session = new_session(anna, carla)
    LiveSession.objects.filter(pk=session.pk).update(answer_by=STARTED + timedelta(minutes=1))
    found = lists(anna, STARTED)
    assert [line.session.pk for line in found["offered"]] == [session.pk] and found["sessions"] == []


def test_it_says_when_a_session_closes_only_where_that_is_next(anna: Agent, carla: Customer, dan: Customer) -> None:
    never = new_session(anna, carla)
    inactive_after(10, warn=0)
    closes = new_session(anna, dan)
    LiveSession.objects.filter(pk=never.pk).update(next_due_at=None, next_due_kind="")
    found = {line.session.pk: line.closes_at for line in lists(anna, STARTED)["sessions"]}
    assert found == {never.pk: None, closes.pk: STARTED + timedelta(minutes=10)}


def test_the_queue_is_listed_up_to_a_number_and_the_rest_is_counted(anna: Agent, carla: Customer) -> None:
    for _ in range(WAITING_SHOWN + 2):
        waits(carla)
    found = lists(anna, STARTED)
    assert (len(found["waiting"]), found["more_waiting"]) == (WAITING_SHOWN, 2)


def test_follow_ups_of_agents_who_are_gone_are_listed_for_their_colleagues(
    annas: Client, ben: Agent, carla: Customer
) -> None:
    full_then_limited()
    session = new_session(ben, carla)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    LiveSession.objects.filter(pk=session.pk).update(follow_up_since=STARTED, next_due_at=None, next_due_kind="")
    assert str(session.public_id) not in listed(annas)["lists"]
    ben.user.is_active = False
    ben.user.save()
    assert "who is gone" in listed(annas)["lists"]


# The agent's presence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["available", "away"])
def test_the_agent_chooses_what_they_are(annas: Client, anna: Agent, status: str) -> None:
    assert annas.post("/presence/", {"status": status}, **AS_SCRIPT).status_code == 204
    anna.refresh_from_db()
    assert anna.status == status


def test_without_script_the_choice_leads_back_to_the_page(annas: Client) -> None:
    assert annas.post("/presence/", {"status": "away"}).headers["Location"] == "/"


@pytest.mark.parametrize("status", ["busy", "AVAILABLE"])
def test_nothing_else_can_be_chosen(annas: Client, anna: Agent, status: str) -> None:
    assert annas.post("/presence/", {"status": status}).status_code == 400
    anna.refresh_from_db()
    assert anna.status == AgentStatus.AVAILABLE, "as since signing in"


def test_an_open_page_is_a_sign_of_the_agent_but_no_activity(annas: Client, anna: Agent) -> None:
    Agent.objects.filter(pk=anna.pk).update(last_seen_at=STARTED, last_active_at=STARTED)
    annas.post("/presence/", **AS_SCRIPT)
    anna.refresh_from_db()
    assert anna.last_seen_at and anna.last_seen_at > STARTED and anna.last_active_at == STARTED


def test_input_is_both(annas: Client, anna: Agent) -> None:
    Agent.objects.filter(pk=anna.pk).update(last_seen_at=STARTED, last_active_at=STARTED)
    annas.post("/activity/", {"session": ""})
    anna.refresh_from_db()
    assert anna.last_seen_at and anna.last_seen_at > STARTED
    assert anna.last_active_at and anna.last_active_at > STARTED


def test_opening_what_was_given_is_told_by_the_page(annas: Client, anna: Agent, carla: Customer) -> None:
    session = new_session(anna, carla)
    later = fresh(session).started_at + timedelta(days=10_000)
    LiveSession.objects.filter(pk=session.pk).update(answer_by=later)
    annas.post("/activity/", {"session": str(session.public_id)})
    assert fresh(session).answer_by is None


@pytest.mark.parametrize(
    ("chosen", "comes_to", "by_itself"),
    [("available", "available", False), ("available", "away", True), ("away", "away", False)],
)
def test_away_by_itself_is_told_from_away_by_choice(chosen: str, comes_to: str, by_itself: bool) -> None:
    me = Me(AgentStatus(chosen), AgentStatus(comes_to), used=1, capacity=3)
    assert me.is_away_by_itself is by_itself


def test_seats_taken_are_counted(anna: Agent, carla: Customer) -> None:
    available(anna, now=STARTED)
    new_session(anna, carla)
    me = lists(anna, STARTED)["me"]
    assert (me.used, me.capacity, me.presence) == (1, anna.capacity, AgentStatus.AVAILABLE)
