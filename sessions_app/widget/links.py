"""Reconnect links: the portal's page with a token in its address (rules.md 5)."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.db import transaction
from django.utils.translation import gettext as _

from sessions_app import links
from sessions_app.actions import Refused
from sessions_app.kinds import Actor, EntryKind, LinkKind
from sessions_app.models import Agent, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock

PARAMETERS = ("parley.reconnect", "oc.reconnectid")
"""Under which names a portal's address may carry a token; the first one is ours."""


@transaction.atomic
def reconnect_address(session: LiveSession, *, by: Agent | None, now: datetime) -> str:
    """Make a link by which the customer comes back, record who had it, and return its whole address.

    Raises Refused if reconnect is off, if the portal's page is not known, or if the session has ended.
    """
    locked = lock(session.pk, now)
    if not locked.is_open:
        raise Refused(_("The session has ended, so nobody can come back to it."))
    if locked.widget is None or not locked.widget.reconnect_on or not locked.widget.portal_url:
        raise Refused(_("This session has no reconnect link."))
    token = links.mint(locked, by=by, kind=LinkKind.RECONNECT, now=now).rstrip("/").rpartition("/")[2]
    row = Row(kind=EntryKind.LINK_INSERTED, actor=Actor.AGENT if by else Actor.SYSTEM, agent=by)
    append(locked, row, now=now)
    return _with_token(locked.widget.portal_url, token)


def _with_token(portal_url: str, token: str) -> str:
    parts = urlsplit(portal_url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), (PARAMETERS[0], token)]
    return urlunsplit(parts._replace(query=urlencode(query)))
