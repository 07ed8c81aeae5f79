"""The customer's room: what is asked of them, their place in the queue, what they can do and until when."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from policies_app.kinds import AccessSetting, Assignment, EndReason
from policies_app.models import Workstream
from policies_app.snapshot import EndPolicy
from sessions_app.actions import send_message
from sessions_app.assigning import pick, transfer_to_agent
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.rooms.afterwards import afterwards
from sessions_app.rooms.forms import new_key
from sessions_app.selectors import wrote_last
from sessions_app.transitions import end
from sessions_app.waiting import Waiting, waiting
from tests.cast import (
    AS_SCRIPT,
    CUSTOMER,
    address,
    author,
    available,
    come_in,
    fresh,
    full_then_limited,
    new_customer,
)
from tests.cast import waiting as new_waiting
from tests.moments import DAY, MINUTE, STARTED


def page(browser: Client, session: LiveSession) -> str:
    return browser.get(address(session, "customer")).content.decode()


def state(browser: Client, session: LiveSession) -> Any:
    return browser.get(address(session, "customer", "updates"), {"after": 0}, **AS_SCRIPT).json()


# The queue -------------------------------------------------------------------------------------------------------


@pytest.fixture
def queued(db: None) -> list[LiveSession]:
    """Three customers who wait to be picked, first come first."""
    first = new_waiting(new_customer("First"), now=STARTED)
    Workstream.objects.update(assignment=Assignment.PICK)
    others = [new_waiting(new_customer(f"Nr{one}"), now=STARTED + one * MINUTE) for one in (1, 2)]
    return [first, *others]


def test_customers_who_wait_see_their_place(queued: list[LiveSession]) -> None:
    shown = [page(come_in(session), session) for session in queued]
    assert "You are next." in shown[0]
    assert "You are number 2 in the queue." in shown[1] and "You are number 3 in the queue." in shown[2]
    assert all("You are in the queue" in one and "Leave the queue?" in one for one in shown)


def test_an_estimate_comes_from_the_pace_of_the_last_hour(queued: list[LiveSession], anna: Agent) -> None:
    now = STARTED + 30 * MINUTE
    assert waiting(queued[2], now) == Waiting(3, None), "nothing to go by"
    for one in range(4):
        past = new_waiting(new_customer(f"Past{one}"), now=STARTED - MINUTE)
        pick(past.pk, anna, now=now - (12 - 3 * one) * MINUTE)
    assert waiting(queued[2], now) == Waiting(3, 10)
    assert waiting(queued[2], now + timedelta(hours=2)) == Waiting(3, None), "too long ago"


def test_who_waits_hears_of_the_queue_and_nobody_else(queued: list[LiveSession], anna: Agent) -> None:
    first, browser = queued[0], come_in(queued[0])
    topic = f"queue:{first.workstream_id}"
    assert topic in state(browser, first)["topics"]
    pick(first.pk, anna, now=STARTED)
    found = state(browser, first)
    assert topic not in found["topics"]
    assert "Anna" in found["parts"]["who"] and "End this conversation?" in found["parts"]["end-words"]


def test_leaving_the_queue_ends_the_session_as_abandoned(queued: list[LiveSession]) -> None:
    browser = come_in(queued[1])
    assert browser.post(address(queued[1], "customer", "end")).status_code == 302
    assert fresh(queued[1]).end_reason == EndReason.ABANDONED
    assert waiting(fresh(queued[2]), STARTED + 5 * MINUTE) == Waiting(2, None)
    assert browser.get(address(queued[1], "customer")).status_code == 200, "without an agent's name"


def test_who_waits_can_already_write(queued: list[LiveSession]) -> None:
    assert state(come_in(queued[0]), queued[0])["chat"] is True


# The agent -------------------------------------------------------------------------------------------------------


def test_a_transfer_shows_the_new_agent_and_not_the_note(session: LiveSession, anna: Agent, ben: Agent) -> None:
    Workstream.objects.update(answer_within=None)
    browser = come_in(session)
    transfer_to_agent(session.pk, anna, available(ben), "Be careful with her", now=STARTED)
    found = state(browser, session)
    assert "Ben" in found["parts"]["who"]
    assert "Be careful" not in str(found) + page(browser, session)


def test_whose_turn_it_is(session: LiveSession, anna: Agent) -> None:
    browser = come_in(session)
    assert wrote_last(session) == "" and 'data-turn="nobody"' in page(browser, session)
    send_message(session.pk, CUSTOMER, "Hello", key=new_key(), now=STARTED)
    assert 'data-turn="customer"' in page(browser, session)
    send_message(session.pk, author(anna), "Hello!", key=new_key(), now=STARTED)
    assert 'data-turn="agent"' in page(browser, session)
    assert wrote_last(session) == Actor.AGENT


# What one can do -------------------------------------------------------------------------------------------------


LONG = {"access_for": DAY}


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({}, "When the session ends, it closes here"),
        ({"access": AccessSetting.LIMITED, **LONG}, "you can read and download for 1 day."),
        ({"access": AccessSetting.FULL_UNLIMITED, "chat": True}, "you can go on reading and writing."),
        ({"access": AccessSetting.FULL_UNLIMITED}, "you can go on reading and downloading."),
        ({"access": AccessSetting.FULL_RESTRICTED, "attachments": True, **LONG}, "adding files for 1 day."),
        (
            {"access": AccessSetting.FULL_RESTRICTED, "chat": True, "then_limited_for": 2 * DAY, **LONG},
            "reading and writing for 1 day. From then on you can read and download for another 2 days.",
        ),
    ],
)
def test_what_comes_after_the_end_in_words(policy: dict[str, object], said: str) -> None:
    assert said in afterwards(EndPolicy(**policy))


def test_what_one_can_do_is_always_to_be_found(session: LiveSession) -> None:
    full_then_limited(attachments=False)
    browser = come_in(session)
    shown = page(browser, session)
    assert "As long as the session is open." in shown and "reading and writing for 1 day" in shown


def test_after_the_end_it_says_until_when(session: LiveSession) -> None:
    full_then_limited(attachments=False, access=AccessSetting.FULL_UNLIMITED, access_for=None, then_limited_for=None)
    browser = come_in(session)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    about = str(state(browser, session)["parts"])
    assert "Add files: no longer" in about and "There is no limit of time." in about


# The icon --------------------------------------------------------------------------------------------------------


def test_the_manifest_opens_the_room_and_tells_nothing(session: LiveSession, carla: Customer) -> None:
    nowhere = "/c/01900000-0000-7000-8000-000000000000/"
    here = address(session, "customer")
    mine, other = (Client().get(f"{path}manifest.webmanifest") for path in (here, nowhere))
    assert mine.json()["start_url"] == mine.json()["scope"] == here
    assert mine.content.decode().replace(here, "") == other.content.decode().replace(nowhere, "")
    assert mine.headers["Content-Type"] == "application/manifest+json"
