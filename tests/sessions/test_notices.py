"""The pages of a session say what administrators wrote, in the viewer's language, and Parley's own words otherwise."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import TimeMachineFixture

from policies_app.kinds import EndReason
from policies_app.models import Notices, Workstream
from policies_app.notice_texts import preferred_languages, texts, tried
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import end
from tests.cast import (
    AS_SCRIPT,
    address,
    browser_of,
    come_in,
    fresh,
    full_then_limited,
    general,
    new_session,
    set_policy,
)
from tests.moments import DAY, ENDED, MINUTE

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}
FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}
PORTAL = "https://portal.example.com/bye?why={reason}"


@pytest.fixture(autouse=True)
def _now(time_machine: TimeMachineFixture) -> None:
    """A minute after the end of what ends in these tests."""
    time_machine.move_to(ENDED + MINUTE, tick=False)


def write(language: str, workstream: Workstream | None = None, **own: str) -> None:
    Notices.objects.create(language=language, workstream=workstream, **own)


def ended(session: LiveSession) -> LiveSession:
    """The session, ended by its agent."""
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=session.agent, now=ENDED)
    return fresh(session)


def page(browser: Client, path: str, **asking: Any) -> str:
    return browser.get(path, **asking).content.decode()


# Which text holds ------------------------------------------------------------------------------------------------

HEADERS = [
    ("", ()),
    ("de", ("de",)),
    ("de-AT,de;q=0.9,en;q=0.5", ("de-at", "de", "en")),
    ("en;q=0.5, fr", ("fr", "en")),
    ("*", ()),
    ("fr;q=0, de", ("de",)),
    ("<script>", ()),
    (",".join(f"x{letter}" for letter in "abcdefghijklm"), tuple(f"x{letter}" for letter in "abcdefghij")),
]


@pytest.mark.parametrize(("header", "languages"), HEADERS)
def test_the_languages_of_a_browser(header: str, languages: tuple[str, ...]) -> None:
    assert preferred_languages(header) == languages


def test_related_languages_are_tried_after_what_was_asked_for_and_that_of_the_system_last() -> None:
    assert tried(["de-at", "fr"]) == ["de-at", "de", "fr", "en"]
    assert tried(["zh-tw"]) == ["zh-tw", "zh-hant", "zh", "en"]


# The rows there are, each with what it says; the languages of the viewer; what they read.
SYSTEM, OWN = "", "own"
HOLDS = [
    ([], ["de"], "Die Sitzung ist beendet.", "de"),
    ([(SYSTEM, "de")], ["de"], "system de", "de"),
    ([(SYSTEM, "de")], ["de-at"], "system de", "de"),
    ([(SYSTEM, "de"), (SYSTEM, "de-at")], ["de-at"], "system de-at", "de-at"),
    ([(SYSTEM, "de"), (OWN, "de")], ["de"], "own de", "de"),
    ([(SYSTEM, "de"), (OWN, "en")], ["de", "en"], "system de", "de"),
    ([(SYSTEM, "de"), (OWN, "fr")], ["fr", "de"], "own fr", "fr"),
    ([(SYSTEM, "de")], ["fr"], "La session est terminée.", "fr"),
    ([(SYSTEM, "en")], ["fr"], "system en", "en"),
    ([(SYSTEM, "en"), (OWN, "en")], ["fr"], "own en", "en"),
    ([("other", "de")], ["de-at"], "Die Sitzung ist beendet.", "de"),
    ([], ["pl"], "The session has ended.", "en"),
]


@pytest.mark.parametrize(("rows", "languages", "text", "language"), HOLDS)
def test_which_text_holds(
    db: None, rows: list[tuple[str, str]], languages: list[str], text: str, language: str
) -> None:
    workstreams = {"own": general(), "other": Workstream.objects.create(name="Other")}
    for whose, written_in in rows:
        said = f"{whose or 'system'} {written_in}"
        write(written_in, workstreams.get(whose), end_customer=said)
    found = texts(general().pk, languages, ["end_customer"])["end_customer"]
    assert (found.text, found.language) == (text, language)


def test_a_text_after_the_end_serves_until_there_is_one_for_the_moment(db: None) -> None:
    write("de", general(), end_customer="Ende")
    assert texts(general().pk, ["de"], ["limited_customer"])["limited_customer"].text == "Ende"
    write("de", limited_customer="Nur noch lesen")
    assert texts(general().pk, ["de"], ["limited_customer"])["limited_customer"].text == "Nur noch lesen"


def test_an_empty_text_is_inherited(db: None) -> None:
    write("de", general(), end_agent="Beendet")
    write("de", end_customer="Danke")
    assert texts(general().pk, ["de"], ["end_customer"])["end_customer"].text == "Danke"


# In the room -----------------------------------------------------------------------------------------------------


def test_both_sides_read_their_workstreams_german_and_others_the_system_wide_text(
    anna: Agent, session: LiveSession
) -> None:
    full_then_limited()
    write("de", general(), end_agent="Fertig: {customer}", end_customer="Danke, {customer}!")
    write("en", end_agent="Done: {customer}", end_customer="Thanks, {customer}!")
    ended(session)
    agent, customer = browser_of(anna), come_in(session)
    for browser, side, german, english in (
        (agent, "agent", "Fertig: <bdi>Carla</bdi>", "Done: <bdi>Carla</bdi>"),
        (customer, "customer", "Danke, <bdi>Carla</bdi>!", "Thanks, <bdi>Carla</bdi>!"),
    ):
        assert f'lang="de" dir="ltr">{german}</span>' in page(browser, address(session, side), **GERMAN)
        assert f'lang="en" dir="ltr">{english}</span>' in page(browser, address(session, side), **FRENCH)
        updates = browser.get(address(session, side, "updates"), **GERMAN, **AS_SCRIPT)
        assert german in updates.json()["status"]


def test_another_workstreams_text_is_not_shown(anna: Agent, carla: Customer) -> None:
    set_policy(access="full_unlimited")
    loans = Workstream.objects.create(name="Loans")
    write("de", loans, end_customer="Kredit beendet")
    general_session, loan = new_session(anna, carla), new_session(anna, carla, loans)
    said = {
        one.pk: "Kredit beendet" in page(come_in(ended(one)), address(one, "customer"), **GERMAN)
        for one in (general_session, loan)
    }
    assert said == {general_session.pk: False, loan.pk: True}


def test_the_facts_stand_beside_the_text_whatever_it_says(anna: Agent, session: LiveSession) -> None:
    set_policy(access="full_unlimited", chat=True)
    write("de", end_agent="Fertig.", end_customer="Danke.")
    ended(session)
    assert "The customer has full access and can still write" in page(
        browser_of(anna), address(session, "agent"), **GERMAN
    )
    shown = page(come_in(session), address(session, "customer"), **GERMAN)
    assert "Sie können weiterhin alles lesen und schreiben." in shown


def test_what_administrators_write_is_text_and_never_markup(session: LiveSession) -> None:
    set_policy(access="full_unlimited")
    write("en", end_customer="<script>alert(1)</script>\n{customer}")
    Customer.objects.update(name="<img src=x>")
    shown = page(come_in(ended(session)), address(session, "customer"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br><bdi>&lt;img src=x&gt;</bdi>" in shown
    assert "<script>alert" not in shown and "<img src=x>" not in shown


def test_a_text_from_right_to_left_says_so(session: LiveSession) -> None:
    set_policy(access="full_unlimited")
    write("ar", end_customer="انتهت الجلسة")
    shown = page(come_in(ended(session)), address(session, "customer"), HTTP_ACCEPT_LANGUAGE="ar-EG")
    assert '<span class="notice" lang="ar" dir="rtl">انتهت الجلسة</span>' in shown


PARLEYS_OWN = [
    (
        "agent",
        MINUTE,
        "Ended by the agent, T. The customer has full access until T and can still write; you can answer.",
    ),
    ("agent", DAY, "Ended by the agent, T. The customer can read and download until T."),
    ("agent", 2 * DAY, "Ended by the agent, T. The customer has no access any more."),
    (
        "customer",
        MINUTE,
        "You can still read everything, write and add files until T. After that you can read and download until T.",
    ),
    (
        "customer",
        DAY,
        "The session has ended. You can read this conversation and download its files until T.",
    ),
]


@pytest.mark.parametrize(("side", "after", "words"), PARLEYS_OWN)
def test_parleys_own_words_after_the_end(
    anna: Agent, session: LiveSession, time_machine: TimeMachineFixture, side: str, after: timedelta, words: str
) -> None:
    full_then_limited()
    customer = come_in(session) if side == "customer" else None
    ended(session)
    time_machine.move_to(ENDED + after, tick=False)
    browser = customer or browser_of(anna)  # an agent signs in every day
    assert words in spoken(browser.get(address(session, side, "updates"), **AS_SCRIPT).json()["status"])


def test_parleys_own_words_before_the_session_closes(anna: Agent, session: LiveSession) -> None:
    LiveSession.objects.update(warned_at=ENDED, next_due_at=ENDED + 2 * MINUTE, next_due_kind="end_inactive")
    agent = page(browser_of(anna), address(session, "agent"))
    assert "You have been inactive. This session closes in T, at T." in spoken(agent)
    customer = page(come_in(session), address(session, "customer"))
    assert "Anna has been away for a while. This session closes in T, at T unless they come back." in spoken(customer)


def test_the_closing_page_says_its_text(anna: Agent, session: LiveSession) -> None:
    set_policy()
    ended(session)
    path = address(session, "customer")
    own = "Your conversation with Anna ended T, and its content can no longer be opened here."
    assert own in spoken(page(come_in(session), path))
    write("de", over_customer="Ihr Gespräch mit {agent} ist vorbei.")
    assert "Ihr Gespräch mit Anna ist vorbei." in spoken(page(come_in(session), path, **GERMAN))


def test_the_welcome_page_says_what_ended_and_why(anna: Agent, session: LiveSession) -> None:
    path = f"/?ended={session.public_id}"
    assert "ended-note" not in page(browser_of(anna), path)
    ended(session)
    own = "Your session with Carla is over. Ended by the agent, T."
    assert own in spoken(page(browser_of(anna), path))
    write("de", redirect_agent="{customer} ist fertig.")
    assert "Carla ist fertig." in spoken(page(browser_of(anna), path, **GERMAN))


# Where the customer is sent --------------------------------------------------------------------------------------


@pytest.mark.parametrize("access", ["full_unlimited", ""])
def test_a_customer_who_comes_back_is_shown_the_way_on(session: LiveSession, access: str) -> None:
    """In the room as well as on the closing page: their browser may have no script, or they came by the link again."""
    set_policy(access=access, redirect_customer=PORTAL)
    shown = page(come_in(ended(session)), address(session, "customer"))
    link = (
        'href="https://portal.example.com/bye?why=ended_by_agent" rel="noreferrer">Continue to portal.example.com</a>'
    )
    assert link in shown
    assert "There is one more page for you." in shown


def test_where_they_are_sent_can_be_said_in_other_words(session: LiveSession) -> None:
    set_policy(access="full_unlimited", redirect_customer=PORTAL)
    write("de", redirect_customer="Weiter geht es auf {host}.")
    shown = page(come_in(ended(session)), address(session, "customer"), **GERMAN)
    assert "Weiter geht es auf <bdi>portal.example.com</bdi>." in shown


def test_nobody_is_sent_on_from_an_open_session_or_without_an_address(anna: Agent, session: LiveSession) -> None:
    set_policy(access="full_unlimited", redirect_customer=PORTAL)
    assert 'data-part="redirect"' not in page(come_in(session), address(session, "customer"))
    ended(session)
    assert 'data-part="redirect"' not in page(browser_of(anna), address(session, "agent"))


# What it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_a_room_asks_once_for_all_its_notices_and_not_before_there_are_any(
    anna: Agent, session: LiveSession, side: str
) -> None:
    set_policy(access="full_unlimited", redirect_customer=PORTAL)
    browser, path = browser_of(anna) if side == "agent" else come_in(session), address(session, side)
    assert asked_for_notices(browser, path) == 0
    ended(session)
    assert asked_for_notices(browser, path) == asked_for_notices(browser, f"{path}updates/") == 1


def asked_for_notices(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path, **GERMAN).status_code == 200
    return sum("policies_app_notices" in query["sql"] for query in asked.captured_queries)


def spoken(html: str) -> str:
    """The words of a page with T for every moment."""
    without_moments = re.sub(r"<time[^>]*>[^<]*</time>", "T", html)
    return " ".join(re.sub(r"<[^>]*>", "", without_moments).split())
