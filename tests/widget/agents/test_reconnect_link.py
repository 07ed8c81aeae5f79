"""The reconnect link that an agent gives a customer of a widget, by itself or in a quick reply."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from policies_app.models import ChatWidget
from sessions_app.kinds import LinkKind
from sessions_app.models import AccessLink, Agent, Customer, LiveSession, QuickReply
from tests.cast import AS_SCRIPT, address, kinds, new_session
from tests.widget.portal import GONE

pytestmark = pytest.mark.django_db(transaction=True)


# The reconnect link ------------------------------------------------------------------------------------------------


def test_the_link_leads_to_the_portals_page_and_is_recorded(annas: Client, anna: Agent, chat: LiveSession) -> None:
    link = annas.post(address(chat, "agent", "reconnect-link"), **AS_SCRIPT).json()["link"]
    parts = urlsplit(link)
    query = parse_qs(parts.query)
    assert (parts.netloc, parts.path, parts.fragment, query["topic"]) == ("shop.example", "/help", "chat", ["a b"])
    assert len(query["parley.reconnect"][0]) >= 22, "at least 128 bits"
    kept = AccessLink.objects.get()
    assert (kept.kind, kept.created_by, kept.created_at) == (LinkKind.RECONNECT, anna, GONE)
    row = chat.timeline.latest("number")
    assert (row.kind, row.agent, row.recorded_at) == ("link_inserted", anna, GONE)


def test_without_script_the_link_is_shown(annas: Client, chat: LiveSession) -> None:
    page = annas.post(address(chat, "agent", "reconnect-link")).content.decode()
    assert "parley.reconnect=" in page


NO_LINK = [
    ({"portal_url": ""}, "Shop has no portal URL, so there is nowhere for a reconnect link to lead."),
    ({"reconnect_on": False, "same_agent_for": None}, "Reconnect is off for Shop, so there is no link to come back."),
]


@pytest.mark.parametrize(("settings", "why"), NO_LINK)
def test_without_portal_or_reconnect_it_says_why_there_is_no_link(
    annas: Client, chat: LiveSession, settings: dict[str, Any], why: str
) -> None:
    ChatWidget.objects.update(**settings)
    answer = annas.post(address(chat, "agent", "reconnect-link"), **AS_SCRIPT)
    assert (answer.status_code, answer.json()["problem"]) == (422, why)
    assert not AccessLink.objects.exists() and "link_inserted" not in kinds(chat)
    assert why in annas.get(address(chat, "agent")).content.decode()


def test_an_invitation_session_has_none(annas: Client, session: LiveSession) -> None:
    answer = annas.post(address(session, "agent", "reconnect-link"), **AS_SCRIPT)
    assert answer.status_code == 422 and "Reconnect links are for chats from a widget." in answer.json()["problem"]
    assert "Copy reconnect link" not in annas.get(address(session, "agent")).content.decode()


def test_looking_at_a_quick_reply_makes_no_link(annas: Client, chat: LiveSession) -> None:
    QuickReply.objects.create(shortcut="back", text="Dear {customer}, come back: {ReconnectURL}. {agent}")
    QuickReply.objects.create(shortcut="hello", text="Hello")
    replies = annas.get(address(chat, "agent", "quick-replies")).json()["replies"]
    assert replies == [
        {
            "shortcut": "back",
            "text": "Dear Carla, come back: (reconnect link). Anna",
            "around": ["Dear Carla, come back: ", ". Anna"],
        },
        {"shortcut": "hello", "text": "Hello"},
    ]
    assert not AccessLink.objects.exists()


def test_a_name_is_not_mistaken_for_the_link(annas: Client, anna: Agent) -> None:
    odd = Customer.objects.create(name="{ReconnectURL}", email="odd@example.com")
    QuickReply.objects.create(shortcut="hello", text="Dear {customer}")
    replies = annas.get(address(new_session(anna, odd), "agent", "quick-replies")).json()["replies"]
    assert replies == [{"shortcut": "hello", "text": "Dear {ReconnectURL}"}]


@pytest.mark.parametrize("typed", ["{name}", "{reconnecturl}", "{ customer }", "{customer.name}"])
def test_a_placeholder_that_stands_for_nothing_is_not_saved(annas: Client, admin_user: User, typed: str) -> None:
    known = "What can be filled in is {customer}, {agent}, {workstream}, {ReconnectURL}."
    posted = {"shortcut": "hi", "text": f"Dear {typed}"}
    page = annas.post("/quick-replies/", posted)
    assert page.status_code == 422
    assert f"{typed} stands for nothing. {known}" in page.content.decode()
    assert page.context["form"]["text"].value() == posted["text"]
    admins = Client()
    admins.force_login(admin_user)
    assert known in admins.post("/admin/sessions_app/quickreply/add/", posted).content.decode()
    assert not QuickReply.objects.exists()


def test_other_braces_and_known_ones_are_saved(annas: Client) -> None:
    annas.post("/quick-replies/", {"shortcut": "hi", "text": "{customer} {ReconnectURL} {} { {:-)}"})
    assert QuickReply.objects.get().text == "{customer} {ReconnectURL} {} { {:-)}"
