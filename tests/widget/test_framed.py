"""The customer's room in a frame: its address says who asks; no cookie is needed, and none is looked at."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from policies_app.kinds import SessionState
from policies_app.models import ChatWidget
from sessions_app import links, live
from sessions_app.actions import send_message
from sessions_app.assigning import pick
from sessions_app.kinds import LinkKind
from sessions_app.models import AccessLink, Agent, Customer, Device, LiveSession
from sessions_app.push.announce import Message
from sessions_app.reconnecting import connection_lost
from sessions_app.widget import framed
from tests.cast import AS_SCRIPT, address, author, browser_of, come_in, message
from tests.moments import STARTED
from tests.widget.framing import PORTAL, let_in, new_widget, room_of, stranger, widget_session

SECOND = timedelta(seconds=1)


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return new_widget()


@pytest.fixture
def chat(widget: ChatWidget, carla: Customer) -> LiveSession:
    return widget_session(widget, carla)


def uploaded(chat: LiveSession, browser: Client, room: str) -> Any:
    sent = SimpleUploadedFile("note.txt", b"what I mean", "text/plain")
    return browser.post(f"{room}file/", {"file": sent, "key": message()["key"], "after": 0}, **AS_SCRIPT)


# Who is in -------------------------------------------------------------------------------------------------------


def test_the_room_works_without_a_cookie_and_without_a_token_against_forgery(chat: LiveSession) -> None:
    browser, room = stranger(), room_of(chat)
    page = browser.get(room)
    assert page.status_code == 200 and not page.cookies
    sent = browser.post(f"{room}message/", message("From a frame", after=0), **AS_SCRIPT)
    assert sent.status_code == 200 and not sent.cookies
    assert "From a frame" in browser.get(f"{room}updates/?after=0", **AS_SCRIPT).json()["rows"][-1]["html"]
    assert not browser.cookies


def test_every_address_of_the_page_is_below_the_seat(chat: LiveSession) -> None:
    room = room_of(chat)
    seen = stranger().get(room).content.decode()
    addresses = re.findall(r'(?:href|action|data-address|data-keep)="(/[^"]*)"', seen)
    assert [one for one in addresses if f"/c/{chat.public_id}/" in one]
    assert [one for one in addresses if not one.startswith(("/static/", room, "/widget/"))] == []
    assert "manifest" not in seen


def test_a_plain_form_leads_back_into_the_framed_room(chat: LiveSession) -> None:
    room = room_of(chat)
    sent = stranger().post(f"{room}message/", message("Plain"))
    assert (sent.status_code, sent["Location"]) == (302, room)


def test_files_are_added_and_fetched_below_the_seat(chat: LiveSession) -> None:
    browser, room = stranger(), room_of(chat)
    row = uploaded(chat, browser, room).json()["rows"][-1]["html"]
    found = re.search(r'href="([^"]+)"', row)
    assert found and found[1].startswith(f"{room}files/")
    assert b"".join(browser.get(found[1]).streaming_content) == b"what I mean"


def test_a_link_to_another_device_is_as_for_everybody(chat: LiveSession) -> None:
    shown = stranger().post(f"{room_of(chat)}hand-over/", **AS_SCRIPT).json()["html"]
    assert "/join/" in shown and "/f/" not in shown


FORGED = ["1.1abcde.forged", "", "x", "../c", "%2e%2e"]


@pytest.mark.parametrize("seat", FORGED)
def test_a_seat_that_was_not_made_here_lets_nobody_in(chat: LiveSession, seat: str) -> None:
    for browser in (Client(), stranger()):
        assert browser.get(f"/f/{seat}/c/{chat.public_id}/").status_code == 404
        assert browser.post(f"/f/{seat}/c/{chat.public_id}/end/").status_code == 404


def test_a_seat_with_another_number_is_forged(chat: LiveSession, dan: Customer, widget: ChatWidget) -> None:
    other = widget_session(widget, dan, "o" * 43)
    mine = room_of(chat).split("/")[2]
    forged = f"{other.current_device_id}.{mine.partition('.')[2]}"
    assert stranger().get(f"/f/{forged}/c/{other.public_id}/").status_code == 404


def test_a_seat_is_for_one_session_only(chat: LiveSession, dan: Customer, widget: ChatWidget) -> None:
    other = widget_session(widget, dan, "o" * 43)
    assert stranger().get(room_of(chat).replace(str(chat.public_id), str(other.public_id))).status_code == 404


def test_below_a_seat_there_is_nothing_but_customers_rooms(chat: LiveSession, anna: Agent) -> None:
    """Forgery is not looked for there, so whoever is signed in in the same browser must not be reached."""
    pick(chat.pk, anna, now=STARTED)
    agents = browser_of(anna)
    seat = room_of(chat).split("/c/")[0]
    for path in (address(chat, "agent"), address(chat, "agent", "end"), "/", "/admin/", "/widget.js"):
        assert agents.get(f"{seat}{path}").status_code == 404
        assert agents.post(f"{seat}{path}").status_code == 404


def test_no_cookie_counts_below_a_seat(chat: LiveSession, session: LiveSession) -> None:
    browser = come_in(session)
    seat = room_of(chat).split("/c/")[0]
    assert browser.get(f"{seat}{address(session, 'customer')}").status_code == 404


def test_whoever_is_signed_in_in_the_same_browser_is_nobody_below_a_seat(chat: LiveSession, anna: Agent) -> None:
    for ask in (browser_of(anna).get, browser_of(anna).post):
        request = ask(room_of(chat)).wsgi_request
        assert request.COOKIES == {} and "HTTP_COOKIE" not in request.META and request.user.is_anonymous


def test_the_room_without_a_seat_stays_closed(chat: LiveSession) -> None:
    assert stranger().get(address(chat, "customer")).status_code == 403


# For how long ----------------------------------------------------------------------------------------------------


def test_a_page_whose_seat_is_over_begins_anew_and_a_script_is_told(chat: LiveSession, widget: ChatWidget) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        room, browser = room_of(chat), stranger()
        clock.shift(framed.LASTS - SECOND)
        assert browser.get(room).status_code == 200
        clock.shift(3 * SECOND)
        over = browser.get(room)
        assert (over.status_code, over["Location"]) == (302, reverse("widget-start", args=[widget.key]))
        assert browser.get(f"{room}updates/?after=0", **AS_SCRIPT).status_code == 403
        for rest, sent in (("message/", message("Too late")), (f"documents/{chat.public_id}/values/", {})):
            answer = browser.post(f"{room}{rest}", sent, **AS_SCRIPT)
            assert answer.status_code == 403
            assert "json" not in answer["Content-Type"], "what answers in JSON has taken, or refused, what was typed"
    assert not chat.timeline.filter(kind="message").exists()


def test_a_page_is_given_a_new_seat_after_an_hour(chat: LiveSession) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        room, browser = room_of(chat), stranger()
        assert "moves_to" not in browser.get(f"{room}updates/?after=0", **AS_SCRIPT).json()
        clock.shift(framed.RENEWED_AFTER + 2 * SECOND)
        moves_to = browser.get(f"{room}updates/?after=0", **AS_SCRIPT).json()["moves_to"]
        clock.shift(framed.LASTS - framed.RENEWED_AFTER)
        assert browser.get(room).status_code == 302
        assert moves_to != room and browser.get(moves_to).status_code == 200


@pytest.mark.parametrize("taken_back", [True, False])
def test_who_came_by_a_link_that_is_revoked_is_out_however_young_their_seat(
    chat: LiveSession, widget: ChatWidget, taken_back: bool
) -> None:
    thief = let_in(chat, "s" * 43)
    link = AccessLink.objects.create(session=chat, token_hash="x", kind=LinkKind.RECONNECT, created_at=STARTED)
    Device.objects.filter(pk=thief.pk).update(link=link)
    LiveSession.objects.filter(pk=chat.pk).update(current_device=thief)
    room, browser = room_of(chat, "s" * 43), stranger()
    assert browser.get(room).status_code == 200
    links.revoke(chat.pk, link.pk, None, now=STARTED)
    if taken_back:
        LiveSession.objects.filter(pk=chat.pk).update(current_device=chat.current_device_id)
    assert browser.get(room)["Location"] == reverse("widget-start", args=[widget.key])
    assert browser.get(f"{room}updates/?after=0", **AS_SCRIPT).status_code == 403
    assert browser.post(f"{room}message/", message("From a thief"), **AS_SCRIPT).status_code == 403
    assert stranger().get(room_of(chat)).status_code == 200


@pytest.mark.parametrize("reconnect", [True, False])
def test_where_nothing_can_be_come_back_to_the_page_begins_anew(
    chat: LiveSession, widget: ChatWidget, anna: Agent, reconnect: bool
) -> None:
    """Reconnect is off, and the customer was away for longer than the grace; but nobody has ended the session yet."""
    now = timezone.now()
    pick(chat.pk, anna, now=now)
    ChatWidget.objects.update(reconnect_on=reconnect)
    connection_lost(chat.pk, now - timedelta(minutes=1), now=now)
    room, browser = room_of(chat), stranger()
    if reconnect:
        assert browser.get(room).status_code == 200
        assert browser.post(f"{room}back/", {"after": 0}, **AS_SCRIPT).status_code == 200
        assert LiveSession.objects.get().state == SessionState.QUEUED
        return
    assert browser.get(room)["Location"] == reverse("widget-start", args=[widget.key])
    assert browser.get(f"{room}updates/?after=0", **AS_SCRIPT).status_code == 403
    assert browser.post(f"{room}message/", message("To nobody"), **AS_SCRIPT).status_code == 403
    assert not chat.timeline.filter(kind="message").exists()


def test_an_open_page_whose_customer_was_away_for_too_long_goes_to_the_redirection_url(
    chat: LiveSession, anna: Agent
) -> None:
    """As when a computer slept: its page hears of the end when it is awake again."""
    now = timezone.now()
    pick(chat.pk, anna, now=now)
    ChatWidget.objects.update(reconnect_on=True, redirect_url="https://shop.example.com/sorry?why={reason}")
    connection_lost(chat.pk, now - timedelta(minutes=11), now=now)
    late = stranger().get(f"{room_of(chat)}updates/?after=0", **AS_SCRIPT).json()
    assert (late["open"], late["redirect"]) == (False, "https://shop.example.com/sorry?why=reconnect_timeout")
    assert late["once"], "the portal's page is told that it happened"
    assert (
        browser_of(anna).get(f"{address(chat, 'agent')}updates/?after=0", **AS_SCRIPT).json()["redirect"]
        != late["redirect"]
    )


# Who may frame it ------------------------------------------------------------------------------------------------


def test_only_the_origins_of_the_sessions_widget_frame_it_and_its_address_goes_nowhere(chat: LiveSession) -> None:
    room = room_of(chat)
    for path in (room, f"{room}updates/", f"{room}nothing/", f"{room}documents/{chat.public_id}/"):
        answer = stranger().get(path)
        assert f"frame-ancestors {PORTAL}" in answer["Content-Security-Policy"], path
        assert "X-Frame-Options" not in answer
        assert answer["Referrer-Policy"] == "no-referrer"


def test_everywhere_else_framing_stays_forbidden(session: LiveSession, anna: Agent) -> None:
    for path in ("/sign-in/", "/join/x/", address(session, "customer")):
        answer = Client().get(path)
        assert answer["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_no_origin_at_all_means_nobody(carla: Customer) -> None:
    chat = widget_session(new_widget(allowed_origins=[]), carla)
    assert "frame-ancestors 'none'" in stranger().get(room_of(chat))["Content-Security-Policy"]


# What the other side sees ----------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What goes to open pages, instead of to Redis."""
    heard: list[Message] = []
    monkeypatch.setattr(live, "announce", heard.extend)
    return heard


@pytest.mark.django_db(transaction=True)
def test_nothing_that_a_framed_request_says_to_others_contains_the_seat(
    chat: LiveSession, anna: Agent, told: list[Message]
) -> None:
    pick(chat.pk, anna, now=STARTED)
    browser, room = stranger(), room_of(chat)
    uploaded(chat, browser, room)
    browser.post(f"{room}message/", message("Look"), **AS_SCRIPT)
    said = [one.data for one in told]
    assert any(f"/room/{chat.public_id}/files/" in one for one in said)
    assert any(f"/c/{chat.public_id}/files/" in one for one in said)
    assert [one for one in said if "/f/" in one] == []


def test_the_prefix_is_gone_after_the_request(chat: LiveSession) -> None:
    stranger().get(room_of(chat))
    assert get_script_prefix() == "/"
    assert "/f/" not in links.mint(chat, by=None, now=STARTED)


# Only one browser at a time --------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(chat: LiveSession) -> str:
    """The room as the first browser has it, when a second one has taken over."""
    second = let_in(chat, "s" * 43)
    LiveSession.objects.filter(pk=chat.pk).update(current_device=second)
    return room_of(chat)


def test_the_first_browser_is_told_that_it_goes_on_elsewhere(chat: LiveSession, elsewhere: str, anna: Agent) -> None:
    pick(chat.pk, anna, now=STARTED)
    send_message(chat.pk, author(anna), "For the second one", key=message()["key"], now=STARTED)
    page = stranger().get(elsewhere)
    assert b"This conversation continues elsewhere" in page.content and b"Take it back" in page.content
    assert b"For the second one" not in page.content
    told = stranger().get(f"{elsewhere}updates/?after=0", **AS_SCRIPT)
    assert told.status_code == 200 and told.json()["elsewhere"] is True and told.json()["rows"] == []
    assert stranger().get(room_of(chat, "s" * 43)).status_code == 200


@pytest.mark.parametrize("rest", ["message/", "end/", "file/", "half-typed/", "seen/", "busy/", "back/"])
def test_what_the_first_browser_still_sends_is_not_taken(chat: LiveSession, elsewhere: str, rest: str) -> None:
    sent = stranger().post(f"{elsewhere}{rest}", message("Late", version=1, number=1), **AS_SCRIPT)
    assert (sent.status_code, sent.json()["elsewhere"]) == (200, True)
    assert stranger().post(f"{elsewhere}{rest}", message("Late", version=1, number=1)).status_code == 409
    chat.refresh_from_db()
    assert chat.is_open and chat.seen_by_customer == 0 and not chat.timeline.filter(kind="message").exists()


def test_it_goes_on_here_again_when_it_is_taken_back(chat: LiveSession, elsewhere: str) -> None:
    LiveSession.objects.filter(pk=chat.pk).update(current_device=chat.current_device_id)
    assert stranger().post(f"{elsewhere}message/", message("Back"), **AS_SCRIPT).status_code == 200
    assert stranger().get(room_of(chat, "s" * 43)).content.count(b"Take it back") == 1
