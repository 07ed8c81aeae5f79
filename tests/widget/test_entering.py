"""The table of rules.md 5, row by row: what a customer is offered who opens a chat widget."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest

from policies_app.kinds import EndReason, SessionState
from policies_app.models import ChatWidget, SystemSettings
from sessions_app import assigning
from sessions_app.kinds import Actor
from sessions_app.models import Agent, LiveSession
from sessions_app.reconnecting import close
from sessions_app.sweeps import sweep
from sessions_app.transitions import end
from sessions_app.widget.entering import Entered, Offer, Visitor, Was, Why, continue_
from sessions_app.widget.links import reconnect_address
from tests.cast import fresh, full_then_limited, kinds, new_customer
from tests.moments import MICROSECOND, MINUTE, STARTED
from tests.widget.portal import (
    DROPPED,
    GONE,
    HELD_UNTIL,
    HOME,
    OVER_AT,
    PHONE,
    SIGNED_IN,
    SIGNED_IN_ON_PHONE,
    changed,
    dropped,
    entered,
    new_widget,
    started,
    token_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("one_seat")]

NOTHING = Entered(Offer.NEW_CHAT)


def summary(found: Entered) -> tuple[Offer, Why]:
    return found.offer, found.why


def somebody_waits(widget: ChatWidget, now: datetime = GONE) -> LiveSession:
    return fresh(assigning.enter_queue(new_customer("Eve"), widget.workstream_id, widget=widget, now=now))


# Row 1: the same agent, whose seat was held ------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["memory", "link", "prompt"])
def test_within_the_hold_it_goes_on_with_the_same_agent_in_whatever_way(
    widget: ChatWidget, anna: Agent, way: str
) -> None:
    chat = started(widget, SIGNED_IN)
    link = token_of(reconnect_address(chat, by=anna, now=STARTED))
    dropped(chat)
    now = HELD_UNTIL - MICROSECOND
    if way == "memory":
        found = entered(widget, SIGNED_IN, remembered=chat, now=now)
    elif way == "link":
        found = entered(widget, SIGNED_IN_ON_PHONE, link=link, now=now)
    else:
        assert entered(widget, SIGNED_IN_ON_PHONE, now=now) == Entered(Offer.PROMPT, choices=(chat,))
        assert fresh(chat).state == SessionState.DISCONNECTED, "asking changes nothing"
        found = continue_(widget, SIGNED_IN_ON_PHONE, chat.public_id, now=now)
    assert (found.offer, found.session) == (Offer.ROOM, chat)
    assert found.session and (found.session.state, found.session.agent) == (SessionState.ACTIVE, anna)
    browser = HOME if way == "memory" else PHONE
    assert str(found.session.current_device) == browser.name


def test_within_the_grace_and_without_a_drop_nothing_happened(widget: ChatWidget, chat: LiveSession) -> None:
    before = kinds(chat)
    assert entered(widget, remembered=chat, now=STARTED + MINUTE).offer is Offer.ROOM
    dropped(chat, DROPPED)
    assert entered(widget, remembered=chat, now=GONE - MICROSECOND).offer is Offer.ROOM
    sweep(OVER_AT)
    assert kinds(chat) == before, "the connection counts as back"


# Row 2: the previous agent if there is room, else the queue --------------------------------------------------------


@pytest.mark.parametrize("given_up_by", ["time", "close"])
def test_after_the_hold_it_goes_on_with_whoever_has_room(
    widget: ChatWidget, chat: LiveSession, anna: Agent, given_up_by: str
) -> None:
    dropped(chat)
    if given_up_by == "close":
        close(chat.pk, anna, now=GONE + MINUTE)
        now = GONE + 2 * MINUTE
    else:
        now = HELD_UNTIL
    found = entered(widget, remembered=chat, now=now)
    assert found.session and (found.session.state, found.session.agent) == (SessionState.ACTIVE, anna)


def test_else_it_waits_in_the_queue_with_its_whole_timeline(widget: ChatWidget, chat: LiveSession) -> None:
    dropped(chat)
    somebody_waits(widget)
    sweep(HELD_UNTIL)
    found = entered(widget, remembered=chat, now=OVER_AT - MICROSECOND)
    assert found.offer is Offer.ROOM
    assert (fresh(chat).state, fresh(chat).queued_at) == (SessionState.QUEUED, STARTED)
    assert kinds(chat) == ["queued", "assigned", "disconnected", "hold_over", "returned"]


def test_who_waits_in_the_queue_comes_back_into_it(widget: ChatWidget, anna: Agent) -> None:
    started(widget, Visitor(PHONE))
    waiting = dropped(started(widget), DROPPED)
    assert entered(widget, remembered=waiting, now=GONE - MICROSECOND).offer is Offer.ROOM
    assert (fresh(waiting).state, fresh(waiting).grace_until) == (SessionState.QUEUED, None)


# Row 3: too late, or over ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [True, False])
def test_at_the_time_limit_a_new_chat_is_offered(widget: ChatWidget, chat: LiveSession, workers: bool) -> None:
    dropped(chat, OVER_AT if workers else GONE)
    assert entered(widget, remembered=chat, now=OVER_AT) == Entered(Offer.NEW_CHAT, why=Why.OVER)
    assert fresh(chat).end_reason == EndReason.RECONNECT_TIMEOUT


def test_or_the_redirect_with_its_placeholders_filled_in(widget: ChatWidget, chat: LiveSession) -> None:
    widget = changed(widget, redirect_url="https://shop.example/sorry?s={session_id}&r={reason}")
    dropped(chat)
    found = entered(widget, remembered=chat, now=OVER_AT)
    assert summary(found) == (Offer.REDIRECT, Why.OVER)
    assert found.redirect == f"https://shop.example/sorry?s={chat.public_id}&r=reconnect_timeout"


def test_but_only_to_an_allowed_host(widget: ChatWidget, chat: LiveSession) -> None:
    widget = changed(widget, redirect_url="https://shop.example/sorry")
    SystemSettings.objects.create(pk=1, allowed_redirect_hosts="other.example")
    dropped(chat)
    assert summary(entered(widget, remembered=chat, now=OVER_AT)) == (Offer.NEW_CHAT, Why.OVER)
    SystemSettings.objects.update(allowed_redirect_hosts="shop.example")
    assert entered(widget, remembered=chat, now=OVER_AT).redirect == "https://shop.example/sorry"


@pytest.mark.parametrize(
    ("reason", "redirects"),
    [
        (EndReason.ENDED_BY_AGENT, True),
        (EndReason.ENDED_BY_API, True),
        (EndReason.ENDED_BY_ADMIN, True),
        (EndReason.ENDED_BY_CUSTOMER, False),
        (EndReason.SUPERSEDED, False),
    ],
)
@pytest.mark.parametrize("way", ["memory", "prompt"])
def test_who_was_away_when_it_ended_is_redirected_unless_they_ended_it(
    widget: ChatWidget, reason: EndReason, redirects: bool, way: str
) -> None:
    widget = changed(widget, redirect_url="https://shop.example/sorry?r={reason}")
    chat, now = dropped(started(widget, SIGNED_IN)), GONE + MINUTE
    end(chat.pk, reason, actor=Actor.SYSTEM, now=now)
    if way == "memory":
        found = entered(widget, SIGNED_IN, remembered=chat, now=now)
    else:
        found = continue_(widget, SIGNED_IN_ON_PHONE, chat.public_id, now=now)
    assert summary(found) == (Offer.REDIRECT if redirects else Offer.NEW_CHAT, Why.OVER)
    assert found.redirect == (f"https://shop.example/sorry?r={reason}" if redirects else "")


def test_who_left_the_queue_is_redirected_too(widget: ChatWidget) -> None:
    widget = changed(widget, redirect_url="https://shop.example/sorry")
    started(widget, Visitor(PHONE))
    waiting = dropped(started(widget))
    assert waiting.end_reason == EndReason.ABANDONED
    assert entered(widget, remembered=waiting).offer is Offer.REDIRECT


@pytest.mark.parametrize("lost", [True, False])
def test_who_was_there_or_in_a_tunnel_when_it_ended_is_not_redirected(
    widget: ChatWidget, chat: LiveSession, lost: bool
) -> None:
    widget = changed(widget, redirect_url="https://shop.example/sorry")
    if lost:
        dropped(chat, DROPPED)
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE - MICROSECOND)
    assert entered(widget, remembered=chat, now=GONE + MINUTE) == Entered(Offer.NEW_CHAT, why=Why.OVER)


def test_a_redirect_is_once_and_then_a_new_chat_is_offered_with_the_old_one_to_look_at(
    widget: ChatWidget, chat: LiveSession
) -> None:
    full_then_limited()
    widget = changed(widget, redirect_url="https://shop.example/sorry")
    dropped(chat)
    assert entered(widget, remembered=chat, was=Was.HERE, now=OVER_AT).offer is Offer.REDIRECT
    found = entered(widget, remembered=chat, was=Was.SENT, now=OVER_AT)
    assert found == Entered(Offer.NEW_CHAT, session=fresh(chat), why=Why.OVER)


def test_who_was_sent_away_before_and_is_in_time_now_comes_back(widget: ChatWidget, chat: LiveSession) -> None:
    """What the portal's page says of its browser opens and closes nothing."""
    dropped(chat)
    assert entered(widget, remembered=chat, was=Was.SENT).offer is Offer.ROOM


def test_what_is_over_can_be_looked_at_while_there_is_access(widget: ChatWidget, chat: LiveSession) -> None:
    full_then_limited()
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)
    over = fresh(chat)
    assert entered(widget, remembered=chat, now=GONE) == Entered(Offer.NEW_CHAT, session=over, why=Why.OVER)
    assert over.limited_until
    assert entered(widget, remembered=chat, now=over.limited_until) == Entered(Offer.NEW_CHAT, why=Why.OVER)


def test_who_was_there_when_it_ended_and_loads_the_page_anew_keeps_it_in_view_while_there_is_access(
    widget: ChatWidget, chat: LiveSession
) -> None:
    full_then_limited()
    widget = changed(widget, redirect_url="https://shop.example/sorry")
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)
    over = fresh(chat)
    assert entered(widget, remembered=chat, was=Was.HERE, now=GONE) == Entered(Offer.ROOM, session=over)
    assert fresh(chat).state == SessionState.ENDED and over.limited_until
    found = entered(widget, remembered=chat, was=Was.HERE, now=over.limited_until)
    assert found == Entered(Offer.NEW_CHAT, why=Why.OVER)
    assert entered(widget, Visitor(PHONE), remembered=chat, was=Was.HERE, now=GONE) == NOTHING


def test_where_it_ended_in_another_browser_this_one_does_not_show_it(
    widget: ChatWidget, chat: LiveSession, anna: Agent
) -> None:
    full_then_limited()
    link = token_of(reconnect_address(chat, by=anna, now=STARTED))
    entered(widget, Visitor(PHONE), link=link, now=STARTED + MINUTE)
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)
    assert entered(widget, remembered=chat, was=Was.HERE) == Entered(Offer.NEW_CHAT, why=Why.OVER)
    assert entered(widget, Visitor(PHONE), remembered=chat, was=Was.HERE).offer is Offer.ROOM


# Row 4: reconnect off ----------------------------------------------------------------------------------------------


def test_with_reconnect_off_only_the_same_browser_resumes_and_only_within_the_grace(
    widget: ChatWidget, anna: Agent
) -> None:
    chat = started(widget, SIGNED_IN)
    link = token_of(reconnect_address(chat, by=anna, now=STARTED))
    widget = changed(widget, reconnect_on=False, same_agent_for=None, redirect_url="https://shop.example/sorry")
    dropped(chat, DROPPED)
    within = GONE - MICROSECOND
    assert entered(widget, SIGNED_IN_ON_PHONE, now=within) == NOTHING
    assert entered(widget, SIGNED_IN_ON_PHONE, link=link, now=within) == replace(NOTHING, why=Why.LINK)
    assert continue_(widget, SIGNED_IN_ON_PHONE, chat.public_id, now=within).offer is Offer.NEW_CHAT
    assert entered(widget, SIGNED_IN, remembered=chat, now=within).offer is Offer.ROOM
    dropped(chat, GONE)
    assert entered(widget, SIGNED_IN, remembered=chat, now=GONE) == Entered(Offer.NEW_CHAT, why=Why.OVER)
    sweep(OVER_AT)
    assert fresh(chat).end_reason == EndReason.RECONNECT_TIMEOUT
    assert entered(widget, SIGNED_IN, remembered=chat, now=OVER_AT) == Entered(Offer.NEW_CHAT, why=Why.OVER)


def test_what_was_promised_at_the_drop_holds_if_reconnect_is_turned_off_then(
    widget: ChatWidget, chat: LiveSession, anna: Agent
) -> None:
    link = token_of(reconnect_address(chat, by=anna, now=STARTED))
    dropped(chat)
    widget = changed(widget, reconnect_on=False, same_agent_for=None)
    assert entered(widget, Visitor(PHONE), link=link).offer is Offer.ROOM


# What a browser remembers ------------------------------------------------------------------------------------------


def test_only_a_browser_that_was_let_in_remembers_anything(widget: ChatWidget, chat: LiveSession) -> None:
    dropped(chat)
    assert entered(widget, Visitor(PHONE), remembered=chat) == NOTHING
    assert entered(widget, Visitor(replace(HOME, token="")), remembered=chat) == NOTHING
    assert entered(widget, remembered=uuid4()) == NOTHING
    assert entered(new_widget(name="Other"), remembered=chat) == NOTHING
    assert fresh(chat).state == SessionState.DISCONNECTED


def test_an_inactive_widget_lets_those_back_who_are_in(widget: ChatWidget, chat: LiveSession) -> None:
    dropped(chat)
    assert entered(changed(widget, is_active=False), remembered=chat).offer is Offer.ROOM
