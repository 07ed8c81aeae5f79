"""What an agent's pages say of a customer who drops out."""

from typing import Any

from django.test import Client
from django.utils.html import strip_tags

from sessions_app.models import LiveSession
from sessions_app.reconnecting import connection_lost
from tests.cast import address, fresh
from tests.widget.portal import DROPPED, GONE


def drops(session: LiveSession) -> LiveSession:
    connection_lost(session.pk, DROPPED, now=GONE)
    return fresh(session)


def state(browser: Client, session: LiveSession) -> dict[str, Any]:
    answer: dict[str, Any] = browser.get(address(session, "agent", "updates")).json()
    return answer


def said(html: str) -> str:
    """The words of a part, without what is around them."""
    return " ".join(strip_tags(html).split())


def in_room(browser: Client, session: LiveSession) -> str:
    return said(state(browser, session)["status"])


def listed(browser: Client) -> str:
    return said(browser.get("/sessions/").json()["lists"])
