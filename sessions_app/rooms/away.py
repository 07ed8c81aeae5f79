"""What agents see of a widget's customer who is gone: how far that has come, and what comes next (rules.md 5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from policies_app.kinds import SessionState
from sessions_app.models import LiveSession


class Stage(StrEnum):
    """How far it has come."""

    LOST = "lost"
    """The connection is gone, but within the grace that changes nothing."""

    HELD = "held"
    """Disconnected; the agent's seat is held."""

    FREE = "free"
    """Disconnected, and they can come back, but no seat is held for them."""

    GONE = "gone"
    """Disconnected, and they cannot come back into this session: reconnect was off."""


@dataclass(frozen=True, slots=True)
class Away:
    """A customer who is gone `since` a moment. The stage lasts until `until`, and the session ends at `ends_at` unless
    they come back; within the grace that is not known yet. All moments are UTC."""

    stage: Stage
    since: datetime
    until: datetime
    ends_at: datetime | None = None

    @property
    def is_disconnected(self) -> bool:
        return self.stage is not Stage.LOST

    @property
    def is_held(self) -> bool:
        return self.stage is Stage.HELD

    @property
    def is_held_to_the_end(self) -> bool:
        """Whether the seat is held for as long as they can come back."""
        return self.is_held and self.until == self.ends_at


def away(session: LiveSession, now: datetime) -> Away | None:
    """What is so at `now` of a session that was settled; None while its customer is there, or not known to be gone.
    No query."""
    since = session.disconnected_at
    if since is None or not session.is_open:
        return None
    if session.state != SessionState.DISCONNECTED:
        return Away(Stage.LOST, since, session.grace_until) if session.grace_until else None
    if session.hold_until and now < session.hold_until:
        return Away(Stage.HELD, since, session.hold_until, session.return_until)
    assert session.next_due_at, "time ends what is disconnected"
    stage = Stage.FREE if session.return_until else Stage.GONE
    return Away(stage, since, session.next_due_at, session.next_due_at)


def may_be_lost(session: LiveSession) -> bool:
    """Whether a customer of this session who is not connected has only lost the connection, so far: it is known of them
    when they are gone, and has not come to that."""
    return session.widget_id is not None and session.state == SessionState.ACTIVE


def why_no_link(session: LiveSession) -> str:
    """Why there is no reconnect link for this session, in words for its agent; empty if there is one. No query if the
    session was read with its widget."""
    widget = session.widget
    if widget is None:
        return _(
            "Reconnect links are for chats from a widget. Invite the customer of this session with a link instead."
        )
    if not session.is_open:
        return _("The session has ended, so nobody can come back to it.")
    if not widget.reconnect_on:
        return _("Reconnect is off for %s, so there is no link to come back.") % widget.name
    if not widget.portal_url:
        return _("%s has no portal URL, so there is nowhere for a reconnect link to lead.") % widget.name
    return ""
