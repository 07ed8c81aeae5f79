"""What tests of the frame have in common: a widget, a customer's session by it, and the browser that is in there."""

from typing import Any

from django.test import Client

from policies_app.models import ChatWidget
from sessions_app.assigning import enter_queue
from sessions_app.devices import Browser, known, register
from sessions_app.models import Customer, Device, LiveSession
from sessions_app.widget.framed import room_address
from tests.cast import fresh, general
from tests.moments import STARTED

PORTAL = "https://shop.example.com"
TOKEN = "t" * 43


def new_widget(**settings: Any) -> ChatWidget:
    """A widget that may be shown on PORTAL, unless told otherwise."""
    given = {"name": "Shop", "workstream": general(), "allowed_origins": [PORTAL]}
    return ChatWidget.objects.create(**given | settings)


def widget_session(widget: ChatWidget, customer: Customer, token: str = TOKEN) -> LiveSession:
    """A session that the customer began in the browser with this token."""
    session = enter_queue(customer, widget.workstream_id, widget=widget, now=STARTED)
    LiveSession.objects.filter(pk=session.pk).update(current_device=let_in(session, token))
    return fresh(session)


def let_in(session: LiveSession, token: str) -> Device:
    """One more browser that is known in the session."""
    register(session, Browser(token), now=STARTED)
    device = known(session, Browser(token))
    assert device
    return device


def room_of(session: LiveSession, token: str = TOKEN) -> str:
    """The address of the room in a frame, as this browser has it."""
    device = known(session, Browser(token))
    assert device
    return room_address(session, device)


def stranger() -> Client:
    """A browser that has no cookie of ours, and in which forgery is looked for."""
    return Client(enforce_csrf_checks=True)
