"""Who is in front of a chat widget, which sessions are theirs, and in which browser one goes on (rules.md 5)."""

from dataclasses import dataclass
from datetime import datetime

from policies_app.kinds import SignIn
from policies_app.models import ChatWidget
from sessions_app import devices
from sessions_app.devices import LONGEST_NAME, Browser
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import AccessLink, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import change
from sessions_app.widget.identity import Identity


class NotNow(Exception):
    """Nothing can be begun now. The text is for the customer; `retry_after` says in how many seconds it is worth
    trying again, None that it is not."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that keeps a random token, and who is signed in there at the portal; None: nobody that we know."""

    browser: Browser
    identity: Identity | None = None


def subject_of(widget: ChatWidget, visitor: Visitor) -> str:
    """By what a signed-in customer is found again; empty if they are anonymous."""
    return f"{widget.key}:{visitor.identity.subject}" if visitor.identity else ""


def may_be_theirs(session: LiveSession, widget: ChatWidget, visitor: Visitor) -> bool:
    """Whether a link or a token is enough for this visitor: who was signed in when the session began comes back
    signed in, as the same customer; and so does everybody where sign-in is required."""
    wanted = session.customer.subject
    if wanted or widget.sign_in == SignIn.REQUIRED:
        return wanted != "" and wanted == subject_of(widget, visitor)
    return True


def is_theirs(session: LiveSession, widget: ChatWidget, visitor: Visitor) -> bool:
    """Whether the session is this visitor's without any link: by who they are, or by their browser. One query."""
    if not may_be_theirs(session, widget, visitor):
        return False
    return session.customer.subject != "" or devices.known(session, visitor.browser) is not None


def go_on_in(session: LiveSession, browser: Browser, *, link: AccessLink | None = None, now: datetime) -> None:
    """A locked session goes on in this browser, which came by `link` if that is given; another one that it went on in
    shows so, as the row tells it."""
    before, device = session.current_device_id, devices.admit(session, browser, link=link, now=now)
    if before is None:
        change(session, current_device=device)
    elif before != device.pk:
        payload = {"browser": browser.name[:LONGEST_NAME]}
        row = Row(kind=EntryKind.DEVICE_SWITCHED, actor=Actor.CUSTOMER, payload=payload)
        append(session, row, now=now, current_device=device)
