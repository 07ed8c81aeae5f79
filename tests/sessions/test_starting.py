"""Starting a session: it takes a seat, or is prepared; and the same customer again (issue 4, point 8)."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from policies_app.kinds import ReturningCustomer
from policies_app.models import Workstream
from sessions_app.models import Agent, Customer, LiveSession
from tests.cast import address, browser_of, general, new_session, waiting

START = "/sessions/start/"
CARLA = {"name": "Carla", "email": "carla@example.com"}


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The letters that were ordered."""
    letters: list[tuple[Any, ...]] = []
    monkeypatch.setattr("sessions_app.starting.order_letter", lambda *given: letters.append(given))
    return letters


def setting(value: ReturningCustomer) -> None:
    Workstream.objects.filter(pk=general().pk).update(returning_customer=value)


# A seat, or none -------------------------------------------------------------------------------------------------


def test_without_a_free_seat_nothing_is_started_and_everything_typed_stays(
    annas: Client, anna: Agent, dan: Customer
) -> None:
    Agent.objects.update(capacity=1)
    new_session(anna, dan)
    answer = annas.post(START, CARLA)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Anna holds 1 of 1 sessions" in page and CARLA["email"] in page
    assert LiveSession.objects.count() == 1 and not Customer.objects.filter(name="Carla").exists()


def test_a_double_click_on_the_last_seat_starts_one(annas: Client, anna: Agent) -> None:
    Agent.objects.update(capacity=1)
    posted = CARLA | {"key": str(uuid4())}
    first, second = (annas.post(START, posted) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert LiveSession.objects.count() == 1


def test_a_prepared_session_takes_no_seat_and_invites_nobody(
    annas: Client, anna: Agent, dan: Customer, ordered: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    Agent.objects.update(capacity=1)
    new_session(anna, dan)
    with django_capture_on_commit_callbacks(execute=True):
        assert annas.post(START, CARLA | {"prepare": "1"}).status_code == 302
    session = LiveSession.objects.get(customer__name="Carla")
    assert session.is_prepared and ordered == []
    assert "not invited yet" in annas.get("/sessions/").json()["lists"]


# How to invite -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("invite", "ways"),
    [("", None), ("either", None), ("sms", ("sms",)), ("both", ("email", "sms")), ("none", ())],
)
def test_the_letter_goes_the_way_that_was_chosen(
    annas: Client, ordered: list[Any], django_capture_on_commit_callbacks: Any, invite: str, ways: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        annas.post(START, CARLA | {"phone": "0043 1 23456", "invite": invite})
    session = LiveSession.objects.get()
    assert ordered == [(session.pk, "invitation", ways)]
    assert session.customer.phone == "+43123456"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"name": "C", "email": "c@example.com", "invite": "sms"}, "Enter a phone number to invite by SMS."),
        ({"name": "C", "email": "c@example.com", "invite": "both"}, "Enter a phone number to invite by SMS."),
        ({"name": "C", "phone": "+43 1 234", "invite": "both"}, "Enter an e-mail address to invite by e-mail."),
        ({"name": "C", "phone": "call me"}, "Enter a phone number with digits only"),
        ({"name": "C", "phone": "+43 1 234", "invite": "pigeon"}, "Select a valid choice."),
    ],
)
def test_what_is_missing_for_it_is_said(annas: Client, posted: dict[str, str], said: str) -> None:
    answer = annas.post(START, posted)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not LiveSession.objects.exists()


def test_without_a_gateway_sms_is_not_offered(annas: Client, settings: Any) -> None:
    settings.SMS_URL = ""
    assert "SMS" not in annas.get("/").content.decode()
    assert annas.post(START, CARLA | {"phone": "+43 1 234", "invite": "sms"}).status_code == 422


# The same customer again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again", [{"name": "C. Diaz", "email": "CARLA@Example.com"}, {"name": "Carla", "phone": "00431 234567"}]
)
def test_the_agent_is_asked_and_told_what_is_known(annas: Client, anna: Agent, again: dict[str, str]) -> None:
    known = Customer.objects.create(name="Carla", email="carla@example.com", phone="+431234567")
    session = new_session(anna, known)
    answer = annas.post(START, again)
    page = answer.content.decode()
    assert answer.status_code == 422 and "has an open session already" in page
    assert address(session, "agent") in page and "With Anna" in page
    assert LiveSession.objects.count() == 1


def test_who_was_asked_can_start_another(annas: Client, session: LiveSession) -> None:
    posted = CARLA | {"key": str(uuid4()), "known": str(session.pk)}
    assert annas.post(START, posted).headers["Location"] != address(session, "agent")
    assert LiveSession.objects.count() == 2


def test_a_double_click_on_start_another_starts_one(annas: Client, session: LiveSession) -> None:
    posted = CARLA | {"key": str(uuid4()), "known": str(session.pk)}
    first, second = (annas.post(START, posted).headers["Location"] for _ in range(2))
    assert first == second and LiveSession.objects.count() == 2


def test_who_was_asked_about_one_is_asked_about_the_next(annas: Client, anna: Agent, session: LiveSession) -> None:
    new_session(anna, session.customer)
    page = annas.post(START, CARLA | {"known": str(session.pk)}).content.decode()
    assert "2 open sessions" in page


def test_by_setting_the_previous_session_is_continued(annas: Client, session: LiveSession) -> None:
    setting(ReturningCustomer.CONTINUE)
    assert annas.post(START, CARLA).headers["Location"] == address(session, "agent")
    assert LiveSession.objects.count() == 1


def test_by_setting_another_one_is_started(annas: Client, session: LiveSession) -> None:
    setting(ReturningCustomer.NEW)
    assert annas.post(START, CARLA).status_code == 302
    assert LiveSession.objects.count() == 2


def test_a_session_of_a_colleague_is_told_but_not_opened(annas: Client, ben: Agent, carla: Customer) -> None:
    setting(ReturningCustomer.CONTINUE)
    bens = new_session(ben, carla)
    page = annas.post(START, CARLA).content.decode()
    assert "With Ben" in page and "Only its agent can open it." in page and address(bens, "agent") not in page


def test_who_waits_in_the_queue_can_be_opened(annas: Client, carla: Customer) -> None:
    setting(ReturningCustomer.CONTINUE)
    session = waiting(carla)
    assert annas.post(START, CARLA).headers["Location"] == address(session, "agent")


def test_sessions_elsewhere_do_not_matter(annas: Client, ben: Agent, carla: Customer) -> None:
    elsewhere = Workstream.objects.create(name="Loans")
    new_session(ben, carla, elsewhere)
    assert annas.post(START, CARLA).status_code == 302


def test_people_without_an_address_are_not_taken_for_each_other(annas: Client, anna: Agent) -> None:
    new_session(anna, Customer.objects.create(name="Phil", phone="+431"))
    assert annas.post(START, CARLA).status_code == 302


@pytest.mark.parametrize("known", ["x", "1 2 x", "\u0663", "-1"])
def test_what_a_browser_says_that_it_knows_may_be_anything(annas: Client, session: LiveSession, known: str) -> None:
    assert annas.post(START, CARLA | {"known": known}).status_code in (302, 422)
