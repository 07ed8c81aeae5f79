"""What agents do about a customer who is away: close, and neither transfer nor take over (rules.md 5)."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from policies_app.kinds import SessionState
from sessions_app.models import AccessLink, Agent, LiveSession
from sessions_app.seats import used_by
from tests.cast import AS_SCRIPT, address, available, browser_of, fresh, kinds
from tests.widget.agents.pages import drops, in_room, listed, said, state
from tests.widget.portal import GONE, HELD_UNTIL

pytestmark = pytest.mark.django_db(transaction=True)


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
