"""What a customer is offered who opens a chat widget (rules.md 5)."""

from dataclasses import dataclass
from enum import StrEnum

from sessions_app.devices import Browser
from sessions_app.models import LiveSession
from sessions_app.widget.identity import Identity


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that keeps a random token, and who is signed in there at the portal; None: nobody that we know."""

    browser: Browser
    identity: Identity | None = None


class Offer(StrEnum):
    """What the widget shows."""

    ROOM = "room"
    PROMPT = "prompt"
    NEW_CHAT = "new_chat"
    REDIRECT = "redirect"


class Why(StrEnum):
    """Why a new chat is offered, as far as there is something to say."""

    NOTHING = ""
    OVER = "over"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Entered:
    """What is offered."""

    offer: Offer
    session: LiveSession | None = None
    choices: tuple[LiveSession, ...] = ()
    redirect: str = ""
    why: Why = Why.NOTHING


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer typed before the chat."""

    name: str = ""
    email: str = ""
    question: str = ""
