"""Reconnect links: made, recorded, used many times, refused uniformly, and held up when somebody guesses."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policies_app.kinds import DeviceAccess, EndReason, Return, SessionState
from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning, floods, links
from sessions_app.actions import Refused
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor, Audience, LinkKind, LinkOutcome
from sessions_app.models import AccessLink, Agent, Customer, LinkEvent, LiveSession, TimelineEntry
from sessions_app.reconnecting import come_back
from sessions_app.row_words import words
from sessions_app.rows import row_html
from sessions_app.transitions import end
from sessions_app.widget import links as widget_links
from sessions_app.widget.addresses import address_with
from sessions_app.widget.entering import Entered, NotNow, Offer, Visitor, Why, take_back
from sessions_app.widget.links import reconnect_address
from tests.cast import address, browser_of, fresh, kinds
from tests.moments import MINUTE, STARTED
from tests.widget.portal import (
    ANONYMOUS,
    GONE,
    OVER_AT,
    PHONE,
    SIGNED_IN,
    changed,
    dropped,
    entered,
    new_widget,
    outcomes,
    started,
    token_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = Entered(Offer.NEW_CHAT, why=Why.LINK)
ON_PHONE = Visitor(PHONE)


def link_of(session: LiveSession, agent: Agent | None = None) -> str:
    return token_of(reconnect_address(session, by=agent, now=STARTED))


# Made --------------------------------------------------------------------------------------------------------------


def test_the_address_is_the_portals_with_a_token_that_only_it_knows(chat: LiveSession, anna: Agent) -> None:
    made = reconnect_address(chat, by=anna, now=STARTED)
    assert re.fullmatch(r"https://shop\.example/help\?page=1&parley\.reconnect=[\w-]{43}#chat", made), "256 bits"
    link = AccessLink.objects.get()
    assert (link.kind, link.created_by, link.created_at, link.expires_at) == (LinkKind.RECONNECT, anna, STARTED, None)
    assert token_of(made) not in str(AccessLink.objects.values())
    row = chat.timeline.latest("number")
    assert (row.kind, row.agent, row.recorded_at, row.payload) == ("link_inserted", anna, STARTED, {})


@pytest.mark.parametrize(
    ("portal", "made"),
    [
        ("https://a.example", "https://a.example?parley.reconnect=T"),
        ("https://a.example/?q=a%20b&c", "https://a.example/?q=a%20b&c&parley.reconnect=T"),
        ("https://a.example/?oc.reconnectid=old&parley.reconnect=x", "https://a.example/?parley.reconnect=T"),
        ("https://a.example/#/help?x=1", "https://a.example/?parley.reconnect=T#/help?x=1"),
    ],
)
def test_the_rest_of_the_portals_address_stays_as_it_is(portal: str, made: str) -> None:
    assert address_with(portal, "T") == made


def test_without_reconnect_or_portal_or_after_the_end_there_is_none(
    widget: ChatWidget, chat: LiveSession, session: LiveSession, anna: Agent
) -> None:
    for settings in ({"portal_url": ""}, {"reconnect_on": False, "same_agent_for": None}):
        changed(widget, **settings)
        with pytest.raises(Refused, match="no reconnect links"):
            reconnect_address(chat, by=anna, now=STARTED)
    with pytest.raises(Refused, match="no reconnect links"):
        reconnect_address(session, by=anna, now=STARTED)
    changed(widget, portal_url="https://a.example", reconnect_on=True)
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    with pytest.raises(Refused, match="has ended"):
        reconnect_address(chat, by=anna, now=STARTED)
    assert not AccessLink.objects.exists()


# Used --------------------------------------------------------------------------------------------------------------


def test_a_link_works_many_times_and_each_use_is_noted(widget: ChatWidget, chat: LiveSession, anna: Agent) -> None:
    link = link_of(chat, anna)
    dropped(chat)
    for now in (GONE, GONE + MINUTE):
        assert entered(widget, ON_PHONE, link=link, now=now).session == chat
    events = LinkEvent.objects.order_by("at")
    assert list(events.values_list("outcome", "at", "user_agent", "widget")) == [
        (LinkOutcome.USED, GONE, "Safari", widget.pk),
        (LinkOutcome.USED, GONE + MINUTE, "Safari", widget.pk),
    ]
    assert AccessLink.objects.get().used_at == GONE + MINUTE


# Refused -----------------------------------------------------------------------------------------------------------


def attempts(widget: ChatWidget, anna: Agent) -> Iterator[tuple[LinkOutcome, ChatWidget, str, Any]]:
    """A link that does not work in every way there is: why, where it is tried, its token, and when."""
    yield LinkOutcome.UNKNOWN, widget, "x" * 43, STARTED
    yield LinkOutcome.UNKNOWN, widget, "\x00é", STARTED
    yield LinkOutcome.UNKNOWN, widget, links.mint(started(widget), by=anna, now=STARTED).split("/")[-2], STARTED
    yield LinkOutcome.UNKNOWN, new_widget(name="Other"), link_of(started(widget)), STARTED
    revoked = started(widget)
    link = link_of(revoked)
    links.revoke(revoked.pk, revoked.links.get().pk, anna, now=STARTED)
    yield LinkOutcome.REVOKED, widget, link, STARTED
    expired = started(widget)
    link = link_of(expired)
    expired.links.update(expires_at=STARTED)
    yield LinkOutcome.OVER, widget, link, STARTED
    ended = started(widget)
    link = link_of(ended)
    end(ended.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    yield LinkOutcome.OVER, widget, link, STARTED
    late = started(widget)
    link = link_of(late)
    assert dropped(late).state == SessionState.DISCONNECTED
    yield LinkOutcome.OVER, widget, link, OVER_AT
    yield LinkOutcome.WRONG_PERSON, widget, link_of(started(widget, SIGNED_IN)), STARTED


def test_whatever_is_wrong_with_a_link_the_answer_is_the_same_and_the_console_knows(
    widget: ChatWidget, anna: Agent
) -> None:
    widget = changed(widget, redirect_url="https://shop.example/sorry")
    before = LiveSession.objects.count()
    expected = []
    for outcome, where, token, now in attempts(widget, anna):
        assert entered(where, ON_PHONE, link=token, now=now) == REFUSED
        expected.append(outcome)
    assert outcomes() == expected and before == 0
    assert not TimelineEntry.objects.filter(kind="device_switched").exists()


def test_a_guess_costs_the_same_few_queries_as_a_revoked_link(
    widget: ChatWidget, chat: LiveSession, anna: Agent
) -> None:
    link = link_of(chat)
    links.revoke(chat.pk, chat.links.get().pk, anna, now=STARTED)
    asked = []
    for token in (link, "x" * 43):
        with CaptureQueriesContext(connection) as queries:
            entered(widget, ON_PHONE, link=token)
        asked.append([query["sql"].split()[0] for query in queries.captured_queries])
    assert asked[0] == asked[1] and len(asked[0]) <= 2


def test_who_guesses_is_held_up_and_others_are_not(widget: ChatWidget, chat: LiveSession) -> None:
    link = link_of(chat)
    for guess in range(30):
        assert entered(widget, ON_PHONE, link=f"guess {guess}") == REFUSED
    for token in ("another guess", link):
        with pytest.raises(NotNow) as refused:
            entered(widget, ON_PHONE, link=token)
        assert refused.value.retry_after is not None and 0 < refused.value.retry_after <= 60
    assert entered(widget, ON_PHONE, link=link, address="192.0.2.2").offer is Offer.ROOM
    assert set(outcomes()) == {LinkOutcome.UNKNOWN, LinkOutcome.USED}, "a flood does not fill the console"


def test_a_flood_from_everywhere_is_held_up_too(widget: ChatWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widget_links, "LINKS_OF_WIDGET", floods.Limit("few links of widget", most=5, seconds=60))
    for guess in range(5):
        entered(widget, ON_PHONE, link="guess", address=f"192.0.2.{guess}")
    with pytest.raises(NotNow):
        entered(widget, ON_PHONE, link="guess", address="192.0.2.9")
    assert outcomes()[-2:] == [LinkOutcome.UNKNOWN, LinkOutcome.TOO_MANY]
    assert entered(new_widget(name="Other"), ON_PHONE, link="guess", address="192.0.2.9") == REFUSED


def test_a_link_that_does_not_work_keeps_nobody_out_who_gets_in_without(
    widget: ChatWidget, chat: LiveSession, anna: Agent
) -> None:
    """Such as after a reload of the page to which an older link led."""
    assert entered(widget, ANONYMOUS, remembered=chat, link="old").offer is Offer.ROOM
    mine = started(widget, SIGNED_IN)
    assert entered(widget, Visitor(PHONE, SIGNED_IN.identity), link="old").choices == (mine,)


def test_no_token_is_logged(widget: ChatWidget, chat: LiveSession, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    link = link_of(chat)
    entered(widget, ON_PHONE, link=link)
    entered(widget, ON_PHONE, link="guess-guess-guess")
    assert link not in caplog.text and "guess-guess" not in caplog.text


# Sent by itself ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answered_by", ["assignment", "opening", "picking"])
def test_when_an_agent_answers_the_link_is_sent_once(widget: ChatWidget, anna: Agent, answered_by: str) -> None:
    changed(widget, sends_link=True)
    within = None if answered_by == "assignment" else MINUTE
    assignment = "pick" if answered_by == "picking" else "automatic"
    Workstream.objects.update(answer_within=within, assignment=assignment)
    chat = started(changed(widget))
    if answered_by != "assignment":
        assert "message" not in kinds(chat), "nobody has answered yet"
        if answered_by == "picking":
            assigning.pick(chat.pk, anna, now=STARTED)
        note_activity(anna, chat.pk, now=STARTED)
    row = chat.timeline.get(kind="message")
    assert (row.actor, row.number) == (Actor.SYSTEM, chat.timeline.count())
    link = re.search(r"https://shop\.example/help\S+", row.payload["text"])
    assert link
    for side in Audience:
        assert link[0].replace("&", "&amp;") in row_html(fresh(chat), row, side)
    dropped(chat)
    assert entered(changed(widget), ON_PHONE, link=token_of(link[0])).session == chat
    assigning.release(chat.pk, by=None, now=GONE)
    assigning.assign_everywhere(GONE)
    assert kinds(chat).count("message") == 1
    assert fresh(chat).waits_since is None and AccessLink.objects.get().created_by is None


def test_it_is_sent_in_the_customers_language(widget: ChatWidget, chat: LiveSession) -> None:
    Customer.objects.update(language="de")
    changed(widget, sends_link=True)
    dropped(chat)
    assert come_back(chat.pk, now=OVER_AT - MINUTE) is Return.ANY_AGENT
    text = chat.timeline.get(kind="message").payload["text"]
    assert text.startswith("Falls Ihre Verbindung abbricht") and "https://shop.example" in text


def test_without_the_setting_nothing_is_sent(chat: LiveSession) -> None:
    assert "message" not in kinds(chat) and not AccessLink.objects.exists()


# Not a way into the room by itself ---------------------------------------------------------------------------------


def test_a_reconnect_link_opens_nothing_below_join_and_is_not_sent_again(chat: LiveSession) -> None:
    token = link_of(chat)
    assert links.find(token, STARTED) is None and links.find_over(token) is None
    for ask in (Client().get, Client().post):
        assert ask(f"/join/{token}/").status_code == 404
    Client().post(f"/join/{token}/new-link/")
    Customer.objects.update(email="carla@example.com")
    Client().post(f"{address(chat, 'customer')}new-link/")
    assert "link_asked" not in kinds(chat)


def test_it_is_revoked_like_any_other(widget: ChatWidget, chat: LiveSession, anna: Agent) -> None:
    link = link_of(chat, anna)
    entered(widget, ON_PHONE, link=link, now=STARTED)
    entered(widget, ANONYMOUS, remembered=chat, link=link, now=STARTED)
    entered(widget, ON_PHONE, link=link, now=STARTED)
    browser_of(anna).post(address(chat, "agent", "revoke"), {"link": chat.links.get().pk})
    assert chat.links.get().revoked_at
    assert entered(widget, ON_PHONE, link=link) == REFUSED
    row = chat.timeline.latest("number")
    assert row.kind == "link_revoked" and "revoked" in words(row, Audience.AGENT).text
    assert not take_back(chat.pk, PHONE, now=STARTED), "who came in by it is out"
    assert fresh(chat).current_device is None
    assert entered(widget, ON_PHONE, remembered=chat, now=STARTED).offer is Offer.NEW_CHAT
    assert entered(widget, ANONYMOUS, remembered=chat, now=STARTED).offer is Offer.ROOM, "who was in before is not"
    assert entered(widget, ON_PHONE, link=link_of(chat, anna), now=STARTED).offer is Offer.ROOM
    assert take_back(chat.pk, PHONE, now=STARTED), "another link lets them in again"


# Links of invitations ----------------------------------------------------------------------------------------------


def test_what_becomes_of_other_links_is_noted_too_but_not_by_merely_opening_them(
    session: LiveSession, anna: Agent
) -> None:
    Workstream.objects.update(device_access=DeviceAccess.FIRST)
    path = "/join/{}/".format(links.mint(session, by=anna, now=STARTED).rstrip("/").rpartition("/")[2])
    Client().get(path)
    assert outcomes() == []
    Client().post(path, HTTP_USER_AGENT="Firefox")
    Client().post(path)
    links.revoke(session.pk, session.links.get().pk, anna, now=STARTED)
    Client().get(path)
    Client().post(path)
    Client().post("/join/no-such-link/")
    assert outcomes() == [
        LinkOutcome.USED,
        LinkOutcome.OTHER_DEVICE,
        LinkOutcome.REVOKED,
        LinkOutcome.UNKNOWN,
    ]
    assert LinkEvent.objects.earliest("pk").user_agent == "Firefox"
