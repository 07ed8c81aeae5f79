"""What agents see of a widget's customer who drops out, and what they can do about it (rules.md 5)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from policies_app.kinds import SessionState
from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning, ledger
from sessions_app.actions import send_message
from sessions_app.kinds import LinkKind
from sessions_app.models import AccessLink, Agent, Customer, LiveSession, QuickReply
from sessions_app.push.tickets import read
from sessions_app.reconnecting import close, come_back, connection_lost
from sessions_app.rooms.away import Stage, away
from sessions_app.rooms.lists import lists
from sessions_app.seats import used_by
from sessions_app.settling import settle_one
from tests.cast import (
    AS_SCRIPT,
    CUSTOMER,
    address,
    author,
    available,
    browser_of,
    fresh,
    general,
    kinds,
    new_session,
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
    Workstream.objects.filter(pk=general().pk).update(answer_within=None)
    return ChatWidget.objects.create(
        workstream=general(),
        name="Shop",
        reconnect_on=True,
        same_agent_for=5 * MINUTE,
        grace=GRACE,
        portal_url="https://shop.example/help?topic=a%20b#chat",
    )


@pytest.fixture
def chat(widget: ChatWidget, anna: Agent, carla: Customer, time_machine: Any) -> LiveSession:
    """Carla chats with Anna; it is the moment after the grace."""
    time_machine.move_to(GONE, tick=False)
    available(anna)
    return fresh(assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED))


@pytest.fixture
def gone(chat: LiveSession) -> LiveSession:
    """Carla dropped out, and the grace is over."""
    return drops(chat)


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


def drops(session: LiveSession) -> LiveSession:
    connection_lost(session.pk, DROPPED, now=GONE)
    return fresh(session)


def state(browser: Client, session: LiveSession) -> dict[str, Any]:
    answer: dict[str, Any] = browser.get(address(session, "agent", "updates")).json()
    return answer


def said(html: str) -> str:
    """The words of a part, without what is around them."""
    return " ".join(strip_tags(html).split())


def in_room(browser: Client, session: LiveSession) -> str:
    return said(state(browser, session)["status"])


def listed(browser: Client) -> str:
    return said(browser.get("/sessions/").json()["lists"])


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


# Close -------------------------------------------------------------------------------------------------------------


def test_close_frees_the_seat_and_the_session_stays_to_be_found(annas: Client, anna: Agent, gone: LiveSession) -> None:
    assert state(annas, gone)["closes"] is True
    answer = annas.post(address(gone, "agent", "close"), {"after": 0}, **AS_SCRIPT)
    assert (answer.status_code, answer.json()["closes"], answer.json()["open"]) == (200, False, True)
    assert "Anna closed it: no seat is held." in said(answer.json()["status"])
    assert "They come back to Anna if a seat is free then, else to somebody else." in said(answer.json()["status"])
    assert used_by([anna.pk], GONE)[anna.pk] == 0
    assert "customer away, closed, can come back until" in listed(annas)
    assert "No open session" in listed(annas)


def test_closing_twice_is_as_once_and_leads_back_to_the_room_without_script(annas: Client, gone: LiveSession) -> None:
    for _ in range(2):
        answer = annas.post(address(gone, "agent", "close"))
        assert (answer.status_code, answer.headers["Location"]) == (302, address(gone, "agent"))
    assert kinds(gone).count("closed") == 1


def test_nobody_closes_while_the_customer_is_there_and_it_says_what_can_be_done(
    annas: Client, chat: LiveSession
) -> None:
    answer = annas.post(address(chat, "agent", "close"), **AS_SCRIPT)
    assert answer.status_code == 403
    assert answer.json()["problem"] == "The customer is back. You can end the session instead."
    assert "closed" not in kinds(chat)


@pytest.mark.parametrize("rest", ["close", "reconnect-link"])
def test_a_supervisor_who_reads_along_does_neither(ben: Agent, gone: LiveSession, rest: str) -> None:
    ben.user.user_permissions.set(Permission.objects.filter(codename="monitor_session"))
    browser = browser_of(ben)
    assert "The seat of Anna is held until" in in_room(browser, gone) and not state(browser, gone)["closes"]
    assert browser.post(address(gone, "agent", rest), **AS_SCRIPT).status_code == 403
    assert fresh(gone).hold_until == HELD_UNTIL and not AccessLink.objects.exists()


def test_the_button_is_there_only_while_there_is_something_to_close(annas: Client, chat: LiveSession) -> None:
    button = 'data-part="close-button" hidden'
    assert button in annas.get(address(chat, "agent")).content.decode()
    drops(chat)
    page = annas.get(address(chat, "agent")).content.decode()
    assert 'data-part="close-button" >' in page and "This cannot be undone." in page


# Away, and handing over --------------------------------------------------------------------------------------------


def test_meanwhile_it_is_neither_transferred_nor_taken_over(annas: Client, ben: Agent, gone: LiveSession) -> None:
    available(ben)
    posted = {"to": f"agent:{ben.pk}", "note": ""}
    answer = annas.post(address(gone, "agent", "transfer"), posted, **AS_SCRIPT)
    assert answer.json()["problem"] == "The customer is away. You can transfer the session when they are back."
    rights = ["monitor_session", "take_over_session"]
    ben.user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    bens = browser_of(ben)
    assert 'data-part="take-over"' not in state(bens, gone)["status"]
    answer = bens.post(address(gone, "agent", "take-over"), **AS_SCRIPT)
    assert answer.json()["problem"] == "The customer is away. You can take over when they are back."
    assert fresh(gone).state == SessionState.DISCONNECTED


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


# The reconnect link ------------------------------------------------------------------------------------------------


def test_the_link_leads_to_the_portals_page_and_is_recorded(annas: Client, anna: Agent, chat: LiveSession) -> None:
    link = annas.post(address(chat, "agent", "reconnect-link"), **AS_SCRIPT).json()["link"]
    parts = urlsplit(link)
    query = parse_qs(parts.query)
    assert (parts.netloc, parts.path, parts.fragment, query["topic"]) == ("shop.example", "/help", "chat", ["a b"])
    assert len(query["parley.reconnect"][0]) >= 22, "at least 128 bits"
    kept = AccessLink.objects.get()
    assert (kept.kind, kept.created_by, kept.created_at) == (LinkKind.RECONNECT, anna, GONE)
    row = chat.timeline.latest("number")
    assert (row.kind, row.agent, row.recorded_at) == ("link_inserted", anna, GONE)


def test_without_script_the_link_is_shown(annas: Client, chat: LiveSession) -> None:
    page = annas.post(address(chat, "agent", "reconnect-link")).content.decode()
    assert "parley.reconnect=" in page


NO_LINK = [
    ({"portal_url": ""}, "Shop has no portal URL, so there is nowhere for a reconnect link to lead."),
    ({"reconnect_on": False, "same_agent_for": None}, "Reconnect is off for Shop, so there is no link to come back."),
]


@pytest.mark.parametrize(("settings", "why"), NO_LINK)
def test_without_portal_or_reconnect_it_says_why_there_is_no_link(
    annas: Client, chat: LiveSession, settings: dict[str, Any], why: str
) -> None:
    ChatWidget.objects.update(**settings)
    answer = annas.post(address(chat, "agent", "reconnect-link"), **AS_SCRIPT)
    assert (answer.status_code, answer.json()["problem"]) == (422, why)
    assert not AccessLink.objects.exists() and "link_inserted" not in kinds(chat)
    assert why in annas.get(address(chat, "agent")).content.decode()


def test_an_invitation_session_has_none(annas: Client, session: LiveSession) -> None:
    answer = annas.post(address(session, "agent", "reconnect-link"), **AS_SCRIPT)
    assert answer.status_code == 422 and "Reconnect links are for chats from a widget." in answer.json()["problem"]
    assert "Copy reconnect link" not in annas.get(address(session, "agent")).content.decode()


def test_looking_at_a_quick_reply_makes_no_link(annas: Client, chat: LiveSession) -> None:
    QuickReply.objects.create(shortcut="back", text="Dear {customer}, come back: {ReconnectURL}. {agent}")
    QuickReply.objects.create(shortcut="hello", text="Hello")
    replies = annas.get(address(chat, "agent", "quick-replies")).json()["replies"]
    assert replies == [
        {
            "shortcut": "back",
            "text": "Dear Carla, come back: (reconnect link). Anna",
            "around": ["Dear Carla, come back: ", ". Anna"],
        },
        {"shortcut": "hello", "text": "Hello"},
    ]
    assert not AccessLink.objects.exists()


def test_a_name_is_not_mistaken_for_the_link(annas: Client, anna: Agent) -> None:
    odd = Customer.objects.create(name="{ReconnectURL}", email="odd@example.com")
    QuickReply.objects.create(shortcut="hello", text="Dear {customer}")
    replies = annas.get(address(new_session(anna, odd), "agent", "quick-replies")).json()["replies"]
    assert replies == [{"shortcut": "hello", "text": "Dear {ReconnectURL}"}]


@pytest.mark.parametrize("typed", ["{name}", "{reconnecturl}", "{ customer }", "{customer.name}"])
def test_a_placeholder_that_stands_for_nothing_is_not_saved(annas: Client, admin_user: User, typed: str) -> None:
    known = "What can be filled in is {customer}, {agent}, {workstream}, {ReconnectURL}."
    posted = {"shortcut": "hi", "text": f"Dear {typed}"}
    page = annas.post("/quick-replies/", posted)
    assert page.status_code == 422
    assert f"{typed} stands for nothing. {known}" in page.content.decode()
    assert page.context["form"]["text"].value() == posted["text"]
    admins = Client()
    admins.force_login(admin_user)
    assert known in admins.post("/admin/sessions_app/quickreply/add/", posted).content.decode()
    assert not QuickReply.objects.exists()


def test_other_braces_and_known_ones_are_saved(annas: Client) -> None:
    annas.post("/quick-replies/", {"shortcut": "hi", "text": "{customer} {ReconnectURL} {} { {:-)}"})
    assert QuickReply.objects.get().text == "{customer} {ReconnectURL} {} { {:-)}"


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
