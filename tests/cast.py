"""The cast of the tests and what they do: agents, customers, policies, browsers. Their fixtures are in `people`."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.contrib.auth.models import User
from django.test import Client

from policies_app.actions import save_end_session_behavior
from policies_app.kinds import AccessSetting, AgentStatus
from policies_app.models import EndSessionBehavior, Workstream
from policies_app.models.workstream import FIRST
from policies_app.selectors import end_session_behavior
from policies_app.snapshot import EndPolicy
from sessions_app import links, rollouts
from sessions_app.actions import Author
from sessions_app.assigning import enter_queue
from sessions_app.kinds import Audience
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.selectors import rooms
from sessions_app.transitions import start_invitation
from tests.moments import DAY, LONG_AGO, MINUTE, STARTED

TIMED = (AccessSetting.FULL_RESTRICTED, AccessSetting.LIMITED)
CUSTOMER = Author(Audience.CUSTOMER)


def new_agent(name: str, **fields: Any) -> Agent:
    """An agent of General with plenty of seats, unless told otherwise; offline, as everybody is at first."""
    fields.setdefault("capacity", 1000)
    agent = Agent.objects.create(user=User.objects.create_user(name.lower()), name=name, **fields)
    agent.workstreams.add(general())
    return agent


def general() -> Workstream:
    """The workstream that every installation begins with."""
    return Workstream.objects.get_or_create(name=FIRST)[0]


def available(agent: Agent, *, now: datetime = STARTED) -> Agent:
    """The agent signs in, and takes new sessions as long as tests look."""
    Agent.objects.filter(pk=agent.pk).update(
        status=AgentStatus.AVAILABLE, last_seen_at=now + 365 * DAY, last_active_at=now + 365 * DAY
    )
    agent.refresh_from_db()
    return agent


def waiting(customer: Customer, workstream: Workstream | None = None, *, now: datetime = STARTED) -> LiveSession:
    """A widget session in the queue, as rooms see it."""
    return fresh(enter_queue(customer, (workstream or general()).pk, now=now))


def new_customer(name: str) -> Customer:
    return Customer.objects.create(name=name, email=f"{name.lower()}@example.com")


def new_session(
    agent: Agent, customer: Customer, workstream: Workstream | None = None, *, now: datetime = STARTED
) -> LiveSession:
    """As rooms see it."""
    return fresh(start_invitation(agent, customer, (workstream or general()).pk, now=now))


def fresh(session: LiveSession) -> LiveSession:
    """The session as it is stored now."""
    return rooms().get(pk=session.pk)


def kinds(session: LiveSession) -> list[str]:
    """What the timeline records, in order."""
    return [str(kind) for kind in session.timeline.order_by("number").values_list("kind", flat=True)]


def set_policy(
    *, now: datetime = LONG_AGO, by: User | None = None, workstream: Workstream | None = None, **settings: Any
) -> EndPolicy:
    """Put an end session behavior in force that has these settings and no others, with toggles to match.

    System-wide, or as the override of a workstream. Open sessions follow it.
    """
    settings.setdefault("access", "")
    toggles = {
        "end_when_inactive": settings.get("inactive_after") is not None,
        "access_on": settings["access"] != "",
        "then_limited": settings.get("then_limited_for") is not None,
        "redirect_customer_on": bool(settings.get("redirect_customer")),
        "wait_for_customer": settings.get("wait_at_most") is not None,
    }
    end_session_behavior()
    version = save_end_session_behavior(
        EndSessionBehavior(workstream=workstream, **toggles, **settings), by=by, now=now
    )
    roll_out(now)
    return version.policy()


def roll_out(now: datetime) -> None:
    """Carry every change of policy to the sessions that it concerns, as workers do."""
    for rollout in rollouts.under_way():
        while rollouts.advance(rollout, now=now, batches=1):
            pass


def inactive_after(minutes: int = 10, warn: int = 1, *, now: datetime = LONG_AGO, **settings: Any) -> EndPolicy:
    """Sessions end after so many minutes of the agent's silence, warned so many minutes before."""
    warning = timedelta(minutes=warn) or None
    return set_policy(now=now, inactive_after=minutes * MINUTE, warn_before=warning, **settings)


def full_then_limited(*, now: datetime = LONG_AGO, **settings: Any) -> EndPolicy:
    """A day of full access with chat and attachments, then a day of limited access, unless told otherwise."""
    given = {
        "access": AccessSetting.FULL_RESTRICTED,
        "access_for": DAY,
        "attachments": True,
        "chat": True,
        "then_limited_for": DAY,
    }
    return set_policy(now=now, **given | settings)


def author(agent: Agent) -> Author:
    return Author(Audience.AGENT, agent)


# In a browser ----------------------------------------------------------------------------------------------------


def browser_of(agent: Agent) -> Client:
    """A browser in which this agent is signed in."""
    browser = Client()
    browser.force_login(agent.user)
    return browser


def come_in(session: LiveSession, *, now: datetime = STARTED) -> Client:
    """A browser that came in by a new link of the customer."""
    browser = Client()
    path = urlsplit(links.mint(session, by=session.agent, now=now)).path
    assert browser.post(path).status_code == 302
    return browser


def address(session: LiveSession, side: str, *rest: str) -> str:
    """The address of a side's room, or of something in it."""
    start = {"agent": "room", "customer": "c"}[side]
    return "/".join(["", start, str(session.public_id), *rest, ""])


def message(text: str = "Hello", **more: Any) -> dict[str, Any]:
    """What a room posts to send a message."""
    return {"text": text, "key": str(uuid4()), **more}


AS_SCRIPT = {"HTTP_ACCEPT": "application/json"}
"""How the script of a page asks, rather than a plain form."""
