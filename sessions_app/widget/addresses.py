"""Reconnect links: their addresses, and the message by which a widget sends one by itself (rules.md 5)."""

import secrets
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid5

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from policies_app.models import ChatWidget
from sessions_app.kinds import Actor, EntryKind, LinkKind
from sessions_app.links import hash_of
from sessions_app.models import AccessLink, Agent, LiveSession
from sessions_app.timeline import Row, append

PARAMETERS = ("parley.reconnect", "oc.reconnectid")
"""Where the token stands in an address of the portal. The second is only read: other products call it so."""


def has_links(widget: ChatWidget | None) -> bool:
    """Whether customers of this widget can come back by a link."""
    return widget is not None and widget.reconnect_on and widget.portal_url != ""


def mint(session: LiveSession, *, by: Agent | None, now: datetime) -> str:
    """Make a reconnect link and return its whole address, which cannot be shown again later. `has_links` must hold.

    It works as often as wanted, until the time limit of the session (`entering`), or until it is revoked.
    """
    assert session.widget, "only a widget's session can be reconnected to"
    token = secrets.token_urlsafe(32)
    AccessLink.objects.create(
        session=session, token_hash=hash_of(token), kind=LinkKind.RECONNECT, created_at=now, created_by=by
    )
    return address_with(session.widget.portal_url, token)


def address_with(portal: str, token: str) -> str:
    """The portal's address with this token in it, and no other."""
    parts = urlsplit(portal)
    kept = [part for part in parts.query.split("&") if part and part.partition("=")[0] not in PARAMETERS]
    return urlunsplit(parts._replace(query="&".join([*kept, f"{PARAMETERS[0]}={token}"])))


def send_once(session: LiveSession, *, now: datetime) -> None:
    """An agent has answered in a locked session: if its widget sends the link by itself, do so, once a session.

    The message is Parley's: it is in the timeline, both sides see it, and it is no answer to the customer.
    """
    if session.widget is None or not session.widget.sends_link or not has_links(session.widget):
        return
    key = uuid5(session.public_id, LinkKind.RECONNECT)
    if session.timeline.filter(key=key).exists():
        return
    with translation.override(session.customer.language or settings.LANGUAGE_CODE):
        text = _("If you lose the connection, come back to this conversation with this link: %s")
    row = Row(
        kind=EntryKind.MESSAGE,
        actor=Actor.SYSTEM,
        payload={"text": text % mint(session, by=None, now=now)},
        key=key,
    )
    append(session, row, now=now)
