"""Quick replies: which are offered where, and the page on which agents keep their own."""

import pytest

from policies_app.models import Workstream
from sessions_app.models import Agent, Customer, LiveSession, QuickReply
from sessions_app.quick_replies import filled
from tests.cast import address, browser_of, general, new_session


def offered(agent: Agent, session: LiveSession) -> dict[str, str]:
    answer = browser_of(agent).get(address(session, "agent", "quick-replies")).json()
    return {one["shortcut"]: one["text"] for one in answer["replies"]}


def test_ones_own_those_of_the_workstream_and_of_everybody_are_offered(
    session: LiveSession, anna: Agent, ben: Agent
) -> None:
    loans = Workstream.objects.create(name="Loans")
    QuickReply.objects.create(shortcut="all", text="Of everybody")
    QuickReply.objects.create(shortcut="general", text="Of General", workstream=general())
    QuickReply.objects.create(shortcut="loans", text="Of Loans", workstream=loans)
    QuickReply.objects.create(shortcut="mine", text="Of Anna", agent=anna)
    QuickReply.objects.create(shortcut="bens", text="Of Ben", agent=ben)
    assert list(offered(anna, session)) == ["all", "general", "mine"]


def test_of_several_with_one_shortcut_the_nearest_is_offered(session: LiveSession, anna: Agent) -> None:
    QuickReply.objects.create(shortcut="hello", text="Of everybody")
    assert offered(anna, session) == {"hello": "Of everybody"}
    QuickReply.objects.create(shortcut="hello", text="Of General", workstream=general())
    assert offered(anna, session) == {"hello": "Of General"}
    QuickReply.objects.create(shortcut="hello", text="Of Anna", agent=anna)
    assert offered(anna, session) == {"hello": "Of Anna"}


def test_placeholders_are_filled_in_as_they_are(anna: Agent) -> None:
    customer = Customer.objects.create(name="{agent} <b>", email="c@example.com")
    QuickReply.objects.create(shortcut="hello", text="Dear {customer},\nI am {agent} of {workstream}. {other} {} {")
    said = offered(anna, new_session(anna, customer))["hello"]
    assert said == "Dear {agent} <b>,\nI am Anna of General. {other} {} {"


def test_filling_leaves_other_braces_alone() -> None:
    assert filled("{customer.__class__} {customer}", {"customer": "C"}) == "{customer.__class__} C"


def test_an_agent_keeps_their_own(anna: Agent, ben: Agent) -> None:
    browser = browser_of(anna)
    assert b"None yet" in browser.get("/quick-replies/").content
    assert browser.post("/quick-replies/", {"shortcut": "Hello", "text": "Hello\r\nthere"}).status_code == 302
    reply = QuickReply.objects.get()
    assert (reply.shortcut, reply.text, reply.agent, reply.workstream) == ("hello", "Hello\nthere", anna, None)
    assert browser.post(f"/quick-replies/{reply.pk}/", {"shortcut": "hi", "text": "Hi"}).status_code == 302
    reply.refresh_from_db()
    assert reply.shortcut == "hi"
    assert browser_of(ben).get(f"/quick-replies/{reply.pk}/").status_code == 404
    browser_of(ben).post(f"/quick-replies/{reply.pk}/remove/")
    assert QuickReply.objects.exists()
    assert browser.post(f"/quick-replies/{reply.pk}/remove/").status_code == 302
    assert not QuickReply.objects.exists()


@pytest.mark.parametrize(
    ("posted", "problem"),
    [
        ({"shortcut": "", "text": "x"}, "Enter a shortcut."),
        ({"shortcut": "good day", "text": "x"}, "Use letters, digits, hyphens and underscores only"),
        ({"shortcut": "HI", "text": "x"}, "You have a quick reply with this shortcut already."),
        ({"shortcut": "new", "text": " "}, "Write the text."),
        ({"shortcut": "x" * 31, "text": "x"}, "at most 30 characters"),
        ({"shortcut": "new", "text": "x" * 5001}, "at most 5000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(anna: Agent, posted: dict[str, str], problem: str) -> None:
    QuickReply.objects.create(shortcut="hi", text="Hi", agent=anna)
    page = browser_of(anna).post("/quick-replies/", posted)
    assert page.status_code == 422
    assert problem in page.content.decode()
    assert page.context["form"]["text"].value() == posted["text"]
    assert QuickReply.objects.count() == 1


def test_the_page_shows_what_others_share_with_the_agent(anna: Agent) -> None:
    loans = Workstream.objects.create(name="Loans")
    QuickReply.objects.create(shortcut="all", text="Of everybody")
    QuickReply.objects.create(shortcut="loans", text="Of Loans", workstream=loans)
    shown = browser_of(anna).get("/quick-replies/").content.decode()
    assert "Of everybody" in shown and "Of Loans" not in shown
