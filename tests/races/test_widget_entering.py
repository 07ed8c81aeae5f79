"""Customers of a chat widget who come back, from several places, at the same moment as something else happens."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from policies_app.kinds import EndReason, SessionState
from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning, links
from sessions_app.actions import Refused
from sessions_app.kinds import Actor, LinkOutcome
from sessions_app.models import Agent, Customer, Device, LiveSession
from sessions_app.reconnecting import close
from sessions_app.seats import used_by
from sessions_app.settling import settle_one
from sessions_app.transitions import end
from sessions_app.widget.entering import Asked, Offer, Visitor, continue_, start, take_back
from sessions_app.widget.links import reconnect_address
from tests.cast import available, fresh, general, kinds
from tests.moments import MICROSECOND
from tests.races.together import at_once
from tests.widget.portal import (
    ANONYMOUS,
    GONE,
    HOME,
    OVER_AT,
    PHONE,
    SIGNED_IN,
    SIGNED_IN_ON_PHONE,
    dropped,
    entered,
    new_widget,
    outcomes,
    started,
    token_of,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

TIMES = 5


@pytest.fixture
def widget(anna: Agent) -> ChatWidget:
    Workstream.objects.filter(pk=general().pk).update(answer_within=None)
    Agent.objects.filter(pk=anna.pk).update(capacity=1)
    available(anna)
    return new_widget()


@pytest.fixture
def away(widget: ChatWidget) -> LiveSession:
    """A customer who is signed in dropped out; Anna's only seat is held for them."""
    return dropped(started(widget, SIGNED_IN))


def both(*calls: Callable[[], Any]) -> list[Any]:
    """What two different things that happen at once answer."""
    return at_once(calls)


def numbers_are_gapless(session: LiveSession) -> bool:
    found = list(session.timeline.order_by("number").values_list("number", flat=True))
    return found == list(range(1, len(found) + 1))


def seats_of(agent: Agent) -> int:
    return used_by([agent.pk], GONE)[agent.pk]


def test_two_browsers_that_come_back_at_once_are_one_after_the_other(
    widget: ChatWidget, away: LiveSession, anna: Agent
) -> None:
    home = partial(entered, widget, SIGNED_IN, remembered=away)
    phone = partial(continue_, widget, SIGNED_IN_ON_PHONE, away.public_id, now=GONE)
    found = at_once([home, phone, home, phone])
    assert [one.offer for one in found] == [Offer.ROOM] * 4
    session = fresh(away)
    assert (session.state, seats_of(anna), Device.objects.count()) == (SessionState.ACTIVE, 1, 2)
    assert kinds(away).count("reconnected") == 1
    assert session.current_device in session.devices.all() and numbers_are_gapless(away)


def test_a_return_and_an_end_agree(widget: ChatWidget, anna: Agent) -> None:
    for _ in range(TIMES):
        away = dropped(started(widget, SIGNED_IN))
        ends = partial(end, away.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=GONE)
        found, ended = both(partial(entered, widget, SIGNED_IN, remembered=away), ends)
        assert not ended.is_open and seats_of(anna) == 0
        assert found.offer in (Offer.ROOM, Offer.NEW_CHAT)
        assert ("reconnected" in kinds(away)) == (found.offer is Offer.ROOM)
        assert numbers_are_gapless(away)


def test_a_return_and_a_close_agree(widget: ChatWidget, anna: Agent) -> None:
    def closes(session: LiveSession) -> None:
        with suppress(Refused):  # the customer is back already
            close(session.pk, anna, now=GONE)

    for _ in range(TIMES):
        away = dropped(started(widget, SIGNED_IN))
        found, _closed = both(partial(entered, widget, SIGNED_IN, remembered=away), partial(closes, away))
        assert found.offer is Offer.ROOM
        assert (fresh(away).state, fresh(away).agent, seats_of(anna)) == (SessionState.ACTIVE, anna, 1)
        end(away.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)


def test_a_seat_that_is_given_up_is_not_given_twice(widget: ChatWidget, away: LiveSession, anna: Agent) -> None:
    """Close, the return, and somebody who waits: whoever is second waits."""
    other = assigning.enter_queue(Customer.objects.create(name="E", email="e@x.example"), general().pk, now=GONE)
    close(away.pk, anna, now=GONE)
    at_once(
        [
            partial(entered, widget, SIGNED_IN, remembered=away),
            partial(assigning.assign_everywhere, GONE),
            partial(assigning.assign_everywhere, GONE),
        ]
    )
    assert sorted([fresh(away).state, fresh(other).state]) == [SessionState.ACTIVE, SessionState.QUEUED]
    assert seats_of(anna) == 1


def test_a_return_and_the_time_limit_agree(widget: ChatWidget) -> None:
    for _ in range(TIMES):
        away = dropped(started(widget, SIGNED_IN))
        back = partial(entered, widget, SIGNED_IN, remembered=away, now=OVER_AT - MICROSECOND)
        found, _nothing = both(back, partial(settle_one, away.pk, OVER_AT))
        is_open = fresh(away).is_open
        assert (found.offer is Offer.ROOM) == is_open
        end(away.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=OVER_AT)


def test_a_link_that_is_revoked_meanwhile_lets_nobody_in(widget: ChatWidget, anna: Agent) -> None:
    for _ in range(TIMES):
        away = dropped(started(widget, ANONYMOUS))
        link = token_of(reconnect_address(away, by=anna, now=GONE))
        revoke = partial(links.revoke, away.pk, away.links.get().pk, anna, now=GONE)
        found, _nothing = both(partial(entered, widget, Visitor(PHONE), link=link), revoke)
        came = "reconnected" in kinds(away)
        assert (found.offer is Offer.ROOM) == came
        assert outcomes()[-1] == (LinkOutcome.USED if came else LinkOutcome.REVOKED)
        rows = kinds(away)
        assert not came or rows.index("reconnected") < rows.index("link_revoked")
        end(away.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)


def test_two_browsers_that_take_the_conversation_at_once_end_with_one_of_them(
    widget: ChatWidget, away: LiveSession
) -> None:
    entered(widget, SIGNED_IN, remembered=away)
    continue_(widget, SIGNED_IN_ON_PHONE, away.public_id, now=GONE)
    before = kinds(away).count("device_switched")
    calls = [partial(take_back, away.pk, browser, now=GONE) for browser in (HOME, PHONE) * 3]
    assert at_once(calls) == [True] * 6
    assert kinds(away).count("device_switched") > before and numbers_are_gapless(away)


def starts(widget: ChatWidget, public_id: UUID, instead_of: UUID | None) -> Callable[[], LiveSession]:
    asked = Asked(question="Hello")
    return partial(start, widget, SIGNED_IN, asked, instead_of=instead_of, public_id=public_id, now=GONE)


def test_a_double_click_starts_one_chat_and_ends_the_old_one_once(
    widget: ChatWidget, away: LiveSession, anna: Agent
) -> None:
    public_id = uuid4()
    found = at_once([starts(widget, public_id, away.public_id)] * 4)
    assert {one.public_id for one in found} == {public_id}
    assert (LiveSession.objects.count(), Customer.objects.count()) == (2, 1)
    assert kinds(away).count("ended") == 1 and fresh(away).end_reason == EndReason.SUPERSEDED
    assert kinds(found[0]).count("message") == 1
    assert (fresh(found[0]).agent, seats_of(anna)) == (anna, 1)


def test_a_customer_who_starts_twice_for_the_first_time_is_one_customer(widget: ChatWidget) -> None:
    at_once([starts(widget, uuid4(), None) for _ in range(4)])
    assert (LiveSession.objects.count(), Customer.objects.count()) == (4, 1)


def test_a_return_and_a_new_chat_instead_leave_one_session_open(widget: ChatWidget, anna: Agent) -> None:
    for _ in range(TIMES):
        away = dropped(started(widget, SIGNED_IN))
        new = uuid4()
        back = partial(continue_, widget, SIGNED_IN_ON_PHONE, away.public_id, now=GONE)
        at_once([back, starts(widget, new, away.public_id)])
        assert not fresh(away).is_open
        session = LiveSession.objects.get(public_id=new)
        assert (session.agent, seats_of(anna)) == (anna, 1)
        end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=GONE)
