"""The agent's welcome page: starting a session, what is open, who waits, and activity reported by pages."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from policies_app.kinds import EndReason, ReturningCustomer
from policies_app.models import Workstream
from sessions_app.actions import send_message
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import end
from tests.cast import CUSTOMER, address, browser_of, fresh, full_then_limited, inactive_after, new_session
from tests.moments import STARTED

START = "/sessions/start/"


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sessions for which an invitation was ordered."""
    sessions: list[int] = []
    monkeypatch.setattr("sessions_app.starting.order_letter", lambda session, *how: sessions.append(session))
    return sessions


def test_starting_a_session_leads_into_its_room_and_invites_the_customer(
    annas: Client, anna: Agent, ordered: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = annas.post(START, {"name": "Carla", "email": "carla@example.com"})
    session = LiveSession.objects.get()
    assert (session.agent, session.customer.name, session.customer.email) == (anna, "Carla", "carla@example.com")
    assert answer.headers["Location"] == address(session, "agent")
    assert ordered == [session.pk]


def test_a_double_click_starts_one_session(annas: Client, ordered: list[int]) -> None:
    posted = {"name": "Carla", "email": "carla@example.com", "key": str(uuid4())}
    first, second = (annas.post(START, posted).headers["Location"] for _ in range(2))
    assert first == second
    assert (LiveSession.objects.count(), Customer.objects.count()) == (1, 1)


def test_a_form_used_before_starts_a_session_for_somebody_else(annas: Client, ordered: list[int]) -> None:
    key = str(uuid4())
    for name in ("Carla", "Dan"):
        annas.post(START, {"name": name, "email": f"{name}@example.com", "key": key})
    assert sorted(LiveSession.objects.values_list("customer__name", flat=True)) == ["Carla", "Dan"]


def test_the_key_of_a_colleagues_session_opens_nothing(
    annas: Client, ben: Agent, carla: Customer, ordered: list[int]
) -> None:
    Workstream.objects.update(returning_customer=ReturningCustomer.NEW)
    bens = new_session(ben, carla)
    posted = {"name": carla.name, "email": carla.email, "phone": carla.phone, "key": str(bens.public_id)}
    assert annas.post(START, posted).headers["Location"] != address(bens, "agent")
    assert LiveSession.objects.count() == 2


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"name": "", "email": "carla@example.com"}, "Enter the customer&#x27;s name."),
        ({"name": "Carla <b>"}, "Enter an e-mail address or a phone number."),
        ({"name": "Carla", "email": "carla"}, "Enter a valid email address."),
        ({"name": "C" * 101, "phone": "+43 1 234"}, "100 characters"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(annas: Client, posted: dict[str, str], said: str) -> None:
    answer = annas.post(START, posted)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert all(value.replace("<", "&lt;").replace(">", "&gt;") in page for value in posted.values())
    assert not LiveSession.objects.exists() and not Customer.objects.exists()


def test_it_lists_the_agents_open_sessions_and_no_others(
    annas: Client, anna: Agent, ben: Agent, carla: Customer, dan: Customer
) -> None:
    mine, ended, his = new_session(anna, carla), new_session(anna, carla), new_session(ben, dan)
    end(ended.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    for path in ("/", "/sessions/"):
        page = annas.get(path).content.decode()
        assert [str(one.public_id) in page for one in (mine, ended, his)] == [True, False, False]


def test_it_lists_who_waits_for_an_answer(annas: Client, anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = new_session(anna, carla)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    assert address(session, "agent") not in annas.get("/").content.decode()
    send_message(session.pk, CUSTOMER, "One more thing", key=uuid4(), now=STARTED)
    assert address(session, "agent") in annas.get("/").content.decode()


def test_an_administrator_who_is_no_agent_goes_to_the_settings(admin_user: User) -> None:
    browser = Client()
    browser.force_login(admin_user)
    assert browser.get("/").headers["Location"] == "/admin/"


@pytest.mark.parametrize("path", ["/", "/sessions/", "/mailbox/"])
def test_without_signing_in_there_is_only_the_sign_in_page(db: None, path: str) -> None:
    assert Client().get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_input_reported_by_a_page_starts_the_clock_afresh(annas: Client, session: LiveSession) -> None:
    assert annas.post("/activity/", {"session": str(session.public_id)}).status_code == 204
    assert fresh(session).last_agent_activity_at > STARTED


@pytest.mark.parametrize("where", ["", "x", "01900000-0000-7000-8000-000000000000"])
def test_input_somewhere_else_counts_as_elsewhere(annas: Client, anna: Agent, carla: Customer, where: str) -> None:
    inactive_after(30 * 24 * 60, now=STARTED, activity_counts="session")
    session = new_session(anna, carla)
    assert annas.post("/activity/", {"session": where}).status_code == 204
    assert fresh(session).last_agent_activity_at == STARTED


def test_input_in_a_colleagues_session_is_not_taken_for_it(ben: Agent, session: LiveSession) -> None:
    browser_of(ben).post("/activity/", {"session": str(session.public_id)})
    assert fresh(session).last_agent_activity_at == STARTED
