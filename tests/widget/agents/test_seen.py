"""What agents see of a widget's customer who drops out (rules.md 5), and what it costs."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning, ledger
from sessions_app.actions import send_message
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.push.tickets import read
from sessions_app.reconnecting import close, come_back, connection_lost
from sessions_app.rooms.away import Stage, away
from sessions_app.rooms.lists import lists
from sessions_app.settling import settle_one
from tests.cast import CUSTOMER, address, author, browser_of, fresh, kinds, new_session
from tests.moments import MICROSECOND, MINUTE, STARTED
from tests.widget.agents.pages import drops, in_room, listed, state
from tests.widget.portal import DROPPED, GONE, HELD_UNTIL, OVER_AT

pytestmark = pytest.mark.django_db(transaction=True)


# What is seen ------------------------------------------------------------------------------------------------------


# (at, stage, until): d + 20 s grace, d + 5 min hold, d + 10 min the end.
STAGES = [
    (DROPPED, Stage.LOST, GONE),
    (GONE - MICROSECOND, Stage.LOST, GONE),
    (GONE, Stage.HELD, HELD_UNTIL),
    (HELD_UNTIL - MICROSECOND, Stage.HELD, HELD_UNTIL),
    (HELD_UNTIL, Stage.FREE, OVER_AT),
    (OVER_AT - MICROSECOND, Stage.FREE, OVER_AT),
]


@pytest.mark.parametrize(("at", "stage", "until"), STAGES)
def test_how_far_it_has_come_and_until_when(chat: LiveSession, at: Any, stage: Stage, until: Any) -> None:
    assert away(chat, DROPPED) is None
    connection_lost(chat.pk, DROPPED, now=DROPPED)
    settle_one(chat.pk, at)
    found = away(fresh(chat), at)
    assert found and (found.stage, found.since, found.until) == (stage, DROPPED, until)
    assert found.ends_at == (None if stage is Stage.LOST else OVER_AT)


def test_when_it_is_over_nobody_is_away(gone: LiveSession) -> None:
    settle_one(gone.pk, OVER_AT)
    assert away(fresh(gone), OVER_AT) is None


def test_within_the_grace_the_room_says_calmly_that_the_connection_is_lost(
    annas: Client, chat: LiveSession, time_machine: Any
) -> None:
    assert "lost" not in in_room(annas, chat)
    time_machine.move_to(DROPPED, tick=False)
    connection_lost(chat.pk, DROPPED, now=DROPPED)
    assert "Connection lost. Carla may be back at any moment. Else they count as disconnected in" in in_room(
        annas, chat
    )
    assert (state(annas, chat)["loses"], state(annas, chat)["closes"]) == (True, False)
    assert 'data-presence="lost"' in annas.get("/sessions/").json()["lists"]


def test_an_agents_page_hears_of_the_connection_though_no_row_says_so(chat: LiveSession, announced: Any) -> None:
    connection_lost(chat.pk, DROPPED, now=DROPPED)
    told = [(one.topic, one.event) for one in announced]
    assert (f"session:{chat.public_id}:agent", "row") in told and (f"agent:{chat.agent_id}", "sessions") in told
    assert kinds(chat) == ["queued", "assigned"]


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What open pages are told."""
    told: list[Any] = []
    monkeypatch.setattr("sessions_app.live.announce", told.extend)
    return told


def test_the_room_says_what_is_held_for_how_long_and_what_comes_then(annas: Client, gone: LiveSession) -> None:
    text = in_room(annas, gone)
    assert "Customer disconnected since" in text
    assert "Your seat is held until" in text and "then the seat is free." in text
    assert "Carla can come back until" in text and "then the session ends." in text
    html = state(annas, gone)["status"]
    for moment in (HELD_UNTIL, OVER_AT):
        assert f'<time datetime="{moment.isoformat()}" data-time="countdown">' in html


def test_where_the_hold_lasts_as_long_as_the_way_back_one_time_is_enough(
    annas: Client, widget: ChatWidget, chat: LiveSession
) -> None:
    ChatWidget.objects.update(same_agent_for=10 * MINUTE)
    text = in_room(annas, drops(chat))
    assert "Your seat is held until" in text and "then the session ends." in text
    assert "seat is free" not in text and "can come back" not in text


def test_with_reconnect_off_only_a_new_chat_is_possible(annas: Client, widget: ChatWidget, chat: LiveSession) -> None:
    ChatWidget.objects.update(reconnect_on=False, same_agent_for=None)
    text = in_room(annas, drops(chat))
    assert "Reconnect is off: Carla can only start a new chat. No seat is held" in text
    assert state(annas, chat)["closes"] is False
    assert "only a new chat is possible" in listed(annas)


def test_the_lists_tell_a_held_seat_from_one_that_is_free(
    annas: Client, anna: Agent, gone: LiveSession, time_machine: Any
) -> None:
    held = lists(anna, GONE)
    assert [one.session.pk for one in held["sessions"]] == [gone.pk] and held["away"] == []
    assert "customer disconnected, seat held until" in listed(annas) and "can come back until" in listed(annas)
    time_machine.move_to(HELD_UNTIL, tick=False)
    free = lists(anna, HELD_UNTIL)
    assert [one.session.pk for one in free["away"]] == [gone.pk] and free["sessions"] == []
    assert "Customer away 1" in listed(annas) and "closed" not in listed(annas)
    assert free["me"].used == 0


def test_the_page_goes_on_hearing_of_a_session_without_a_seat(annas: Client, anna: Agent, gone: LiveSession) -> None:
    close(gone.pk, anna, now=GONE)
    line = annas.get("/sessions/").json()["stream"]
    assert f"session:{gone.public_id}:agent" in read(line.partition("ticket=")[2], GONE).topics


def test_supervisors_see_hold_and_time_limit(anna: Agent, ben: Agent, gone: LiveSession) -> None:
    rights = ["monitor_session", "take_over_session", "release_seat"]
    ben.user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    html = browser_of(ben).get("/supervise/lists/").json()["lists"]
    assert "Held for the customer, who is away" in html and "then the seat is free" in html
    for moment in (HELD_UNTIL, OVER_AT):
        assert f'<time datetime="{moment.isoformat()}" data-time="countdown">' in html
    assert address(gone, "agent", "release") in html and address(gone, "agent", "take-over") not in html


def test_the_ledger_says_so_too_and_within_the_grace_that_the_connection_is_lost(
    admin_user: User, chat: LiveSession, time_machine: Any
) -> None:
    browser = Client()
    browser.force_login(admin_user)
    connection_lost(chat.pk, DROPPED, now=DROPPED)
    time_machine.move_to(DROPPED, tick=False)
    page = browser.get("/admin/sessions_app/livesession/seats/").content.decode()
    assert "connection lost" in page and "Can come back until" not in page
    time_machine.move_to(GONE, tick=False)
    page = browser.get("/admin/sessions_app/livesession/seats/").content.decode()
    assert "Can come back until" in page and "then the seat is free" in page
    assert [one.back_until for one in ledger.told(list(ledger.held(GONE)), GONE)] == [OVER_AT]


def test_the_page_of_the_session_tells_a_seat_that_is_held_from_one_that_was(
    admin_user: User, anna: Agent, gone: LiveSession
) -> None:
    browser, page = Client(), f"/admin/sessions_app/livesession/{gone.pk}/change/"
    browser.force_login(admin_user)
    text = browser.get(page).content.decode()
    assert "Seat held until" in text and "Customer can come back until" in text
    close(gone.pk, anna, now=GONE)
    assert "Seat was held until" in browser.get(page).content.decode()


def test_of_who_waits_it_is_said_that_the_connection_is_lost(
    annas: Client, widget: ChatWidget, carla: Customer, time_machine: Any
) -> None:
    Workstream.objects.update(assignment="pick")
    session = assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED)
    time_machine.move_to(DROPPED, tick=False)
    connection_lost(session.pk, DROPPED, now=DROPPED)
    assert "· connection lost" in listed(annas)
    assert "Carla may be back at any moment. Else they leave the queue in" in in_room(annas, fresh(session))


# What the customer missed ------------------------------------------------------------------------------------------


def test_the_agent_sees_how_much_the_customer_has_not_seen(annas: Client, anna: Agent, chat: LiveSession) -> None:
    seen = send_message(chat.pk, author(anna), "One moment", key=uuid4(), now=STARTED + MINUTE)
    LiveSession.objects.filter(pk=chat.pk).update(seen_by_customer=seen.number)
    send_message(chat.pk, author(anna), "Here it is", key=uuid4(), now=DROPPED)
    send_message(chat.pk, CUSTOMER, "Hm", key=uuid4(), now=DROPPED)
    drops(chat)
    assert "1 message was not seen by the customer yet." in in_room(annas, chat)
    send_message(chat.pk, author(anna), "Are you there?", key=uuid4(), now=GONE)
    assert "2 messages were not seen by the customer yet." in in_room(annas, chat)
    assert state(annas, chat)["their_seen"] == seen.number
    come_back(chat.pk, now=GONE)
    assert "not seen" not in in_room(annas, chat) and state(annas, chat)["away"] is False


def test_what_marks_a_return_in_the_lists_is_gone_with_it(annas: Client, anna: Agent, gone: LiveSession) -> None:
    """By it alerts tell who is back."""
    assert " data-away" in annas.get("/sessions/").json()["lists"]
    close(gone.pk, anna, now=GONE)
    assert " data-away" in annas.get("/sessions/").json()["lists"]
    come_back(gone.pk, now=GONE)
    assert " data-away" not in annas.get("/sessions/").json()["lists"]
    assert kinds(gone)[-1] == "reconnected"


# What it costs -----------------------------------------------------------------------------------------------------


def queries(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path).status_code == 200
    return len(asked)


def test_a_widgets_customer_who_is_there_costs_as_much_as_any(
    annas: Client, anna: Agent, chat: LiveSession, dan: Customer
) -> None:
    LiveSession.objects.filter(pk=chat.pk).update(waits_since=STARTED)
    other = new_session(anna, dan)
    LiveSession.objects.filter(pk=other.pk).update(waits_since=STARTED)
    for rest in ((), ("updates",)):
        costs = [queries(annas, address(one, "agent", *rest)) for one in (chat, other)]
        assert costs[0] == costs[1]
    assert queries(annas, address(other, "agent", "updates")) <= 8


def test_many_who_are_away_cost_the_lists_as_much_as_one(annas: Client, anna: Agent, gone: LiveSession) -> None:
    close(gone.pk, anna, now=GONE)
    one = queries(annas, "/sessions/")
    for _ in range(3):
        session = assigning.enter_queue(gone.customer, gone.workstream_id, widget=gone.widget, now=STARTED)
        close(drops(session).pk, anna, now=GONE)
    assert len(lists(anna, GONE)["away"]) == 4
    assert queries(annas, "/sessions/") == one
