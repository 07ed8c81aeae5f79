"""Who comes back where somebody signed in, and from another browser (rules.md 5)."""

from dataclasses import replace

import pytest

from policies_app.kinds import EndReason, SessionState, SignIn
from policies_app.models import ChatWidget
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Device, LiveSession
from sessions_app.transitions import end
from sessions_app.widget.entering import Entered, Offer, Visitor, Why, continue_, take_back
from sessions_app.widget.links import reconnect_address
from tests.cast import fresh, full_then_limited, kinds
from tests.moments import MINUTE, STARTED
from tests.widget.portal import (
    ANONYMOUS,
    GONE,
    HOME,
    OVER_AT,
    PHONE,
    SIGNED_IN,
    SIGNED_IN_ON_PHONE,
    SOMEBODY_ELSE,
    changed,
    dropped,
    entered,
    new_widget,
    started,
    token_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("one_seat")]

NOTHING = Entered(Offer.NEW_CHAT)


# Who is signed in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visitor", [ANONYMOUS, SOMEBODY_ELSE], ids=["nobody", "somebody else"])
@pytest.mark.parametrize("sign_in", [SignIn.OPTIONAL, SignIn.REQUIRED])
def test_who_was_signed_in_comes_back_only_as_the_same_customer(
    widget: ChatWidget, anna: Agent, visitor: Visitor, sign_in: SignIn
) -> None:
    widget = changed(widget, sign_in=sign_in, audience="shop")
    chat = started(widget, SIGNED_IN)
    link = token_of(reconnect_address(chat, by=anna, now=STARTED))
    dropped(chat)
    assert entered(widget, visitor, remembered=chat) == NOTHING
    assert entered(widget, visitor, link=link) == replace(NOTHING, why=Why.LINK)
    assert continue_(widget, visitor, chat.public_id, now=GONE) == NOTHING
    assert fresh(chat).state == SessionState.DISCONNECTED


def test_where_sign_in_is_required_nobody_comes_back_into_an_anonymous_chat(
    widget: ChatWidget, chat: LiveSession
) -> None:
    dropped(chat)
    widget = changed(widget, sign_in=SignIn.REQUIRED, audience="shop")
    assert entered(widget, SIGNED_IN, remembered=chat) == NOTHING


def test_the_prompt_offers_what_can_be_come_back_to_newest_first(widget: ChatWidget) -> None:
    one, other, over = (started(widget, SIGNED_IN) for _ in range(3))
    started(widget, SOMEBODY_ELSE)
    started(changed(new_widget(name="Other")), SIGNED_IN)
    end(over.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    found = entered(widget, SIGNED_IN_ON_PHONE, now=STARTED + MINUTE)
    assert found == Entered(Offer.PROMPT, choices=(other, one))


def test_the_prompt_goes_before_the_end_of_what_the_browser_remembers(widget: ChatWidget, chat: LiveSession) -> None:
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)
    newer = started(widget, SIGNED_IN_ON_PHONE, now=GONE)
    assert entered(widget, SIGNED_IN, remembered=chat).choices == (newer,)


def test_a_choice_that_is_over_meanwhile_is_answered_as_such(widget: ChatWidget) -> None:
    chat = dropped(started(widget, SIGNED_IN))
    assert continue_(widget, SIGNED_IN_ON_PHONE, chat.public_id, now=OVER_AT) == Entered(Offer.NEW_CHAT, why=Why.OVER)
    widget = changed(widget, redirect_url="https://shop.example/sorry")
    assert continue_(widget, SIGNED_IN_ON_PHONE, chat.public_id, now=OVER_AT).offer is Offer.REDIRECT


def test_the_access_that_is_left_is_for_browsers_that_were_in(widget: ChatWidget) -> None:
    full_then_limited()
    chat = started(widget, SIGNED_IN)
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)
    assert continue_(widget, SIGNED_IN, chat.public_id, now=GONE).session == chat
    assert continue_(widget, SIGNED_IN_ON_PHONE, chat.public_id, now=GONE).session is None


def test_a_subject_counts_at_its_own_widget_only(widget: ChatWidget) -> None:
    chat = dropped(started(widget, SIGNED_IN))
    other = new_widget(name="Other")
    assert entered(other, SIGNED_IN) == NOTHING
    assert continue_(other, SIGNED_IN, chat.public_id, now=GONE) == NOTHING


# Two browsers ------------------------------------------------------------------------------------------------------


def test_a_second_browser_takes_over_and_the_first_takes_it_back(
    widget: ChatWidget, chat: LiveSession, anna: Agent
) -> None:
    link = token_of(reconnect_address(chat, by=anna, now=STARTED))
    entered(widget, Visitor(PHONE), link=link, now=STARTED + MINUTE)
    entered(widget, Visitor(PHONE), link=link, now=STARTED + MINUTE)
    assert kinds(chat)[-1:] == ["device_switched"] and kinds(chat).count("device_switched") == 1
    assert chat.timeline.latest("number").payload == {"browser": "Safari"}
    assert fresh(chat).current_device == Device.objects.get(user_agent="Safari")
    assert take_back(chat.pk, HOME, now=STARTED + 2 * MINUTE)
    assert take_back(chat.pk, HOME, now=STARTED + 2 * MINUTE)
    assert fresh(chat).current_device == Device.objects.get(user_agent="Firefox")
    assert kinds(chat).count("device_switched") == 2


def test_a_reload_of_the_first_browser_does_not_take_it_back_unless_the_customer_has_left_the_second(
    widget: ChatWidget, chat: LiveSession, anna: Agent
) -> None:
    link = token_of(reconnect_address(chat, by=anna, now=STARTED))
    entered(widget, Visitor(PHONE), link=link, now=STARTED + MINUTE)
    assert entered(widget, remembered=chat, now=STARTED + MINUTE).offer is Offer.ROOM
    assert fresh(chat).current_device == Device.objects.get(user_agent="Safari"), "it shows that it goes on elsewhere"
    dropped(chat)
    assert entered(widget, remembered=chat, now=GONE).offer is Offer.ROOM
    assert fresh(chat).current_device == Device.objects.get(user_agent="Firefox")


def test_nobody_takes_back_what_they_were_not_in_or_what_is_over(
    widget: ChatWidget, chat: LiveSession, session: LiveSession
) -> None:
    dropped(chat)
    assert not take_back(chat.pk, PHONE, now=GONE)
    assert not take_back(session.pk, HOME, now=GONE)
    assert fresh(chat).state == SessionState.DISCONNECTED
    assert take_back(chat.pk, HOME, now=GONE)
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)
    assert not take_back(chat.pk, HOME, now=GONE)


def test_a_reload_in_the_same_browser_is_no_switch(widget: ChatWidget, chat: LiveSession) -> None:
    for _ in range(3):
        assert entered(widget, remembered=chat, now=STARTED + MINUTE).offer is Offer.ROOM
    assert kinds(chat) == ["queued", "assigned"] and Device.objects.count() == 1
