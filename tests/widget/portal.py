"""A portal with a chat widget, the browsers of its customers, and what they do there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from policies_app.models import ChatWidget
from sessions_app.devices import Browser
from sessions_app.kinds import LinkOutcome
from sessions_app.models import LinkEvent, LiveSession
from sessions_app.reconnecting import connection_lost
from sessions_app.sweeps import sweep
from sessions_app.widget.addresses import PARAMETERS
from sessions_app.widget.entering import Asked, Entered, Visitor, Was, enter, start
from sessions_app.widget.identity import Identity
from tests.cast import fresh, general
from tests.moments import MINUTE, STARTED

GRACE = timedelta(seconds=20)
DROPPED = STARTED + 2 * MINUTE
GONE = DROPPED + GRACE
HELD_UNTIL = DROPPED + 5 * MINUTE
OVER_AT = DROPPED + 10 * MINUTE

HOME = Browser("the token of the browser at home", name="Firefox")
PHONE = Browser("the token of the phone", name="Safari")
ANONYMOUS = Visitor(HOME)
SIGNED_IN = Visitor(HOME, Identity("carla", "Carla", "carla@example.com"))
SIGNED_IN_ON_PHONE = Visitor(PHONE, SIGNED_IN.identity)
SOMEBODY_ELSE = Visitor(HOME, Identity("dan", "Dan"))


def new_widget(**settings: Any) -> ChatWidget:
    """Ten minutes to come back, five of them to the same agent, unless told otherwise."""
    usual = {
        "name": "Shop",
        "reconnect_on": True,
        "same_agent_for": 5 * MINUTE,
        "portal_url": "https://shop.example/help?page=1#chat",
        "grace": GRACE,
    }
    return ChatWidget.objects.create(workstream=general(), **usual | settings)


def changed(widget: ChatWidget, **settings: Any) -> ChatWidget:
    """The widget with other settings, saved."""
    ChatWidget.objects.filter(pk=widget.pk).update(**settings)
    return ChatWidget.objects.get(pk=widget.pk)


def started(
    widget: ChatWidget, visitor: Visitor = ANONYMOUS, *, question: str = "", now: datetime = STARTED, **more: Any
) -> LiveSession:
    """A chat that this visitor started."""
    asked = Asked(question=question)
    return fresh(start(widget, visitor, asked, **{"instead_of": None, "public_id": uuid4()} | more, now=now))


def dropped(session: LiveSession, now: datetime = GONE) -> LiveSession:
    """The customer dropped out at DROPPED, and time has done what it does until `now`."""
    connection_lost(session.pk, DROPPED, now=DROPPED)
    sweep(now)
    return fresh(session)


def entered(
    widget: ChatWidget,
    visitor: Visitor = ANONYMOUS,
    *,
    remembered: LiveSession | UUID | None = None,
    link: str = "",
    was: Was = Was.NOTHING,
    now: datetime = GONE,
    address: str = "192.0.2.1",
) -> Entered:
    """What the widget offers this visitor."""
    known = remembered.public_id if isinstance(remembered, LiveSession) else remembered
    return enter(widget, visitor, remembered=known, link=link, was=was, now=now, address=address)


def token_of(address: str) -> str:
    """The token in a reconnect link."""
    return address.partition(f"{PARAMETERS[0]}=")[2].partition("#")[0]


def outcomes() -> list[LinkOutcome]:
    """What became of all attempts, in order."""
    return [LinkOutcome(one) for one in LinkEvent.objects.order_by("pk").values_list("outcome", flat=True)]
