"""Who gets into a room: its agent, and the customer who came by a link; nobody else finds anything."""

import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from sessions_app import links
from sessions_app.models import AccessLink, Agent, Customer, LiveSession
from sessions_app.rooms.browsers import SEAT as COOKIE
from tests.cast import AS_SCRIPT, address, browser_of, come_in, fresh, kinds, message, new_session
from tests.moments import STARTED

READS = [(), ("updates",), ("earlier",)]
BOTH_WRITE = [("message",), ("file",), ("end",)]
AGENT_WRITES = [*BOTH_WRITE, ("keep-open",), ("link",)]
A_FILE = ("files", "01900000-0000-7000-8000-000000000000")


def shown(answer: HttpResponse, name: str) -> str:
    """What a page says, without what differs by itself: its form's token, and the name that it was asked by."""
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', "", answer.content.decode()).replace(name, "")


def ask_everything(browser: Client, session: LiveSession, side: str) -> dict[tuple[str, ...], int]:
    """The status of every address of a side's room."""
    writes = AGENT_WRITES if side == "agent" else BOTH_WRITE
    answers = {rest: browser.get(address(session, side, *rest)) for rest in [*READS, A_FILE]}
    answers |= {rest: browser.post(address(session, side, *rest), message()) for rest in writes}
    return {rest: answer.status_code for rest, answer in answers.items()}


def test_a_colleague_finds_nothing(session: LiveSession, ben: Agent) -> None:
    assert set(ask_everything(browser_of(ben), session, "agent").values()) == {404}
    assert kinds(session) == ["started"]


def test_a_user_who_is_no_agent_is_told_so(session: LiveSession, stranger: User) -> None:
    browser = Client()
    browser.force_login(stranger)
    assert set(ask_everything(browser, session, "agent").values()) == {403}


def test_without_signing_in_there_is_only_the_sign_in_page(session: LiveSession) -> None:
    assert set(ask_everything(Client(), session, "agent").values()) == {302}
    assert "/sign-in/" in Client().get(address(session, "agent")).headers["Location"]
    assert kinds(session) == ["started"]


def test_without_a_link_no_customer_gets_in(session: LiveSession) -> None:
    assert set(ask_everything(Client(), session, "customer").values()) == {403}
    assert kinds(session) == ["started"]


def test_an_agent_has_no_seat_on_the_customers_side(session: LiveSession, anna: Agent) -> None:
    assert set(ask_everything(browser_of(anna), session, "customer").values()) == {403}


def test_the_customer_of_another_session_does_not_get_in(session: LiveSession, anna: Agent, dan: Customer) -> None:
    dans_browser = come_in(new_session(anna, dan))
    assert set(ask_everything(dans_browser, session, "customer").values()) == {403}


def test_a_forged_cookie_opens_nothing(session: LiveSession) -> None:
    come_in(session)
    browser = Client()
    browser.cookies[COOKIE] = str(AccessLink.objects.get().pk)
    assert browser.get(address(session, "customer")).status_code == 403


def test_a_room_that_does_not_exist_looks_like_one_that_is_not_open_to_you(session: LiveSession, anna: Agent) -> None:
    nowhere = LiveSession(public_id="01900000-0000-7000-8000-000000000000")
    answers = [shown(Client().get(address(one, "customer")), str(one.public_id)) for one in (nowhere, session)]
    assert answers[0] == answers[1]
    assert browser_of(anna).get(address(nowhere, "agent")).status_code == 404


def test_a_customer_who_came_by_a_link_is_in_the_room(session: LiveSession) -> None:
    browser = come_in(session)
    assert browser.get(address(session, "customer")).status_code == 200
    assert kinds(session) == ["started", "joined"]
    assert fresh(session).joined_at is not None
    assert AccessLink.objects.get().used_at is not None


def test_joining_is_recorded_once_and_then_further_devices_are(session: LiveSession) -> None:
    come_in(session)
    come_in(session)
    assert kinds(session) == ["started", "joined", "device_added"]


def test_looking_at_a_link_changes_nothing(session: LiveSession) -> None:
    path = urlsplit(links.mint(session, by=None, now=STARTED)).path
    browser = Client()
    assert browser.get(path).status_code == browser.head(path).status_code == 200
    assert kinds(session) == ["started"]
    assert AccessLink.objects.get().used_at is None
    assert COOKIE not in browser.cookies


def test_a_wrong_and_a_revoked_link_answer_alike(session: LiveSession) -> None:
    path = urlsplit(links.mint(session, by=None, now=STARTED)).path
    AccessLink.objects.update(revoked_at=STARTED)
    for ask in (Client().get, Client().post):
        revoked, wrong = ask(path), ask("/join/wrong/")
        assert shown(revoked, path) == shown(wrong, "/join/wrong/")
        assert revoked.status_code == wrong.status_code == 404


def test_revoking_the_link_takes_the_seat_away(session: LiveSession) -> None:
    browser = come_in(session)
    AccessLink.objects.update(revoked_at=STARTED)
    assert set(ask_everything(browser, session, "customer").values()) == {403}


def test_the_seat_is_for_this_room_only_and_out_of_reach_of_scripts(session: LiveSession) -> None:
    cookie = come_in(session).cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (address(session, "customer"), True, "Lax")


@pytest.mark.parametrize(("side", "writes"), [("agent", AGENT_WRITES), ("customer", BOTH_WRITE)])
def test_a_get_never_changes_anything(session: LiveSession, anna: Agent, side: str, writes: list[tuple[str]]) -> None:
    browser = browser_of(anna) if side == "agent" else come_in(session)
    before = kinds(session)
    assert {browser.get(address(session, side, *rest)).status_code for rest in writes} == {405}
    assert browser_of(anna).get("/sessions/start/").headers["Location"] == "/"
    assert browser_of(anna).get("/activity/").status_code == 405
    assert kinds(session) == before


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_another_site_cannot_write_in_somebodys_name(session: LiveSession, anna: Agent, side: str) -> None:
    browser = browser_of(anna) if side == "agent" else come_in(session)
    browser.handler.enforce_csrf_checks = True
    before = kinds(session)
    assert browser.post(address(session, side, "message"), message(), **AS_SCRIPT).status_code == 403
    assert browser.post(address(session, side, "end")).status_code == 403
    assert kinds(session) == before


def test_pages_of_a_room_are_not_kept_by_browsers(session: LiveSession, anna: Agent) -> None:
    for browser, side in ((browser_of(anna), "agent"), (come_in(session), "customer")):
        assert "no-store" in browser.get(address(session, side)).headers["Cache-Control"]
