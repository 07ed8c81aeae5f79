"""What a customer is offered who opens a chat widget, and how they come back into a session (rules.md 5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from policies_app.kinds import AccessLevel, Return, SessionState
from policies_app.models import ChatWidget
from sessions_app import access, devices
from sessions_app.devices import Browser
from sessions_app.kinds import LinkOutcome
from sessions_app.models import AccessLink, Device, LiveSession
from sessions_app.reconnecting import WAITS_OR_ACTIVE, come_back
from sessions_app.selectors import rooms
from sessions_app.settling import settled
from sessions_app.transitions import lock
from sessions_app.widget import too_late
from sessions_app.widget.links import Attempt, look_up, too_many
from sessions_app.widget.starting import Asked, BadAnswer, start
from sessions_app.widget.visitors import NotNow, Visitor, go_on_in, is_theirs, may_be_theirs, subject_of
from sessions_app.widget.watching import note_presence

__all__ = [
    "Asked",
    "BadAnswer",
    "Entered",
    "NotNow",
    "Offer",
    "Visitor",
    "Was",
    "Why",
    "continue_",
    "enter",
    "start",
    "take_back",
]

MOST_CHOICES = 5
"""Between so many sessions a customer is asked to choose, newest first."""


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
    """The one answer to every link that does not work."""


class Was(StrEnum):
    """What the portal's page knows of this browser and the session that it remembers."""

    NOTHING = ""
    HERE = "here"
    """This tab shows its room: the page was merely loaded anew, or another one of the portal."""

    SENT = "sent"
    """It was sent to the redirection URL on account of this session. Once is enough."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What is offered: the room of `session`; a choice between `choices` and a new chat; a new chat, where `session` is
    the one that is over if it can still be looked at in this browser; or the address `redirect`."""

    offer: Offer
    session: LiveSession | None = None
    choices: tuple[LiveSession, ...] = ()
    redirect: str = ""
    why: Why = Why.NOTHING


def enter(
    widget: ChatWidget,
    visitor: Visitor,
    *,
    remembered: UUID | None,
    link: str,
    was: Was = Was.NOTHING,
    now: datetime,
    address: str | None = None,
) -> Entered:
    """What this visitor is offered (the table of rules.md 5); a ROOM has been come back to.

    1. A reconnect link that works. One that does not is as if there were none, and only the last answer names it.
    2. The session that this browser remembers, if it was let into it.
    3. The prompt, if whoever is signed in has sessions to come back to.
    4. What there is to say of the remembered session if it is over (`_over`).
    5. A new chat.

    `address` is where the request comes from. Raises NotNow after too many links.
    """
    found = _by_link(widget, visitor, link, address, now) if link else None
    found = found or (_by_memory(widget, visitor, remembered, was, now) if remembered else None)
    if found and found.offer is Offer.ROOM:
        return found
    if choices := _choices(widget, visitor, now):
        return Entered(Offer.PROMPT, choices=choices, why=Why.LINK if link else Why.NOTHING)
    return found or Entered(Offer.NEW_CHAT, why=Why.LINK if link else Why.NOTHING)


def continue_(widget: ChatWidget, visitor: Visitor, session_id: UUID, *, now: datetime) -> Entered:
    """The visitor chose to continue this session of theirs; a new chat is offered if it is not, or is over."""
    session = _session(widget, session_id, now)
    if session is None or not is_theirs(session, widget, visitor):
        return Entered(Offer.NEW_CHAT)
    if devices.known(session, visitor.browser) is None and not _elsewhere_too(session, widget):
        return _over(session, visitor, now)
    return _come_back(session, visitor, now)


def take_back(session_id: int, browser: Browser, *, now: datetime) -> bool:
    """A browser that was let in takes the conversation back from the one where it goes on.

    False if it was never let in, or if there is nothing to come back to any more. Twice is as once.
    """
    session = LiveSession.objects.get(pk=session_id)
    if session.widget_id is None or devices.known(session, browser) is None:
        return False
    return _let_in(session_id, browser, now)


# In which way ------------------------------------------------------------------------------------------------------


def _by_link(widget: ChatWidget, visitor: Visitor, token: str, address: str | None, now: datetime) -> Entered | None:
    if (wait := too_many(widget, visitor.browser, address, now)) is not None:
        raise NotNow(_("There were too many attempts. Please wait a moment."), retry_after=wait)
    attempt = look_up(widget, token, visitor.browser, address)
    outcome = _outcome(attempt, visitor, now)
    attempt.note(outcome, now)
    if outcome is not LinkOutcome.USED or attempt.link is None:
        return None
    return Entered(Offer.ROOM, session=rooms().get(pk=attempt.link.session_id))


def _outcome(attempt: Attempt, visitor: Visitor, now: datetime) -> LinkOutcome:
    """What becomes of an attempt; if the link is USED, the session goes on in this browser."""
    link = attempt.link
    if link is None:
        return LinkOutcome.UNKNOWN
    if link.revoked_at:
        return LinkOutcome.REVOKED
    session = _as_it_is(link.session_id, now)
    if not may_be_theirs(session, attempt.widget, visitor):
        return LinkOutcome.WRONG_PERSON
    if (link.expires_at and link.expires_at <= now) or not _elsewhere_too(session, attempt.widget):
        return LinkOutcome.OVER
    return _let_in_by(link, visitor.browser, now)


@transaction.atomic
def _let_in_by(link: AccessLink, browser: Browser, now: datetime) -> LinkOutcome:
    if come_back(link.session_id, now=now) is Return.OVER:
        return LinkOutcome.OVER
    session = lock(link.session_id, now)
    if not session.links.filter(pk=link.pk, revoked_at=None).update(used_at=now):
        transaction.set_rollback(True)  # it was revoked while we waited for the session
        return LinkOutcome.REVOKED
    go_on_in(session, browser, link=link, now=now)
    return LinkOutcome.USED


def _by_memory(widget: ChatWidget, visitor: Visitor, public_id: UUID, was: Was, now: datetime) -> Entered | None:
    session = _session(widget, public_id, now)
    if session is None or not may_be_theirs(session, widget, visitor):
        return None
    device = devices.known(session, visitor.browser)
    if device is None:
        return None
    if _goes_on_elsewhere(session, device):
        return Entered(Offer.ROOM, session=session)
    return _come_back(session, visitor, now, was)


def _goes_on_elsewhere(session: LiveSession, device: Device) -> bool:
    """Whether the customer is there in another browser: this one then shows so, and takes it back only when told to."""
    is_there = session.state in WAITS_OR_ACTIVE and session.grace_until is None
    return is_there and session.current_device_id not in (None, device.pk)


def _choices(widget: ChatWidget, visitor: Visitor, now: datetime) -> tuple[LiveSession, ...]:
    """What whoever is signed in can come back to, newest first."""
    if not (subject := subject_of(widget, visitor)):
        return ()
    open_ = LiveSession.objects.filter(~Q(state=SessionState.ENDED), widget=widget, customer__subject=subject)
    now_so = [_as_it_is(session.pk, now) for session in open_.only("pk").order_by("-pk")[:MOST_CHOICES]]
    return tuple(session for session in now_so if _elsewhere_too(session, widget))


def _elsewhere_too(session: LiveSession, widget: ChatWidget) -> bool:
    """Whether the session can be come back to in another browser: if reconnect is on, or was when they dropped out."""
    if session.state == SessionState.DISCONNECTED:
        return session.return_until is not None
    return session.is_open and widget.reconnect_on


# Back, or over -----------------------------------------------------------------------------------------------------


def _come_back(session: LiveSession, visitor: Visitor, now: datetime, was: Was = Was.NOTHING) -> Entered:
    is_back = _let_in(session.pk, visitor.browser, now)
    session = rooms().get(pk=session.pk)
    return Entered(Offer.ROOM, session=session) if is_back else _over(session, visitor, now, was)


@transaction.atomic
def _let_in(session_id: int, browser: Browser, now: datetime) -> bool:
    if come_back(session_id, now=now) is Return.OVER:
        return False
    go_on_in(lock(session_id, now), browser, now=now)
    return True


def _over(session: LiveSession, visitor: Visitor, now: datetime, was: Was = Was.NOTHING) -> Entered:
    """What is offered instead of a session that cannot be come back to (rules.md 4 and 5, docs/widget.md).

    1. Who was away when it ended is sent to the redirection URL, once.
    2. Who was there keeps the room before them that they still have access to, however often the page is loaded.
    3. A new chat, with the old one if they may still look at it.
    """
    if was is not Was.SENT and (address := too_late.goes_to(session)):
        return Entered(Offer.REDIRECT, session=session, redirect=address, why=Why.OVER)
    shown = session if _may_look(session, visitor, now) else None
    if shown and was is Was.HERE and not session.ended_without_customer:
        return Entered(Offer.ROOM, session=shown)
    return Entered(Offer.NEW_CHAT, session=shown, why=Why.OVER)


def _may_look(session: LiveSession, visitor: Visitor, now: datetime) -> bool:
    if session.is_open or access.level(session, now) is AccessLevel.NONE:
        return False
    device = devices.known(session, visitor.browser)
    return device is not None and session.current_device_id in (None, device.pk)


def _session(widget: ChatWidget, public_id: UUID, now: datetime) -> LiveSession | None:
    found = LiveSession.objects.filter(public_id=public_id, widget=widget).values_list("pk", flat=True).first()
    return _as_it_is(found, now) if found else None


def _as_it_is(session_id: int, now: datetime) -> LiveSession:
    """The session at `now`, also if nobody has written down yet that its customer dropped out."""
    session = rooms().get(pk=session_id)
    note_presence(session, now)
    return settled(rooms().get(pk=session_id), now)
