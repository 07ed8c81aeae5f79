"""Where customers sign in at a portal no link leads past that: none of those below `/join/` lets anybody in."""

from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from policies_app.kinds import SignIn
from policies_app.models import ChatWidget, Workstream
from sessions_app import invitations, links
from sessions_app.models import AccessLink, Agent, Customer, LiveSession
from tests.cast import AS_SCRIPT, address, available, browser_of, kinds
from tests.moments import STARTED
from tests.widget.framing import new_widget, room_of, stranger, widget_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chat(anna: Agent, carla: Customer) -> LiveSession:
    """Of a widget at which nobody signs in, yet."""
    Workstream.objects.update(answer_within=None)
    available(anna)
    return widget_session(new_widget(), carla)


def have_them_sign_in(sign_in: SignIn = SignIn.REQUIRED) -> None:
    ChatWidget.objects.update(sign_in=sign_in, audience="shop")


@pytest.mark.parametrize("sign_in", [SignIn.OPTIONAL, SignIn.REQUIRED])
def test_a_link_that_is_there_lets_nobody_in(chat: LiveSession, sign_in: SignIn) -> None:
    path = urlsplit(links.mint(chat, by=None, now=STARTED)).path
    inside = Client()
    assert inside.post(path).status_code == 302 and inside.get(address(chat, "customer")).status_code == 200
    have_them_sign_in(sign_in)
    for ask in (Client().get, Client().post, inside.post):
        assert ask(path).status_code == 404
    assert inside.get(address(chat, "customer")).status_code == 403, "nor who came by one before"
    Client().post(f"{path}new-link/")
    Client().post(f"{address(chat, 'customer')}new-link/")
    assert "link_asked" not in kinds(chat)


def test_none_is_made(chat: LiveSession, anna: Agent) -> None:
    have_them_sign_in()
    browser = browser_of(anna)
    for name, sent in (("link", {}), ("invite", {"way": "email"})):
        refused = browser.post(address(chat, "agent", name), sent, **AS_SCRIPT)
        assert refused.status_code == 403 and "sign in" in refused.json()["problem"]
    refused = stranger().post(f"{room_of(chat)}hand-over/", **AS_SCRIPT)
    assert refused.status_code == 403 and "sign in" in refused.json()["problem"]
    for letter in invitations.LETTERS:
        invitations.send(chat.pk, letter, now=STARTED)
    assert not AccessLink.objects.exists() and mail.outbox == []


def test_none_is_offered(chat: LiveSession, anna: Agent) -> None:
    browser, room = browser_of(anna), room_of(chat)
    offered = '<form method="post" action="{}" data-part="link-form" >'.format(address(chat, "agent", "link"))
    assert offered in browser.get(address(chat, "agent")).content.decode()
    assert "Send by e-mail" in browser.get(address(chat, "agent")).content.decode()
    assert 'data-part="hand-over-open" >' in stranger().get(room).content.decode()
    have_them_sign_in()
    seen = browser.get(address(chat, "agent")).content.decode()
    assert offered not in seen and offered.replace(" >", " hidden>") in seen
    assert "Send by e-mail" not in seen and "Copy reconnect link" in seen
    seen = stranger().get(room).content.decode()
    assert 'data-part="hand-over-open" hidden>' in seen and seen.count(f"{room}hand-over/") == 1, "in the dialog only"


def test_other_sessions_have_theirs(session: LiveSession, chat: LiveSession) -> None:
    have_them_sign_in()
    assert Client().post(urlsplit(links.mint(session, by=None, now=STARTED)).path).status_code == 302
