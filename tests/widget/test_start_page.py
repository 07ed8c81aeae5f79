"""What the start page of a widget is answered: a room, the prompt, a new chat, or why it cannot be told."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from policies_app.kinds import Ask, EndReason, SignIn
from policies_app.models import ChatWidget
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.reconnecting import connection_lost
from sessions_app.transitions import end
from sessions_app.widget import identity
from tests.cast import available, full_then_limited
from tests.moments import STARTED
from tests.widget.framing import TOKEN, let_in, new_widget, widget_session


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return new_widget(reconnect_on=True)


def ask(widget: ChatWidget, what: str, **fields: Any) -> Any:
    headers = fields.pop("headers", {})
    given = {name: value for name, value in fields.items() if value is not None}
    return Client(enforce_csrf_checks=True).post(
        f"/widget/{widget.key}/{what}/", {"token": TOKEN, **given}, headers=headers
    )


def started(widget: ChatWidget, **typed: Any) -> Any:
    return ask(widget, "start", public_id=uuid4(), **typed)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal whose word is its customer's name."""
    monkeypatch.setattr(identity, "identify", lambda widget, token, now: identity.Identity(token, name=token))


def test_who_is_new_is_offered_a_chat(widget: ChatWidget) -> None:
    said = ask(widget, "enter").json()
    assert said["offer"] == "new_chat"
    assert "Hello! How can we help?" in said["html"] and "Nobody is there at the moment" in said["html"]
    assert LiveSession.objects.count() == 0


def test_what_is_asked_before_the_chat(widget: ChatWidget, anna: Agent) -> None:
    available(anna, now=STARTED.replace(year=2100))
    ChatWidget.objects.update(ask_name=Ask.REQUIRED, ask_email=Ask.NO, ask_question=Ask.OPTIONAL)
    html = ask(widget, "enter").json()["html"]
    assert 'name="name"' in html and 'name="email"' not in html and 'name="question"' in html
    assert html.count("required</span>") == 1 and "Nobody is there" not in html


def test_a_chat_begins_once_however_often_it_is_sent(widget: ChatWidget) -> None:
    public_id = uuid4()
    said = [
        ask(widget, "start", public_id=public_id, name="Carla", question="Where is it?").json() for _time in range(2)
    ]
    assert [one["offer"] for one in said] == ["room", "room"]
    session = LiveSession.objects.get()
    assert session.public_id == public_id and session.customer.name == "Carla"
    assert b"Where is it?" in Client().get(said[0]["address"]).content


def test_what_was_typed_wrongly_is_said_and_nothing_begins(widget: ChatWidget) -> None:
    ChatWidget.objects.update(ask_email=Ask.REQUIRED)
    answer = started(widget, name="Carla", email="nonsense")
    assert answer.status_code == 422 and answer.json()["field"] == "email" and "@" in answer.json()["problem"]
    assert LiveSession.objects.count() == 0


def test_outside_of_business_hours_nothing_begins(widget: ChatWidget) -> None:
    ChatWidget.objects.update(hours={"0": []}, closed_text="Gone fishing.")
    html = ask(widget, "enter").json()["html"]
    assert "Gone fishing." in html and "<form" not in html
    answer = started(widget, name="Carla")
    assert answer.status_code == 422 and answer.json()["problem"] == "Gone fishing."
    assert LiveSession.objects.count() == 0


def test_a_chat_that_began_in_time_is_found_after_hours(widget: ChatWidget) -> None:
    public_id = uuid4()
    ask(widget, "start", public_id=public_id, name="Carla")
    ChatWidget.objects.update(hours={"0": []})
    assert ask(widget, "start", public_id=public_id, name="Carla").json()["offer"] == "room"


def test_the_same_browser_is_back_in_its_room(widget: ChatWidget, carla: Customer) -> None:
    session = widget_session(widget, carla)
    said = ask(widget, "enter", session=session.public_id).json()
    assert (said["offer"], said["session"]) == ("room", str(session.public_id))
    assert Client().get(said["address"]).status_code == 200


def test_another_browser_is_not(widget: ChatWidget, carla: Customer) -> None:
    session = widget_session(widget, carla)
    assert ask(widget, "enter", token="x" * 43, session=session.public_id).json()["offer"] == "new_chat"


def test_a_link_that_does_not_work_is_answered_in_one_way(widget: ChatWidget) -> None:
    html = {ask(widget, "enter", link=link).json()["html"] for link in ("wrong", "y" * 43)}
    assert len(html) == 1 and "This link does not work any more" in html.pop()


def test_who_is_signed_in_chooses_between_continuing_and_a_new_chat(widget: ChatWidget, signed_in: None) -> None:
    ChatWidget.objects.update(sign_in=SignIn.OPTIONAL, audience="shop")
    first = started(widget, identity="Carla").json()
    said = ask(widget, "enter", token="x" * 43, identity="Carla").json()
    assert said["offer"] == "prompt" and f'data-continues="{first["session"]}"' in said["html"]
    assert f'name="session" value="{first["session"]}"' in said["html"] and 'name="name"' not in said["html"]
    gone_on = ask(widget, "continue", token="x" * 43, identity="Carla", session=first["session"]).json()
    assert gone_on["offer"] == "room" and Client().get(gone_on["address"]).status_code == 200
    assert b"continues elsewhere" in Client().get(first["address"]).content


def test_start_new_ends_the_old_one(widget: ChatWidget, signed_in: None) -> None:
    ChatWidget.objects.update(sign_in=SignIn.OPTIONAL, audience="shop")
    first = started(widget, identity="Carla").json()["session"]
    assert started(widget, identity="Carla", session=first).json()["session"] != first
    assert LiveSession.objects.get(public_id=first).end_reason == EndReason.SUPERSEDED


def test_take_it_back(widget: ChatWidget, carla: Customer) -> None:
    session = widget_session(widget, carla)
    LiveSession.objects.update(current_device=let_in(session, "s" * 43))
    said = ask(widget, "take-back", session=session.public_id).json()
    assert said["offer"] == "room" and b"continues elsewhere" not in Client().get(said["address"]).content
    assert ask(widget, "take-back", token="x" * 43, session=session.public_id).json()["offer"] == "new_chat"


@pytest.mark.parametrize("sign_in", [SignIn.OPTIONAL, SignIn.REQUIRED])
def test_whoever_else_is_signed_in_in_the_same_browser_takes_nothing_back(
    widget: ChatWidget, signed_in: None, sign_in: SignIn
) -> None:
    ChatWidget.objects.update(sign_in=sign_in, audience="shop")
    first = started(widget, identity="Carla").json()["session"]
    LiveSession.objects.update(current_device=let_in(LiveSession.objects.get(), "s" * 43))
    for who in ("Dan", ""):
        assert ask(widget, "take-back", identity=who, session=first).json()["offer"] != "room"
    assert ask(widget, "take-back", identity="Carla", session=first).json()["offer"] == "room"


def test_an_ended_session_that_can_be_looked_at_is_offered(widget: ChatWidget, carla: Customer) -> None:
    full_then_limited()
    session = widget_session(widget, carla)
    end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=timezone.now())
    said = ask(widget, "enter", session=session.public_id).json()
    assert said["offer"] == "new_chat" and "data-earlier" in said["html"]
    again = ask(widget, "enter", session=session.public_id, was="here").json()
    assert again["offer"] == "room" and Client().get(again["address"]).status_code == 200


def test_who_was_away_at_the_end_is_sent_to_the_redirection_url_once(widget: ChatWidget, carla: Customer) -> None:
    full_then_limited()
    ChatWidget.objects.update(reconnect_on=True, redirect_url="https://shop.example.com/sorry")
    session, now = widget_session(widget, carla), timezone.now()
    connection_lost(session.pk, now - timedelta(minutes=1), now=now)
    remembered = {"session": session.public_id}
    sent = {"offer": "redirect", "address": "https://shop.example.com/sorry"}
    assert ask(widget, "enter", **remembered).json() == sent
    assert ask(widget, "enter", was="here", **remembered).json() == sent
    said = ask(widget, "enter", was="sent", **remembered).json()
    assert said["offer"] == "new_chat" and "data-earlier" in said["html"]


# In the language of the browser -------------------------------------------------------------------------------------

NAMES = {
    "en-GB": "What is it about?",
    "de-AT,en": "Worum geht es?",
    "es-MX": "¿De qué se trata?",
    "nl,en": "What is it",
}
CONNECTING = {"en-GB": "Connecting", "de-AT,en": "Verbindung wird", "es-MX": "Conectando", "nl,en": "Connecting"}


@pytest.mark.parametrize("wanted", NAMES)
def test_what_parley_says_is_in_the_browsers_language_and_what_was_typed_stays(widget: ChatWidget, wanted: str) -> None:
    ChatWidget.objects.update(title="Close")
    said = {"Accept-Language": wanted}
    page = Client().get(f"/widget/{widget.key}/", headers=said)
    language = "en" if wanted == "nl,en" else wanted[:2]
    html = page.content.decode()
    assert f'<html lang="{language}"' in html and page["Content-Language"] == language
    assert CONNECTING[wanted] in html and "<title>Close</title>" in html
    offer = ask(widget, "enter", headers=said).json()["html"]
    assert NAMES[wanted] in offer and "Hello! How can we help?" in offer and "Nobody is there" in offer


def test_the_room_in_the_frame_is_too(widget: ChatWidget, carla: Customer) -> None:
    session, german = widget_session(widget, carla), {"Accept-Language": "de"}
    room = ask(widget, "enter", session=session.public_id, headers=german).json()["address"]
    assert b'<html lang="de"' in Client().get(room, headers=german).content
    LiveSession.objects.update(current_device=let_in(session, "s" * 43))
    assert "Hierher zurückholen" in Client().get(room, headers=german).content.decode()


def test_what_is_wrong_is_said_in_it(widget: ChatWidget) -> None:
    ChatWidget.objects.update(ask_email=Ask.REQUIRED)
    said = started(widget, name="Carla", headers={"Accept-Language": "fr"}).json()
    assert (
        said["problem"]
        == "«\N{NO-BREAK SPACE}Adresse e-mail\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}: veuillez remplir ce champ."
    )


# When it cannot be told -------------------------------------------------------------------------------------------


def test_where_sign_in_is_required_nobody_else_is_offered_anything(widget: ChatWidget) -> None:
    ChatWidget.objects.update(sign_in=SignIn.REQUIRED, audience="shop")
    for what in ("enter", "start", "continue", "take-back"):
        said = ask(widget, what, public_id=uuid4(), session=uuid4()).json()
        assert (said["offer"], said["error"]) == ("sign_in", "") and "Please sign in" in said["html"]


def test_why_a_sign_in_is_not_believed_is_for_the_portal_only(
    widget: ChatWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_args: object, **_named: object) -> None:
        raise identity.BadIdentity("The token has expired (exp).")

    monkeypatch.setattr(identity, "identify", refuses)
    said = ask(widget, "enter", identity="a.b.c").json()
    assert (said["offer"], said["error"]) == ("sign_in", "The token has expired (exp).")
    assert "expired" not in said["html"]


def test_what_cannot_be_checked_is_no_reason_for_a_new_chat(
    widget: ChatWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_args: object, **_named: object) -> None:
        raise identity.CannotCheck

    monkeypatch.setattr(identity, "identify", cannot)
    for what in ("enter", "start"):
        answer = ask(widget, what, identity="a.b.c", public_id=uuid4())
        assert (answer.status_code, answer.json()) == (503, {"offer": "doubt"})
    assert LiveSession.objects.count() == 0


def test_an_inactive_widget_says_so(widget: ChatWidget) -> None:
    ChatWidget.objects.update(is_active=False)
    said = started(widget, name="Carla").json()
    assert said["offer"] == "not_now" and said["retry_after"] is None


# Who may ask --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://shop.example.com", "https://evil.example.com", "null"])
def test_only_our_own_pages_ask(widget: ChatWidget, origin: str) -> None:
    assert ask(widget, "enter", headers={"Origin": origin}).status_code == 403


def test_our_own_page_does(widget: ChatWidget) -> None:
    assert ask(widget, "enter", headers={"Origin": "http://localhost:8000"}).status_code == 200


@pytest.mark.parametrize(
    "fields", [{"token": "short"}, {"token": "ü" * 43}, {"session": "nonsense"}, {"token": ""}, {"was": "x"}]
)
def test_bad_input_is_said(widget: ChatWidget, fields: dict[str, str]) -> None:
    answer = ask(widget, "enter", **fields)
    assert answer.status_code == 400 and answer.json()["problem"]


def test_looking_changes_nothing(widget: ChatWidget) -> None:
    for what in ("enter", "start", "continue", "take-back"):
        assert Client().get(f"/widget/{widget.key}/{what}/").status_code == 405
