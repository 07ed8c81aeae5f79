"""The customer's card: correcting what is known of them, and their earlier sessions."""

from typing import Any

import pytest

from policies_app.kinds import EndReason
from sessions_app.customers import change_details, earlier_sessions
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import end
from tests.cast import AS_SCRIPT, address, browser_of, come_in, fresh, kinds, new_session
from tests.moments import STARTED

KNOWN = {"name": "Carla", "email": "carla@example.com", "phone": ""}


def test_a_change_is_stored_recorded_and_told_to_both(session: LiveSession, anna: Agent) -> None:
    posted = KNOWN | {"name": " Karla ", "phone": "0123"}
    answer = browser_of(anna).post(address(session, "agent", "details"), posted, **AS_SCRIPT).json()
    assert answer["names"]["customer"] == "Karla"
    assert "Karla" in answer["facts"] and "0123" in answer["facts"]
    row = session.timeline.get(kind="customer_changed")
    assert row.payload == {"changes": {"name": ["Carla", "Karla"], "phone": ["", "0123"]}}
    assert (row.actor, row.agent) == ("agent", anna)
    customers = come_in(session).get(address(session, "customer", "updates")).json()
    assert customers["names"]["customer"] == "Karla"
    assert "Karla" not in "".join(row["html"] for row in customers["rows"])


def test_nothing_changed_is_no_row(session: LiveSession, anna: Agent) -> None:
    assert browser_of(anna).post(address(session, "agent", "details"), KNOWN, **AS_SCRIPT).status_code == 200
    assert kinds(session) == ["started"]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"name": ""}, "Enter the customer's name."),
        ({"email": "carla"}, "Enter a valid email address."),
        ({"email": "", "phone": ""}, "Enter an e-mail address or a phone number."),
        ({"name": "x" * 101}, "Ensure this value has at most 100 characters (it has 101)."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    session: LiveSession, anna: Agent, wrong: dict[str, str], problem: str
) -> None:
    posted, path = KNOWN | {"name": "Karla"} | wrong, address(session, "agent", "details")
    by_script = browser_of(anna).post(path, posted, **AS_SCRIPT)
    assert (by_script.status_code, by_script.json()["problem"]) == (422, problem)
    page = browser_of(anna).post(path, posted)
    assert page.status_code == 422
    assert page.context["form"]["name"].value() == posted["name"]
    assert fresh(session).customer.name == "Carla" and kinds(session) == ["started"]


def test_the_form_is_a_dialog_or_a_page_and_only_the_sessions_agent_may(
    session: LiveSession, anna: Agent, ben: Agent
) -> None:
    path = address(session, "agent", "details")
    for part in ("", "dialog"):
        assert b"carla@example.com" in browser_of(anna).get(path, {"part": part}).content
    assert browser_of(ben).get(path).status_code == 404


def another(agent: Agent, *, ended: bool = False, **details: Any) -> LiveSession:
    customer = Customer.objects.create(**({"name": "C", "email": "", "phone": ""} | details))
    session = new_session(agent, customer)
    if ended:
        end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    return session


def test_earlier_sessions_are_those_of_the_same_address_or_phone(anna: Agent) -> None:
    now = another(anna, email="carla@example.com", phone="0123")
    same = [another(anna, email="CARLA@example.com"), another(anna, phone="0123", email="other@example.com")]
    another(anna, email="dan@example.com")
    assert earlier_sessions(fresh(now), anna) == same[::-1]


def test_nothing_known_is_nothing_in_common(anna: Agent) -> None:
    now = another(anna, email="carla@example.com")
    another(anna, phone="0123")
    another(anna, email="dan@example.com")
    assert earlier_sessions(fresh(now), anna) == []


def test_only_sessions_that_the_agent_may_read(anna: Agent, ben: Agent) -> None:
    now = another(anna, email="carla@example.com")
    another(ben, email="carla@example.com")
    ended = another(ben, email="carla@example.com", ended=True)  # of her workstream
    assert earlier_sessions(fresh(now), anna) == [ended]
    shown = browser_of(anna).get(address(now, "agent", "earlier-sessions")).content.decode()
    assert str(ended.public_id) in shown and shown.count("list-group-item-action") == 1


@pytest.mark.parametrize("typed_in", ["this", "the other", "neither"])
def test_what_is_found_by_an_address_that_was_merely_typed_is_marked(anna: Agent, typed_in: str) -> None:
    mail = "carla@example.com"
    now = another(anna, email=mail, phone="0123", email_is_typed=typed_in == "this")
    another(anna, email=mail, email_is_typed=typed_in == "the other")
    another(anna, phone="0123")
    listed = browser_of(anna).get(address(now, "agent", "earlier-sessions")).content.decode()
    assert listed.count("list-group-item-action") == 2, "one by the address, one by the phone"
    assert listed.count("not verified") == (typed_in != "neither")
    card = browser_of(anna).get(address(now, "agent")).content.decode()
    assert ("not verified" in card) is (typed_in == "this")


def test_an_address_that_an_agent_corrects_is_no_longer_merely_typed(anna: Agent) -> None:
    session = another(anna, email="carla@example.com", email_is_typed=True)
    given = {"name": "Carla", "email": "carla@example.com", "phone": ""}
    change_details(session.pk, anna, given, now=STARTED)
    assert Customer.objects.get(pk=session.customer_id).email_is_typed, "only the name was corrected"
    change_details(session.pk, anna, given | {"email": "carla@example.org"}, now=STARTED)
    assert not Customer.objects.get(pk=session.customer_id).email_is_typed


def test_a_note_is_for_agents_only_and_added_once(session: LiveSession, anna: Agent) -> None:
    path = address(session, "agent", "note")
    posted = {"text": "Careful <b>", "key": "8c3f5c0e-8f6f-4f0e-9d0b-0a1b2c3d4e5f"}
    for _again in range(2):
        answer = browser_of(anna).post(path, posted, **AS_SCRIPT).json()
    assert "Careful &lt;b&gt;" in answer["rows"][-1]["html"]
    assert kinds(session) == ["started", "note"]
    customers = come_in(session).get(address(session, "customer", "updates")).json()
    assert "Careful" not in str(customers)
    assert browser_of(anna).post(path, {"text": " "}, **AS_SCRIPT).status_code == 422


def test_a_note_can_be_written_after_the_end_and_by_who_only_reads(
    session: LiveSession, anna: Agent, ben: Agent
) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    posted = {"text": "Called back", "key": "8c3f5c0e-8f6f-4f0e-9d0b-0a1b2c3d4e5f"}
    assert browser_of(ben).post(address(session, "agent", "note"), posted, **AS_SCRIPT).status_code == 200
    assert session.timeline.get(kind="note").agent == ben


def test_customers_have_no_notes_details_or_replies(session: LiveSession) -> None:
    browser = come_in(session)
    for name in ("note", "details", "earlier-sessions", "quick-replies"):
        assert browser.get(address(session, "customer", name)).status_code == 404
