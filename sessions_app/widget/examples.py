"""The chat widgets of the demo, for the shop that `make run` opens beside Parley (`deploy.portal`)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies_app.kinds import Algorithm, SignIn
from policies_app.models import ChatWidget, Workstream
from policies_app.models.workstream import FIRST
from sessions_app.models import Agent
from sessions_app.widget.keys import to_store
from sessions_app.widget.models import WidgetKey

AUDIENCE = "parley-demo"
QUICK = "Quick questions"
ONE_MINUTE = timedelta(minutes=1)

_LOCAL = re.compile(r"^http://(localhost|127\.0\.0\.1):\d+")


@dataclass(frozen=True, slots=True)
class Example:
    """A widget on one page of the shop. `over` is the page that customers are sent to after the time limit."""

    key: str
    name: str
    page: str
    workstream: str = FIRST
    reconnects: bool = True
    same_agent_for: timedelta | None = None
    over: str = ""


EXAMPLES = (
    Example("demo-shop", "Harbour Lamps", "/", same_agent_for=timedelta(minutes=5)),
    Example("demo-no-reconnect", "Harbour Lamps, without reconnect", "/without-reconnect/", reconnects=False),
    Example(
        "demo-one-minute",
        "Harbour Lamps, one minute",
        "/one-minute/",
        workstream=QUICK,
        same_agent_for=timedelta(seconds=60),
        over="/over/",
    ),
)


def load(portal: str, public_key: str, *, now: datetime) -> None:
    """Makes those that there are not yet, and lets all of them trust the shop as it is now: its address, its key."""
    quick, is_new = Workstream.objects.get_or_create(name=QUICK, defaults={"auto_close_after": ONE_MINUTE})
    if is_new:
        quick.agents.set(Agent.objects.filter(workstreams__name=FIRST))
    for example in EXAMPLES:
        widget = ChatWidget.objects.filter(key=example.key).first() or _new(example, portal)
        _open_for(widget, portal)
        widget.save()
        _trust(widget, public_key, now)


def _new(example: Example, portal: str) -> ChatWidget:
    return ChatWidget(
        key=example.key,
        name=example.name,
        workstream=Workstream.objects.get(name=example.workstream),
        title="Harbour Lamps",
        sign_in=SignIn.OPTIONAL,
        audience=AUDIENCE,
        reconnect_on=example.reconnects,
        same_agent_for=example.same_agent_for,
        portal_url=portal + example.page if example.reconnects else "",
        redirect_url=portal + example.over if example.over else "",
    )


def _open_for(widget: ChatWidget, portal: str) -> None:
    """The shop may have another port than the last time. What leads elsewhere was set by somebody, and stays."""
    twin = portal.replace("//localhost:", "//127.0.0.1:")
    others = [origin for origin in widget.allowed_origins if not _LOCAL.match(origin)]
    widget.allowed_origins = [*others, portal, twin]
    widget.portal_url = _LOCAL.sub(portal, widget.portal_url)
    widget.redirect_url = _LOCAL.sub(portal, widget.redirect_url)


def _trust(widget: ChatWidget, public_key: str, now: datetime) -> None:
    key = {"algorithm": Algorithm.RS256, "material": to_store(Algorithm.RS256, public_key)}
    WidgetKey.objects.update_or_create(
        widget=widget, name="Harbour Lamps", defaults=key, create_defaults=key | {"created_at": now}
    )
