"""Reconnect links: an agent gets one, and a customer comes with one (rules.md 5)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from policies_app.models import ChatWidget
from sessions_app import floods
from sessions_app.actions import Refused
from sessions_app.devices import Browser
from sessions_app.kinds import Actor, EntryKind, LinkKind, LinkOutcome
from sessions_app.limits_table import LINKS_OF_ADDRESS, LINKS_OF_WIDGET
from sessions_app.link_attempts import note
from sessions_app.links import by_token
from sessions_app.models import AccessLink, Agent, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock
from sessions_app.widget.addresses import PARAMETERS, has_links, mint

__all__ = ["PARAMETERS", "Attempt", "look_up", "reconnect_address", "too_many"]


@transaction.atomic
def reconnect_address(session: LiveSession, *, by: Agent | None, named: str = "", now: datetime) -> str:
    """A new reconnect link into a session, as its whole address; the timeline says who got it, and when: an agent, or
    the integration that is `named`.

    Raises Refused if the session has ended, or if its widget has no links: reconnect is off, or it has no portal URL.
    """
    session = lock(session.pk, now)
    if not session.is_open:
        raise Refused(_("The session has ended, so a reconnect link would lead nowhere."))
    if not has_links(session.widget):
        raise Refused(_("There are no reconnect links here: reconnect is off, or the chat widget has no portal URL."))
    actor, told = (Actor.AGENT, {}) if by else (Actor.API, {"by": named})
    row = Row(kind=EntryKind.LINK_INSERTED, actor=actor, agent=by, payload=told)
    append(session, row, now=now)
    return mint(session, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody's attempt to come back by a link of a widget. `named` is the link that it names, whoever's it is."""

    widget: ChatWidget
    named: AccessLink | None
    browser: Browser
    address: str | None

    @property
    def link(self) -> AccessLink | None:
        """The link, if it is one of this widget's."""
        return self.named if self.named and self.named.session.widget_id == self.widget.pk else None

    def note(self, outcome: LinkOutcome, now: datetime) -> None:
        """Note what became of it."""
        note(outcome, link=self.named, widget=self.widget, browser=self.browser, address=self.address, now=now)


def look_up(widget: ChatWidget, token: str, browser: Browser, address: str | None) -> Attempt:
    """The link of this token, however it stands: the same single query whatever the token."""
    found = by_token(token).select_related("session").filter(kind=LinkKind.RECONNECT).first()
    return Attempt(widget, found, browser, address)


def too_many(widget: ChatWidget, browser: Browser, address: str | None, now: datetime) -> float | None:
    """Count one more look at a link of this widget, from this address. Seconds to wait if it is one too many."""
    wait = floods.allow(LINKS_OF_ADDRESS, widget.key, floods.one_home(address))
    wait = floods.allow(LINKS_OF_WIDGET, widget.key) if wait is None else wait
    if wait is not None:
        note(LinkOutcome.TOO_MANY, widget=widget, browser=browser, address=address, now=now)
    return wait
